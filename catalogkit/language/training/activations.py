"""Count what a forward pass keeps in memory until the backward pass has used it."""

from __future__ import annotations

import torch
from torch import nn


def kept_for_backward(model: nn.Module, *inputs: torch.Tensor) -> int:
    """Return the bytes of intermediate results, inputs among them, that a forward pass keeps.

    Weights don't count; results that share memory count once; the whole of a result's memory counts
    even if only a part of it is used. Source: torch.autograd.graph.saved_tensors_hooks.
    """
    weights = {weight.untyped_storage().data_ptr() for weight in model.parameters()}
    sizes: dict[int, int] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        sizes[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        result = model(*inputs)  # its graph holds what was packed, so that no place is used twice
    total = sum(size for place, size in sizes.items() if place not in weights)
    del result
    return total
