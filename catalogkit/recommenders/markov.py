"""Recommend what people buy next after such a basket: a first-order Markov chain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from catalogkit.recommenders.base import Fitted, Floats, Recommender
from catalogkit.recommenders.baskets import Baskets
from catalogkit.recommenders.interactions import Interactions, Matrix, Rows


@dataclass(frozen=True)
class Markov(Recommender):
    """Average, over the items of the user's last basket, the chance of an item in the next one.

    A basket is what a user bought on one day (see `Baskets`). The chance is the share of the
    baskets with item i whose successor holds item j, drawn towards the share of all baskets that
    hold j as if `smoothing` further baskets had been seen. Time grows with the sum of products of
    the sizes of successive baskets.
    Source: Rendle, Freudenthaler & Schmidt-Thieme 2010 (the chain of sets that FPMC factorises).
    """

    smoothing: float = 10.0

    def learn(self, interactions: Interactions) -> FittedMarkov:
        """Count successions of items. Raises ValueError unless smoothing is above 0."""
        if not self.smoothing > 0:
            raise ValueError(f"smoothing={self.smoothing}: must be above 0")
        baskets = Baskets.of(interactions)
        before, after = baskets.successions
        seen = np.bincount(before.indices, minlength=before.shape[1])
        weight = (1 / (seen + self.smoothing)).astype(np.float32)
        chance = Matrix(before.T @ after)
        chance.data *= np.repeat(weight, np.diff(chance.indptr))
        share = np.bincount(baskets.items.indices, minlength=len(seen)) / baskets.items.shape[0]
        prior = (self.smoothing * weight).astype(np.float32)
        return FittedMarkov(interactions, chance, prior, share.astype(np.float32))


@dataclass(frozen=True, eq=False)
class FittedMarkov(Fitted):
    """The chance of each item after item i is chance[i] + prior[i] * share.

    chance: float32[m, m]; prior: float32[m]; share: float32[m], of all baskets.
    """

    chance: Matrix
    prior: Floats
    share: Floats

    def scores(self, rows: Rows) -> Floats:
        """Average over the items of the last basket."""
        basket = self._last[rows]
        scores: Floats = (basket @ self.chance).toarray()
        scores += (basket @ self.prior)[:, None] * self.share
        return scores

    @cached_property
    def _last(self) -> Matrix:
        """Each user's last basket, its entries summing to one, float32[n + 1, m]."""
        last = Baskets.of(self.interactions).last
        size = np.diff(last.indptr)
        last.data /= np.repeat(size, size)
        return last
