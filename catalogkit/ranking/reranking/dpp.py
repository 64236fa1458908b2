"""Determinantal point process: a list whose items span much, found by incremental Cholesky."""

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

SHARED = 0.9
"""What the cosine of two items counts, so that no list of alike items has determinant zero."""

_LEAST = 1e-12  # a smaller conditional variance is rounding


def dpp(candidates: Ranking, vectors: npt.ArrayLike, k: int, *, balance: float) -> Ranking:
    """Fill each place with the item that raises the determinant of the list most.

    Maximises balance * sum of relevance + (1 - balance) * log det S greedily; relevance is the
    score scaled to 0-1 over the user's candidates, S holds 1 on the diagonal and SHARED * cosine
    beside it. balance 1 keeps the order.
    vectors: [items, d], of any length but 0; one-hot groups make items of a group alike.
    Returns [n, k], scored k, k - 1, ... by place; padded where candidates run out.
    Raises ValueError for a balance beyond 0-1, k below 1 and candidates without a usable vector.
    Source: Chen, Zhang & Zhou 2018, algorithm 1; the balance as in their section 4.
    """
    weight, unit = checked_balance(balance), checked_vectors(vectors, candidates)
    width = unit.shape[1] + k
    return greedy(candidates, k, lambda pool: _Volume(pool, unit, weight, k), width)


class _Volume:
    """A row of the Cholesky factor for every candidate, one entry longer with every place."""

    def __init__(self, pool: Pool, unit: FloatArray, balance: float, k: int) -> None:
        self.vectors, self.users = unit[pool.items], np.arange(len(pool.items))
        self.wanted, self.weight = balance * pool.relevance, 1 - balance
        self.factor = np.zeros((*pool.items.shape, k))
        self.variance = np.ones(pool.items.shape)  # given the listed items
        self.listed = 0

    def gains(self) -> FloatArray:
        """Return weighted relevance and log of the conditional variance."""
        return self.wanted + self.weight * np.log(np.maximum(self.variance, _LEAST))

    def add(self, chosen: IntArray) -> None:
        """Extend all rows by their covariance with the item just listed, given the others."""
        last = self.vectors[self.users, chosen][:, :, None]
        alike = SHARED * np.matmul(self.vectors, last)[:, :, 0]
        rows = self.factor[:, :, : self.listed]
        known = np.matmul(rows, rows[self.users, chosen][:, :, None])[:, :, 0]
        spread = np.sqrt(np.maximum(self.variance[self.users, chosen], _LEAST))
        entry = (alike - known) / spread[:, None]
        self.factor[:, :, self.listed] = entry
        self.variance -= entry * entry
        self.listed += 1
