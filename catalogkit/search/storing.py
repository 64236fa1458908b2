"""Write an index to one file and read it again, or say what is wrong with the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from catalogkit import __version__
from catalogkit.datasets import array_files
from catalogkit.datasets.errors import DataError
from catalogkit.recommenders.packing import Packer, Unpacker
from catalogkit.search.approximate import ApproximateIndex, empty_graph, has_usearch
from catalogkit.search.catalog_index import CatalogIndex, Vectors
from catalogkit.search.dense import DenseIndex
from catalogkit.search.lexical import LexicalIndex

KIND = "catalogkit-search"
CLASSES: Mapping[str, type[Any]] = {"LexicalIndex": LexicalIndex}


def write(path: Path, index: CatalogIndex, facts: Mapping[str, Any]) -> None:
    """Write an index and some facts; until the file is whole, whatever was there stays.

    Raises DataError when it cannot be written, as on a full disk.
    """
    packer = Packer(CLASSES)
    parts = {
        "products": index.products,
        "texts": index.texts,
        "by_words": index.by_words,
        "by_letters": index.by_letters,
        "by_meaning": _taken_apart(index.by_meaning),
    }
    packed = packer.pack(parts, "index")
    try:
        array_files.write(
            path, KIND, packer.arrays, {"catalogkit": __version__, "index": packed, **facts}
        )
    except OSError as error:
        raise DataError(
            f"{path}: cannot be written ({error.strerror or error}); what was there before is "
            "whole. Make room, or write elsewhere."
        ) from error


def read(path: Path) -> tuple[CatalogIndex, Mapping[str, Any]]:
    """Read an index and the facts beside it; errors are those of `Search.load`."""
    arrays, facts = array_files.read(path, KIND)
    written = facts.get("catalogkit", "unknown")
    try:
        parts = Unpacker(CLASSES, arrays).unpack(facts["index"])
        parts["by_meaning"] = _put_together(parts["by_meaning"])
        return CatalogIndex(**parts), facts
    except Exception as error:  # its checksum is right, so whatever is wrong, the file is
        raise DataError(
            f"{path}: written by catalogkit {written}, cannot be read by {__version__} "
            f"({type(error).__name__}: {error}): index the catalog anew."
        ) from error


def _taken_apart(vectors: Vectors | None) -> dict[str, Any] | None:
    """List what a file keeps of the vectors' index; a graph is the bytes that usearch writes."""
    if vectors is None:
        return None
    if isinstance(vectors, DenseIndex):
        return {"vectors": vectors.vectors}
    graph = np.frombuffer(bytes(vectors.graph.save()), np.uint8)
    return {
        "vectors": vectors.vectors,
        "keys": vectors.keys,
        "given": vectors.given,
        "graph": graph,
    }


def _put_together(parts: Mapping[str, Any] | None) -> Vectors | None:
    if parts is None:
        return None
    exact = DenseIndex(parts["vectors"])
    if "graph" not in parts or not has_usearch():
        return exact
    graph = empty_graph(exact.vectors.shape[1])
    graph.load(parts["graph"].tobytes())
    return ApproximateIndex(exact, parts["keys"], parts["given"], graph)
