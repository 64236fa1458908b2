"""Recommend what comes next after the user's baskets in their order: GRU and self-attention."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from catalogkit.datasets.errors import DataError
from catalogkit.recommenders.base import Fitted, Floats, Recommender
from catalogkit.recommenders.baskets import Baskets
from catalogkit.recommenders.interactions import Interactions, Rows

if TYPE_CHECKING:
    from torch import nn

    from catalogkit.recommenders.networks import Network

_USERS = 256  # scored at a time


@dataclass(frozen=True)
class Sequential(Recommender):
    """What the sequential models share: vectors of items, and a network that reads baskets.

    A step is a basket, all that a user bought on one day (see `Baskets`); it is read as the mean of
    its items' vectors, so that no order inside is made up, and the items of the next basket are
    foretold by a softmax over the catalog, as in Yu et al. 2016. With one item a day this is the
    model of the source.
    size: length of the vectors; layers: of the network; steps: the latest baskets that are read;
    dropout: share of inputs and outputs left out in training.
    Training takes `batch_size` users at a time until the loss of the tenth of the users that is
    held out has not fallen for `patience` epochs, or for `epochs` in all; the best weights stay.
    sampled: how many items the softmax takes, drawn evenly for each batch, where the catalog has
    more. seed: of weights, held-out users, order, dropout and samples; one thread, so that it gives
    the same again on the same machine.
    """

    size: int = 64
    layers: int = 1
    steps: int = 50
    dropout: float = 0.2
    learning_rate: float = 0.01
    batch_size: int = 32
    epochs: int = 50
    patience: int = 2
    sampled: int = 4096
    seed: int = 0

    @abstractmethod
    def core(self) -> nn.Module:
        """Return the causal part of the network, from [b, t, d] to [b, t, d]."""

    def learn(self, interactions: Interactions) -> FittedSequential:
        """Train. Raises DataError unless two users have baskets on two days."""
        from catalogkit.recommenders.next_basket import Training, alone

        baskets = Baskets.of(interactions)
        users = np.flatnonzero(np.diff(baskets.start) > 1)
        if len(users) < 2:
            raise DataError(
                f"{len(users)} users have events on two days or more: the order of events teaches "
                "nothing here; take a model that needs none, or check the times."
            )
        with alone(self.seed):
            network = self.network(len(interactions.items))
            Training(self).run(network, baskets, users)
        weights = {name: value.numpy() for name, value in network.state_dict().items()}
        return FittedSequential(interactions, weights, self)

    def network(self, items: int) -> Network:
        """Return a network for so many items, with random weights."""
        from catalogkit.recommenders.networks import Network

        return Network(items, self.size, self.core(), self.dropout)


@dataclass(frozen=True)
class Gru(Sequential):
    """Carry a state from basket to basket by gated recurrent units. Source: Hidasi et al. 2016."""

    def core(self) -> nn.Module:
        """Return the recurrent layers."""
        from catalogkit.recommenders.networks import Recurrent

        return Recurrent(self.size, self.layers)


@dataclass(frozen=True)
class SelfAttentive(Sequential):
    """Attend from each basket to all before it; heads: of attention. Source: Kang & McAuley 2018.

    Blocks normalise first, and a position is counted from the first basket that is read.
    """

    heads: int = 2

    def core(self) -> nn.Module:
        """Return the blocks of attention."""
        from catalogkit.recommenders.networks import Attentive

        return Attentive(self.size, self.layers, self.heads, self.steps, self.dropout)


@dataclass(frozen=True, eq=False)
class FittedSequential(Fitted):
    """weights: of the network by name, float32; a score is the chance of an item as the next."""

    weights: Mapping[str, Floats]
    settings: Sequential

    def scores(self, rows: Rows) -> Floats:
        """Read the baskets of users who have any."""
        import torch

        from catalogkit.recommenders.networks import Histories
        from catalogkit.recommenders.next_basket import alone

        scores = np.zeros((len(rows), len(self.interactions.items)), np.float32)
        known = np.flatnonzero(np.diff(self._baskets.start)[rows] > 0)
        with alone(self.settings.seed), torch.no_grad():
            for at in range(0, len(known), _USERS):
                part = known[at : at + _USERS]
                given = Histories.of(self._baskets, rows[part], self.settings.steps)
                last = self._network(given)[given.length.cumsum(0) - 1]
                scores[part] = torch.softmax(self._network.logits(last), 1).numpy()
        return scores

    @cached_property
    def _baskets(self) -> Baskets:
        return Baskets.of(self.interactions)

    @cached_property
    def _network(self) -> Network:
        import torch

        network = self.settings.network(len(self.interactions.items))
        network.load_state_dict({k: torch.tensor(v) for k, v in self.weights.items()})
        return network.eval()
