"""Save any fitted recommender field by field, and load it without running anything it names."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

from catalogkit import __version__, recommenders
from catalogkit.datasets import array_files
from catalogkit.datasets.errors import DataError
from catalogkit.recommenders.base import Fitted
from catalogkit.recommenders.packing import Classes, Packer, Unpacker

KIND = "catalogkit-recommender"


def save(fitted: Fitted, path: Path) -> None:
    """Write what `load` reads; see `Fitted.save`."""
    packer = Packer(_classes())
    model = packer.pack(fitted, type(fitted).__name__)
    array_files.write(path, KIND, packer.arrays, {"catalogkit": __version__, "model": model})


def load(path: str | Path) -> Fitted:
    """Read a fitted recommender that `Fitted.save` wrote.

    Classes are found among those of this package, never imported by a name from the file. Raises
    DataError when the file is absent, not a recommender's, newer, damaged, or of a model that this
    version of catalogkit does not know.
    """
    arrays, facts = array_files.read(Path(path), KIND)
    written = facts.get("catalogkit", "unknown")
    try:
        fitted = Unpacker(_classes(), arrays).unpack(facts["model"])
    except Exception as error:  # its checksum is right, so whatever is wrong, the file is
        raise DataError(
            f"{path}: written by catalogkit {written}, cannot be read by {__version__} "
            f"({type(error).__name__}: {error}): fit and save again."
        ) from error
    if not isinstance(fitted, Fitted):
        raise DataError(f"{path}: holds no fitted recommender; fit and save again.")
    return fitted


def _classes() -> Classes:
    """Find the dataclasses that the modules of this room define, by name."""
    prefix = f"{recommenders.__name__}."
    found: dict[str, type[Any]] = {}
    for part in pkgutil.walk_packages(recommenders.__path__, prefix):
        defined = vars(importlib.import_module(part.name)).values()
        kinds = [kind for kind in defined if isinstance(kind, type) and is_dataclass(kind)]
        found |= {kind.__name__: kind for kind in kinds if kind.__module__ == part.name}
    return found
