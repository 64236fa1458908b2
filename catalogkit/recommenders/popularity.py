"""Recommend what most people buy, all time or lately."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from catalogkit.recommenders.base import Fitted, Floats, Recommender
from catalogkit.recommenders.interactions import Interactions, Rows


@dataclass(frozen=True)
class Popularity(Recommender):
    """Rank items by the number of users who bought them; the same list for everybody.

    half_life: days after which a user's last purchase of an item counts half; None counts all
    alike.
    """

    half_life: float | None = None

    def learn(self, interactions: Interactions) -> FittedPopularity:
        """Count the buyers of each item."""
        last = interactions.last
        weight = np.ones(last.nnz) if self.half_life is None else decay(last.data, self.half_life)
        buyers = np.bincount(last.indices, weight, len(interactions.items))
        return FittedPopularity(interactions, self, buyers.astype(np.float32))


@dataclass(frozen=True, eq=False)
class FittedPopularity(Fitted):
    """weight: float32[m], buyers of each item."""

    settings: Popularity
    weight: Floats

    def scores(self, rows: Rows) -> Floats:
        """Give every user the same scores."""
        return np.tile(self.weight, (len(rows), 1))

    def renew(self, interactions: Interactions) -> FittedPopularity:
        """Count again."""
        return self.settings.learn(interactions)


def decay(last: Floats, half_life: float) -> Floats:
    """Turn days plus 1, as of `Interactions.last`, into weights from 1 downwards."""
    weight: Floats = np.float32(0.5) ** ((last - 1) / np.float32(half_life))
    return weight
