"""Maximal marginal relevance: relevant, and unlike the nearest item that is already listed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from catalogkit.ranking.rankings import Ranking
from catalogkit.ranking.reranking.pools import (
    FloatArray,
    IntArray,
    Pool,
    checked_balance,
    checked_vectors,
    greedy,
)


def mmr(candidates: Ranking, vectors: npt.ArrayLike, k: int, *, balance: float) -> Ranking:
    """Fill each place with the item of the largest marginal relevance.

    That is balance * relevance - (1 - balance) * the cosine to the nearest listed item; relevance
    is the score scaled to 0-1 over the user's candidates. balance 1 keeps the order.
    vectors: [items, d], of any length but 0; one-hot groups make items of a group alike.
    Returns [n, k], scored k, k - 1, ... by place; padded where candidates run out.
    Raises ValueError for a balance beyond 0-1, k below 1 and candidates without a usable vector.
    Source: Carbonell & Goldstein 1998.
    """
    weight, unit = checked_balance(balance), checked_vectors(vectors, candidates)
    return greedy(candidates, k, lambda pool: _Marginal(pool, unit, weight), unit.shape[1])


class _Marginal:
    """The nearest listed item of every candidate, brought up to date place by place."""

    def __init__(self, pool: Pool, unit: FloatArray, balance: float) -> None:
        self.vectors, self.users = unit[pool.items], np.arange(len(pool.items))
        self.wanted, self.weight = balance * pool.relevance, 1 - balance
        self.nearest: FloatArray | None = None

    def gains(self) -> FloatArray:
        """Return the marginal relevance; of a first item its relevance."""
        if self.nearest is None:
            return self.wanted
        return self.wanted - self.weight * self.nearest

    def add(self, chosen: IntArray) -> None:
        """Compare all candidates with the item just listed."""
        last = self.vectors[self.users, chosen][:, :, None]
        alike: FloatArray = np.matmul(self.vectors, last)[:, :, 0]
        self.nearest = alike if self.nearest is None else np.maximum(self.nearest, alike)
