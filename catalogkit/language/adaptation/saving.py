"""Keep the weights that were trained, and no others: a file of kilobytes beside the encoder's."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from catalogkit.datasets.errors import DataError


def trained_weights(model: nn.Module) -> dict[str, torch.Tensor]:
    """Return the weights that train, by name, as they are: adapters, prefix, head."""
    return {name: p.detach() for name, p in model.named_parameters() if p.requires_grad}


def save_trained(model: nn.Module, path: str | Path) -> None:
    """Write the weights that train to one safetensors file."""
    from safetensors.torch import save_file

    weights = {name: w.cpu().contiguous() for name, w in trained_weights(model).items()}
    save_file(weights, path, metadata={"format": "pt"})


def load_trained(model: nn.Module, path: str | Path) -> None:
    """Read what `save_trained` wrote into a model that was adapted in the same way.

    Raises DataError when the file is absent, damaged, or holds other weights than those that train
    in the model; the model is then as it was.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        found = load_file(path)
    except (OSError, SafetensorError) as error:
        raise DataError(f"{path}: no file of weights, or damaged ({error}).") from error
    here = trained_weights(model)
    shapes = [{name: tuple(w.shape) for name, w in side.items()} for side in (found, here)]
    different = sorted({name for name, _ in shapes[0].items() ^ shapes[1].items()})
    if different:
        raise DataError(
            f"{path}: {different[0]!r} and {len(different) - 1} more weights do not match those "
            "that train in the model: adapt the encoder as before saving, with the same sizes."
        )
    for name, weight in here.items():
        weight.copy_(found[name])
