"""Exposure constraints: groups of items get their share of the places of all lists together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogkit.ranking.rankings import Ranking
from catalogkit.ranking.reranking.groups import Limits, limits, numbered
from catalogkit.ranking.reranking.pools import FloatArray, IntArray, take_best
from catalogkit.ranking.reranking.weighted import relevance

_BONUS = 2.0  # more than the whole scale of relevance: then only the group counts
_HALVINGS, _SWEEPS = 24, 30


def exposure_constrained(
    candidates: Ranking, groups: npt.ArrayLike, k: int, *,
    least: Limits | None = None, most: Limits | None = None,
) -> Ranking:  # fmt: skip
    """Give groups at least or at most a share of all filled places, at a small loss of relevance.

    Each limited group gets one bonus (or malus) for all users, added to relevance, which is the
    score scaled to 0-1 over the user's candidates; the bonus nearest to 0 that keeps the limit is
    found by bisection, group after group until all limits hold. The lists that
    change are thus those where it costs least. A single list may break the limit.
    groups: [items] labels, items' own ids for limits on items; least, most: shares in 0-1.
    Returns [n, k], scored k, k - 1, ... by place; padded where candidates run out.
    Raises ValueError for null labels, unknown groups, limits that contradict each other, k below 1
    and limits that these candidates cannot meet.
    Source: the dual of Singh & Joachims 2018, section 3, with places of equal weight.
    """
    codes, names = numbered(groups, candidates)
    bounds = limits(least or {}, most or {}, names, 1.0)
    if bounds[0].sum() > 1 or bounds[1].sum() < 1:
        raise ValueError("the shares must leave a sum of 1 possible: least above it or most below")
    auction = _Auction(candidates, codes, relevance(candidates), k)
    bonus = np.zeros(len(names))
    limited = np.flatnonzero((bounds[0] > 0) | (bounds[1] < 1))
    for _ in range(_SWEEPS):
        shares = auction.shares(bonus)
        if ((shares >= bounds[0]) & (shares <= bounds[1])).all():
            return auction.lists(bonus)
        for group in limited.tolist():
            bonus[group] = _bisect(auction, bonus, group, bounds[:, group])
    worst = int(np.maximum(bounds[0] - shares, shares - bounds[1]).argmax())
    raise ValueError(
        f"these candidates cannot meet the limits together: group {names.tolist()[worst]!r} "
        f"stays at {shares[worst]:.3f} of the places; give longer candidate lists or wider limits"
    )


@dataclass(frozen=True, eq=False)
class _Auction:
    """What lists and shares a bonus for every group leads to."""

    candidates: Ranking
    codes: IntArray
    relevance: FloatArray
    k: int

    def lists(self, bonus: FloatArray) -> Ranking:
        return take_best(
            self.candidates, self.relevance + bonus[self.codes[self.candidates.items]], self.k
        )

    def shares(self, bonus: FloatArray) -> FloatArray:
        items = self.lists(bonus).items
        counts = np.bincount(self.codes[items[items >= 0]], minlength=len(bonus))
        return np.asarray(counts / max(1, counts.sum()))


def _bisect(auction: _Auction, bonus: FloatArray, group: int, bounds: FloatArray) -> float:
    """Find the bonus nearest to 0 at which the group's share keeps its limits."""
    trial = bonus.copy()

    def share(value: float) -> float:
        trial[group] = value
        return float(auction.shares(trial)[group])

    free = share(0.0)
    if bounds[0] <= free <= bounds[1]:
        return 0.0
    sign = 1.0 if free < bounds[0] else -1.0
    broken, kept = 0.0, sign * _BONUS
    for _ in range(_HALVINGS):
        middle = (broken + kept) / 2
        held = share(middle) >= bounds[0] if sign > 0 else share(middle) <= bounds[1]
        broken, kept = (broken, middle) if held else (middle, kept)
    return kept
