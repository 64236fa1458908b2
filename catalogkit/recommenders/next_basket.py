"""Train a network to foretell the next basket until users held out gain nothing more."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from catalogkit.recommenders.baskets import Baskets
from catalogkit.recommenders.interactions import Rows
from catalogkit.recommenders.networks import Histories, Network

if TYPE_CHECKING:
    from catalogkit.recommenders.sequential import Sequential


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
    """Trains a network as the settings of a sequential model say."""

    how: Sequential

    def run(self, network: Network, baskets: Baskets, users: Rows) -> None:
        """Train on nine tenths of the users until the others' loss no longer falls.

        users: those with two baskets or more. The network keeps its best weights. Raises
        ValueError when the loss is not finite.
        """
        rng = np.random.default_rng(self.how.seed)
        users = rng.permutation(users)
        kept = max(1, len(users) // 10)
        held, users = users[:kept], users[kept:]
        self._start_from_popularity(network, baskets)
        optimizer = torch.optim.Adam(network.parameters(), lr=self.how.learning_rate)
        best, weights, worse = math.inf, copy.deepcopy(network.state_dict()), 0
        for _ in range(self.how.epochs):
            self._epoch(network, optimizer, baskets, rng.permutation(users), rng)
            now = self._validate(network, baskets, held)
            worse = 0 if now < best else worse + 1
            if now < best:
                best, weights = now, copy.deepcopy(network.state_dict())
            if worse >= self.how.patience:
                break
        if not math.isfinite(best):
            raise ValueError(f"learning_rate={self.how.learning_rate}: the loss grew without bound")
        network.load_state_dict(weights)

    def _start_from_popularity(self, network: Network, baskets: Baskets) -> None:
        """Set the biases so that the chances are shares of all baskets' items."""
        held = np.bincount(baskets.items.indices, minlength=baskets.items.shape[1]) + 1
        network.bias.data = torch.from_numpy(np.log(held / held.sum())).float()

    def _epoch(
        self,
        network: Network,
        optimizer: torch.optim.Optimizer,
        baskets: Baskets,
        users: Rows,
        rng: np.random.Generator,
    ) -> None:
        network.train()
        for at in range(0, len(users), self.how.batch_size):
            given = Histories.of(baskets, users[at : at + self.how.batch_size], self.how.steps)
            optimizer.zero_grad()
            loss(network, given, self._negatives(len(network.bias), rng)).backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()

    def _negatives(self, items: int, rng: np.random.Generator) -> torch.Tensor | None:
        if items <= self.how.sampled:
            return None
        return torch.from_numpy(rng.integers(0, items, self.how.sampled))

    @torch.no_grad()
    def _validate(self, network: Network, baskets: Baskets, users: Rows) -> float:
        network.eval()
        rng = np.random.default_rng(self.how.seed)  # the same negatives each time
        total, number = 0.0, 0
        for at in range(0, len(users), self.how.batch_size):
            given = Histories.of(baskets, users[at : at + self.how.batch_size], self.how.steps)
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
