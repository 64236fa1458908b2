"""Read baskets one after the other and foretell the next: the network and how it is trained."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from catalogkit.recommenders.baskets import Baskets
from catalogkit.recommenders.interactions import Rows

Core = Callable[[torch.Tensor], torch.Tensor]


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


def loss(network: Network, given: Histories, negatives: torch.Tensor | None) -> torch.Tensor:
    """Return the mean cross-entropy of the items of each next basket, against all items.

    negatives: int64[s], items drawn evenly to stand for all others; None takes all.
    """
    opening = given.opening
    known = network(given)[torch.nonzero(~opening)[:, 0] - 1]
    later = ~opening[given.basket]
    items, step = given.items[later], (torch.cumsum(~opening, 0) - 1)[given.basket[later]]
    weight = 1 / torch.bincount(step)[step]
    if negatives is None:
        logits = network.logits(known)
        rest, right = torch.logsumexp(logits, 1)[step], logits[step, items]
    else:
        drawn = known @ network.item.weight[negatives].T + network.bias[negatives]
        scale = math.log((len(network.bias) - 1) / len(negatives))
        right = (known[step] * network.item.weight[items]).sum(1) + network.bias[items]
        rest = torch.logaddexp(torch.logsumexp(drawn, 1)[step] + scale, right)
    return ((rest - right) * weight).sum() / len(known)


@dataclass(frozen=True)
class Training:
    """How a network is trained; see the settings of the same names in `sequential`."""

    steps: int
    learning_rate: float
    batch_size: int
    epochs: int
    patience: int
    sampled: int
    seed: int

    def run(self, network: Network, baskets: Baskets, users: Rows) -> None:
        """Train on nine tenths of the users until the others' loss no longer falls.

        users: those with two baskets or more. The network keeps its best weights. Raises
        ValueError when the loss is not finite.
        """
        rng = np.random.default_rng(self.seed)
        users = rng.permutation(users)
        kept = max(1, len(users) // 10)
        held, users = users[:kept], users[kept:]
        optimizer = torch.optim.Adam(network.parameters(), lr=self.learning_rate)
        best, weights, worse = math.inf, copy.deepcopy(network.state_dict()), 0
        for _ in range(self.epochs):
            self._epoch(network, optimizer, baskets, rng.permutation(users), rng)
            now = self._validate(network, baskets, held)
            worse = 0 if now < best else worse + 1
            if now < best:
                best, weights = now, copy.deepcopy(network.state_dict())
            if worse >= self.patience:
                break
        if not math.isfinite(best):
            raise ValueError(f"learning_rate={self.learning_rate}: the loss grew without bound")
        network.load_state_dict(weights)

    def _epoch(
        self,
        network: Network,
        optimizer: torch.optim.Optimizer,
        baskets: Baskets,
        users: Rows,
        rng: np.random.Generator,
    ) -> None:
        network.train()
        for at in range(0, len(users), self.batch_size):
            given = Histories.of(baskets, users[at : at + self.batch_size], self.steps)
            optimizer.zero_grad()
            loss(network, given, self._negatives(len(network.bias), rng)).backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()

    def _negatives(self, items: int, rng: np.random.Generator) -> torch.Tensor | None:
        if items <= self.sampled:
            return None
        return torch.from_numpy(rng.integers(0, items, self.sampled))

    @torch.no_grad()
    def _validate(self, network: Network, baskets: Baskets, users: Rows) -> float:
        network.eval()
        rng = np.random.default_rng(self.seed)  # the same negatives each time
        total, number = 0.0, 0
        for at in range(0, len(users), self.batch_size):
            given = Histories.of(baskets, users[at : at + self.batch_size], self.steps)
            steps = len(given.start) - len(given.length)
            total += steps * float(loss(network, given, self._negatives(len(network.bias), rng)))
            number += steps
        return total / number


@contextmanager
def alone(seed: int) -> Iterator[None]:
    """Work in one thread from a seed, and leave threads and torch's random state as they were."""
    threads = torch.get_num_threads()
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)
