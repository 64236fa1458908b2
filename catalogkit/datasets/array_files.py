"""One file for what was learnt: arrays in safetensors, facts as JSON, a checksum, no pickle."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from catalogkit.datasets.errors import DataError

FORMAT = 1
Arrays = Mapping[str, npt.NDArray[Any]]


def write(path: Path, kind: str, arrays: Arrays, facts: Mapping[str, Any]) -> None:
    """Write a model file; until it is whole, whatever was there stays.

    kind: what the file is, asked for again by `read`. Raises DataError for a missing directory.
    """
    from safetensors.numpy import save

    if not path.parent.is_dir():
        raise DataError(f"{path.parent}: no such directory; make it first.")
    solid = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    text = json.dumps(facts, ensure_ascii=False, allow_nan=False)
    header = {"format": f"{kind} {FORMAT}", "facts": text, "sha256": _digest(text, solid)}
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(save(solid, metadata=header))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read(path: Path, kind: str) -> tuple[Arrays, Mapping[str, Any]]:
    """Read arrays and facts of a model file.

    Raises DataError when it is absent, not of this kind, written by a newer version, or damaged.
    """
    arrays, header = _open(path, kind)
    name, _, version = header.get("format", "").rpartition(" ")
    if name != kind or not version.isdecimal():
        raise DataError(f"{path}: holds no {kind}; name a file that `save` has written.")
    if int(version) > FORMAT:
        raise DataError(
            f"{path}: is of format {version} and this version of catalogkit reads up to {FORMAT}: "
            "upgrade catalogkit, or fit and save again."
        )
    text = header.get("facts", "")
    if header.get("sha256") != _digest(text, arrays):
        raise DataError(f"{path}: is damaged, its checksum differs: copy it again, or fit again.")
    facts: Mapping[str, Any] = json.loads(text)
    return arrays, facts


def _open(path: Path, kind: str) -> tuple[Arrays, Mapping[str, str]]:
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise DataError(f"{path}: no such file; check the path.")
    try:
        with safe_open(path, framework="numpy") as file:
            return {key: file.get_tensor(key) for key in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except (SafetensorError, ValueError, TypeError) as error:
        raise DataError(f"{path}: is no {kind}, or cut short or damaged ({error}).") from error


def _digest(text: str, arrays: Arrays) -> str:
    """Hash the facts and each array's name, type, shape and bytes."""
    digest = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"\n{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
