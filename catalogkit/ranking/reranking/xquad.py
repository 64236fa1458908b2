"""xQuAD: cover each interest of the user in proportion, and none over and over."""

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


def xquad(
    candidates: Ranking, aspects: npt.ArrayLike, interests: npt.ArrayLike, k: int, *, balance: float
) -> Ranking:
    """Fill each place with what is relevant and serves interests that the list does not yet serve.

    Maximises balance * relevance + (1 - balance) * sum over aspects of the user's interest, times
    the item's share of the aspect, times the chance that no listed item serves it. Relevance is
    the score scaled to 0-1 over the user's candidates. balance 1 keeps the order.
    aspects: [items, a], chance that an item serves an aspect, in 0-1, such as one-hot groups;
    interests: [n, a], shares that sum to 1 for each user, such as the groups of past purchases.
    Returns [n, k], scored k, k - 1, ... by place; padded where candidates run out.
    Raises ValueError for a balance beyond 0-1, k below 1 and aspects or interests that do not fit.
    Source: Santos, Macdonald & Ounis 2010, equation 3, with every item's chance in place of
    retrieval probabilities.
    """
    weight, shares = checked_balance(balance), checked_aspects(aspects, candidates)
    wishes = checked_interests(interests, (len(candidates), shares.shape[1]))
    return greedy(
        candidates, k, lambda pool: _Coverage(pool, shares, wishes, weight), shares.shape[1]
    )


class _Coverage:
    """How much of each user's interests the list leaves unserved."""

    def __init__(
        self, pool: Pool, aspects: FloatArray, interests: FloatArray, balance: float
    ) -> None:
        self.serves, self.users = aspects[pool.items], np.arange(len(pool.items))
        self.unserved = interests[pool.rows].copy()
        self.wanted, self.weight = balance * pool.relevance, 1 - balance

    def gains(self) -> FloatArray:
        """Return weighted relevance and the unserved interest that a candidate would serve."""
        served: FloatArray = np.matmul(self.serves, self.unserved[:, :, None])[:, :, 0]
        return self.wanted + self.weight * served

    def add(self, chosen: IntArray) -> None:
        """Take away what the item just listed serves."""
        self.unserved *= 1 - self.serves[self.users, chosen]
