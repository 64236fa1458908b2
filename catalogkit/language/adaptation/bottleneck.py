"""Train a narrow layer after each of an encoder's layers, and none of its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class Adapted(nn.Module):
    """A layer, and a correction of what it returns: h + up(gelu(down(h))).

    layer: returns h [b, t, size]; width: of the narrow part. up starts at zero: at first h is
    returned as it is.
    """

    def __init__(self, layer: nn.Module, size: int, width: int) -> None:
        super().__init__()
        self.layer = layer
        self.down, self.up = nn.Linear(size, width), nn.Linear(width, size)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, *given: object, **named: object) -> torch.Tensor:
        """Return the corrected h [b, t, size]; arguments are the layer's."""
        hidden: torch.Tensor = self.layer(*given, **named)
        correction: torch.Tensor = self.up(nn.functional.gelu(self.down(hidden)))
        return hidden + correction


def bottleneck(encoder: PreTrainedModel, *, width: int = 32, seed: int = 0) -> PreTrainedModel:
    """Put an adapter after every layer, in place, and freeze all else; returns the encoder.

    An untouched adapter changes nothing. seed: of the weights drawn. Raises ValueError for a width
    below 1 and an encoder whose layers are not one list.
    Source: Houlsby et al. 2019, section 2; one a layer, after it, as Pfeiffer et al. 2021 found
    enough.
    """
    if width < 1:
        raise ValueError(f"width={width}: an adapter has one or more dimensions")
    layers = _layers(encoder)
    encoder.requires_grad_(False)
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        for i, layer in enumerate(layers):
            adapted = Adapted(layer, encoder.config.hidden_size, width)
            layers[i] = adapted.to(encoder.device)
    return encoder


def _layers(encoder: PreTrainedModel) -> nn.ModuleList:
    """Find the list of the encoder's layers, by their number."""
    wanted = encoder.config.num_hidden_layers
    lists = [m for m in encoder.modules() if isinstance(m, nn.ModuleList) and len(m) == wanted]
    if len(lists) != 1 or any(isinstance(layer, Adapted) for layer in lists[0]):
        raise ValueError(
            f"{type(encoder).__name__}: found no list of {wanted} layers to put adapters after, or "
            "several, or adapters already; give a BERT-like encoder as it was loaded."
        )
    return lists[0]
