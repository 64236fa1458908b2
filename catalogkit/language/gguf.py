"""Unpack a GGUF file, once, into what loads in seconds; kept in the cache."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from catalogkit.datasets.sources import home

RECIPE = "weights as bfloat16, tokeniser, 1"
"""What is built; part of the cache's key, so that a change here builds anew."""


def unpacked(file: Path) -> Path:
    """Return a directory that transformers loads, building it first (half a minute for 135 M).

    Python reads a GGUF file slowly, and the packed weights would be unpacked at every load. The
    directory's name holds the checksum of the file; it appears whole or not at all.
    Raises ModuleNotFoundError when gguf is not installed.
    """
    with file.open("rb") as packed:
        content = hashlib.file_digest(packed, "sha256").hexdigest()
    name = hashlib.sha256(f"{RECIPE} {content}".encode()).hexdigest()
    place = home() / "unpacked" / name
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as staging:
            built = Path(staging) / "model"
            _unpack(file, built)
            built.rename(place)
    return place


def _unpack(file: Path, target: Path) -> None:
    """Load as transformers does, every weight dense, and save in its own format."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    source: dict[str, Any] = {"gguf_file": file.name}
    loaded = AutoModelForCausalLM.from_pretrained(file.parent, **source, **_dense())
    model: Any = loaded.bfloat16()
    if not all(torch.is_floating_point(weight) for weight in model.parameters()):
        raise RuntimeError(f"{file}: this version of transformers left its weights packed")
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.hf_quantizer = None
    model.save_pretrained(target)
    AutoTokenizer.from_pretrained(file.parent, **source).save_pretrained(target)


def _dense() -> dict[str, Any]:
    """Ask for unpacked weights where transformers could leave them packed."""
    import transformers

    config = getattr(transformers, "GgufConfig", None)
    return {"quantization_config": config(dequantize=True)} if config else {}
