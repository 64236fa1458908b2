"""The weighted sum: one score for every candidate, whatever else the list comes to hold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from catalogkit.ranking.rankings import Ranking
from catalogkit.ranking.reranking.pools import (
    FloatArray,
    Pool,
    blocks,
    checked_balance,
    checked_vectors,
    take_best,
)


def weighted_sum(candidates: Ranking, vectors: npt.ArrayLike, k: int, *, balance: float) -> Ranking:
    """Sort by balance * relevance + (1 - balance) * expected diversity.

    Relevance is the score scaled to 0-1 over the user's candidates, the other term that of
    `expected_diversity`. balance 1 keeps the order.
    Returns [n, k], scored k, k - 1, ... by place; padded where candidates run out.
    Raises ValueError for a balance beyond 0-1, k below 1 and candidates without a usable vector.
    """
    weight = checked_balance(balance)
    diverse = expected_diversity(candidates, vectors)
    return take_best(candidates, weight * relevance(candidates) + (1 - weight) * diverse, k)


def relevance(candidates: Ranking) -> FloatArray:
    """Scale each user's scores to 0-1 over the candidates, [n, c]; 0 at the pads."""
    return Pool.of(candidates, slice(None)).relevance


def expected_diversity(candidates: Ranking, vectors: npt.ArrayLike) -> FloatArray:
    """How new each candidate is to who has read the candidates above it, in (0, 1], [n, c].

    One over one plus the sum of the cosines to them (of a sum below 0, one): with one-hot groups
    1 for the best of its group, 1/2 for the second, 1/3 for the third. It foresees the list by
    the candidates, and is wrong where the list differs from them.
    vectors: [items, d]. Raises ValueError when a candidate has no usable vector.
    """
    unit = checked_vectors(vectors, candidates)
    diverse = np.empty(candidates.items.shape)
    for rows in blocks(candidates, unit.shape[1]):
        pool = Pool.of(candidates, rows)
        own = unit[pool.items] * pool.present[:, :, None]
        above = np.cumsum(own, axis=1) - own
        diverse[rows] = 1 / (1 + np.maximum((own * above).sum(axis=2), 0))
    return diverse
