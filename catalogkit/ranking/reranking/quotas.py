"""Quotas: every list holds at least so many, or at most so many, items of a group."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
import numpy.typing as npt

from catalogkit.ranking.rankings import Ranking
from catalogkit.ranking.reranking.groups import limits, numbered
from catalogkit.ranking.reranking.pools import FloatArray, IntArray, Pool, checked_length, greedy


def quotas(
    candidates: Ranking, groups: npt.ArrayLike, k: int, *,
    least: Mapping[Hashable, int] | None = None,
    most: Mapping[Hashable, int] | int | None = None,
) -> Ranking:  # fmt: skip
    """Fill the places with the best candidates that the quotas allow, in their order.

    groups: [items] labels; least, most: items of a group in a list, unnamed groups are free; a
    number for `most` holds for every group. Of a group with fewer candidates than `least` all are
    listed; a list that `most` leaves too short is padded.
    Returns [n, k], scored k, k - 1, ... by place. Raises ValueError for null labels, groups that
    no item has, quotas that contradict each other or need more than k places, and k below 1.
    """
    codes, names = numbered(groups, candidates)
    highest = dict.fromkeys(names, most) if isinstance(most, int) else most or {}
    bounds = limits(least or {}, highest, names, float("inf"))
    if bounds[0].sum() > checked_length(k):
        raise ValueError(f"the quotas ask for {bounds[0].sum():g} items in lists of {k}")
    return greedy(candidates, k, lambda pool: _Places(pool, codes, bounds, k), len(names))


class _Places:
    """How many items of each group a list still needs, and may still take."""

    def __init__(self, pool: Pool, codes: IntArray, bounds: FloatArray, k: int) -> None:
        self.group, self.users = codes[pool.items], np.arange(len(pool.items))
        self.order, self.left = -np.arange(pool.items.shape[1], dtype=np.float64), k
        held = np.zeros((len(pool.items), bounds.shape[1]))
        np.add.at(held, (self.users[:, None], self.group), pool.present)
        self.needed = np.minimum(bounds[0], held)
        self.room = np.tile(bounds[1], (len(held), 1))

    def gains(self) -> FloatArray:
        """Return minus the place, or -inf where a quota forbids the candidate."""
        scarce = self.needed.sum(axis=1) >= self.left  # all places left are spoken for
        allowed = (self.room > 0) & ((self.needed > 0) | ~scarce[:, None])
        return np.where(np.take_along_axis(allowed, self.group, axis=1), self.order, -np.inf)

    def add(self, chosen: IntArray) -> None:
        """Count the item just listed."""
        group = self.group[self.users, chosen]
        self.room[self.users, group] -= 1
        self.needed[self.users, group] = np.maximum(self.needed[self.users, group] - 1, 0)
        self.left -= 1
