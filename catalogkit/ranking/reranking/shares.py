"""Shares of aspects: what an item belongs to and what a user is interested in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from catalogkit.ranking.rankings import Ranking
from catalogkit.ranking.reranking.pools import FloatArray


def checked_aspects(aspects: npt.ArrayLike, candidates: Ranking) -> FloatArray:
    """Return the items' shares of aspects, [items, a].

    Raises ValueError when one lies outside 0-1 or a candidate has no row.
    """
    shares = np.asarray(aspects, dtype=np.float64)
    if shares.ndim != 2:
        raise ValueError(f"aspects must be [items, aspects], got shape {shares.shape}")
    candidates.check_range(len(shares))
    bad = ~((shares >= 0) & (shares <= 1)).all(axis=1)
    if bad.any():
        raise ValueError(
            f"aspects must lie between 0 and 1: {int(bad.sum())} items have others, "
            f"first item {int(bad.argmax())}"
        )
    return shares


def checked_interests(interests: npt.ArrayLike, shape: tuple[int, int]) -> FloatArray:
    """Return the users' interests in aspects, [n, a].

    Raises ValueError when the shape differs, one is negative or a row does not sum to 1.
    """
    wishes = np.asarray(interests, dtype=np.float64)
    if wishes.shape != shape:
        raise ValueError(f"interests must be [users, aspects] = {shape}, got {wishes.shape}")
    bad = ~((wishes >= 0).all(axis=1) & (abs(wishes.sum(axis=1) - 1) < 1e-6))
    if bad.any():
        raise ValueError(
            f"interests must be shares that sum to 1: {int(bad.sum())} users have others, "
            f"first user {int(bad.argmax())}; divide counts by their sum, and give a user "
            "without history everybody's mean"
        )
    return wishes
