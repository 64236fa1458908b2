"""Networks that read baskets one after the other and foretell the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from catalogkit.recommenders.baskets import Baskets
from catalogkit.recommenders.interactions import Rows


@dataclass(frozen=True, eq=False)
class Histories:
    """The latest baskets of b users, one after the other; p baskets with e items in all.

    items: int64[e]; basket: int64[e], which of the p holds the item; start: int64[p], its first
    item; length: int64[b], baskets of each user.
    """

    items: torch.Tensor
    basket: torch.Tensor
    start: torch.Tensor
    length: torch.Tensor

    @classmethod
    def of(cls, baskets: Baskets, users: Rows, steps: int) -> Histories:
        """Take the last `steps` baskets of each user, all of whom have some."""
        stop = baskets.start[users + 1]
        length = np.minimum(stop - baskets.start[users], steps)
        shift = stop - np.cumsum(length)
        chosen = baskets.items[np.repeat(shift, length) + np.arange(length.sum())]
        basket = np.repeat(np.arange(len(chosen.indptr) - 1), np.diff(chosen.indptr))
        parts = (chosen.indices, basket, chosen.indptr[:-1], length)
        return cls(*(torch.from_numpy(np.asarray(part, np.int64)) for part in parts))

    @property
    def opening(self) -> torch.Tensor:
        """Whether a basket is the first of its user, bool[p]."""
        opens = torch.zeros(len(self.start), dtype=torch.bool)
        opens[self.length.cumsum(0) - self.length] = True
        return opens


class Network(nn.Module):
    """A basket is the mean of its items' vectors, which also tell how well an item comes next.

    core: causal, from [b, t, d] to [b, t, d].
    """

    def __init__(self, items: int, size: int, core: nn.Module, dropout: float) -> None:
        super().__init__()
        self.item = nn.Embedding(items, size)
        nn.init.normal_(self.item.weight, std=size**-0.5)
        self.bias = nn.Parameter(torch.zeros(items))
        self.norm = nn.LayerNorm(size)
        self.dropout = nn.Dropout(dropout)
        self.core = core

    def forward(self, given: Histories) -> torch.Tensor:
        """Return what is known after each basket, [p, d]."""
        means = nn.functional.embedding_bag(given.items, self.item.weight, given.start, mode="mean")
        filled = torch.arange(int(given.length.max())) < given.length[:, None]
        grid = means.new_zeros((*filled.shape, means.shape[1]))
        grid[filled] = self.dropout(self.norm(means))
        known: torch.Tensor = self.dropout(self.core(grid)[filled])
        return known

    def logits(self, known: torch.Tensor) -> torch.Tensor:
        """Score every item, [., m]."""
        scores: torch.Tensor = known @ self.item.weight.T + self.bias
        return scores


class Recurrent(nn.Module):
    """Gated recurrent units."""

    def __init__(self, size: int, layers: int) -> None:
        super().__init__()
        self.gru = nn.GRU(size, size, layers, batch_first=True)

    def forward(self, grid: torch.Tensor) -> torch.Tensor:
        """Return the last layer's states."""
        states: torch.Tensor = self.gru(grid)[0]
        return states


class Attentive(nn.Module):
    """Self-attention to all baskets so far, by content and position."""

    def __init__(self, size: int, layers: int, heads: int, steps: int, dropout: float) -> None:
        super().__init__()
        self.position = nn.Parameter(torch.randn(steps, size) * 0.02)
        layer = nn.TransformerEncoderLayer(
            size, heads, size, dropout, batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(
            layer, layers, nn.LayerNorm(size), enable_nested_tensor=False
        )

    def forward(self, grid: torch.Tensor) -> torch.Tensor:
        """Return the last block's vectors."""
        steps = grid.shape[1]
        mask = nn.Transformer.generate_square_subsequent_mask(steps)
        seen: torch.Tensor = self.layers(grid + self.position[:steps], mask=mask, is_causal=True)
        return seen
