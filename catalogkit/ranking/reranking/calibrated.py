"""Calibrated lists: the groups of a list in the proportions of the user's interests."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from catalogkit.ranking.rankings import Ranking
from catalogkit.ranking.reranking.pools import (
    FloatArray,
    IntArray,
    Pool,
    checked_balance,
    greedy,
)
from catalogkit.ranking.reranking.shares import checked_aspects, checked_interests

SMOOTHING = 0.01
"""Share of the target mixed into the list's own distribution, so that no logarithm is of zero."""


def calibrated(
    candidates: Ranking, aspects: npt.ArrayLike, interests: npt.ArrayLike, k: int, *, balance: float
) -> Ranking:
    """Fill each place so that the list is relevant and mixed as the user's interests are.

    Maximises balance * sum of relevance - (1 - balance) * KL(interests, list) greedily, where the
    list's distribution is the mean of its items' shares; natural logarithm. Relevance is the score
    scaled to 0-1 over the user's candidates. balance 1 keeps the order.
    aspects: [items, a], shares in 0-1 that sum to 1 for each item, such as one-hot groups;
    interests: [n, a], shares that sum to 1 for each user, such as the groups of past purchases.
    Returns [n, k], scored k, k - 1, ... by place; padded where candidates run out.
    Raises ValueError for a balance beyond 0-1, k below 1 and aspects or interests that do not fit.
    Source: Steck 2018, section 4, with places of equal weight.
    """
    weight, shares = checked_balance(balance), checked_aspects(aspects, candidates)
    wishes = checked_interests(interests, (len(candidates), shares.shape[1]))
    if (abs(shares.sum(axis=1) - 1) > 1e-6).any():
        raise ValueError("aspects must sum to 1 for every item: divide each row by its sum")
    kinds, kind = np.unique(shares, axis=0, return_inverse=True)
    return greedy(
        candidates,
        k,
        lambda pool: _Proportions(pool, kinds, kind.ravel(), wishes, weight),
        min(len(kinds), candidates.k) * shares.shape[1] // candidates.k + 1,
    )


class _Proportions:
    """The list's distribution so far, and what an item of every kind would make of it."""

    def __init__(
        self,
        pool: Pool,
        kinds: FloatArray,
        kind: IntArray,
        interests: FloatArray,
        balance: float,
    ) -> None:
        self.kind, self.users = kind[pool.items], np.arange(len(pool.items))
        self.kinds, self.wishes = kinds, interests[pool.rows]
        self.wanted, self.weight = balance * pool.relevance, 1 - balance
        self.total, self.listed = np.zeros_like(self.wishes), 0

    def gains(self) -> FloatArray:
        """Return weighted relevance and, less a constant of the user, the new divergence."""
        if self.kinds.shape[0] <= self.kind.shape[1]:  # items of a kind change the list alike
            ahead = self._agreement(self.kinds[None])
            return self.wanted + self.weight * np.take_along_axis(ahead, self.kind, axis=1)
        return self.wanted + self.weight * self._agreement(self.kinds[self.kind])

    def add(self, chosen: IntArray) -> None:
        """Count the item just listed."""
        self.total += self.kinds[self.kind[self.users, chosen]]
        self.listed += 1

    def _agreement(self, added: FloatArray) -> FloatArray:
        """Return the cross-entropy part of -KL, [n, kinds or candidates]."""
        mixed = (self.total[:, None] + added) / (self.listed + 1) * (1 - SMOOTHING)
        mixed += SMOOTHING * self.wishes[:, None]
        safe = np.where(self.wishes[:, None] > 0, mixed, 1.0)
        agreement: FloatArray = np.matmul(np.log(safe), self.wishes[:, :, None])[:, :, 0]
        return agreement
