"""The candidates of many users as plain arrays, and the greedy loop over the places of a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from catalogkit.ranking.rankings import Items, Ranking
from catalogkit.ranking.vectors import unit_rows

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

_CELLS = 2**21  # numbers that a block of users may hold: bounds the memory


@dataclass(frozen=True, eq=False)
class Pool:
    """The candidates of some users.

    items: int32[n, c], with 0 at the pads; present: bool[n, c], False at the pads;
    relevance: float64[n, c], the scores scaled user by user: 1 for the best candidate, 0 for the
    last; all 1 where they are all alike. rows: the users' rows in the whole Ranking.
    """

    items: Items
    present: npt.NDArray[np.bool_]
    relevance: FloatArray
    rows: slice

    @classmethod
    def of(cls, candidates: Ranking, rows: slice) -> Pool:
        """Take some users' candidates and scale their scores."""
        items, present = candidates.items[rows], candidates.items[rows] >= 0
        scores = candidates.scores[rows].astype(np.float64)
        best = scores[:, :1]
        worst = np.where(present, scores, np.inf).min(axis=1, keepdims=True)
        spread = np.where(present[:, :1] & (best > worst), best - worst, 1.0)
        scaled = np.where(best > worst, (scores - worst) / spread, 1.0)
        return cls(np.where(present, items, 0), present, np.where(present, scaled, 0.0), rows)


class Objective(Protocol):
    """What a greedy re-ranker maximises, place by place."""

    def gains(self) -> FloatArray:
        """Return what each candidate would add to its user's list, [n, c]."""
        ...

    def add(self, chosen: IntArray) -> None:
        """Note which candidate each user's list has taken, positions [n]."""
        ...


def greedy(
    candidates: Ranking, k: int, objective: Callable[[Pool], Objective], width: int = 1
) -> Ranking:
    """Fill the places of all lists in turn with the candidate of the largest gain.

    Of equal gains the candidate that stands first is taken; a gain of -inf means "not this one".
    width: numbers that the objective holds for each candidate, to bound the memory.
    Returns k columns, padded where candidates run out. Raises ValueError for k below 1.
    """
    items = np.full((len(candidates), checked_length(k)), -1, dtype=np.int32)
    for rows in blocks(candidates, width):
        _fill(Pool.of(candidates, rows), objective, items[rows])
    return as_ranking(items)


def blocks(candidates: Ranking, width: int) -> list[slice]:
    """Cut the users into blocks whose arrays [users, candidates, width] stay small."""
    step = max(1, _CELLS // max(1, candidates.k * width))
    return [slice(start, start + step) for start in range(0, len(candidates), step)]


def as_ranking(items: Items) -> Ranking:
    """Score every item k, k - 1, ... 1 by its place: a list chosen as a whole has no other."""
    places = np.arange(items.shape[1], 0, -1, dtype=np.float32)
    return Ranking(items, np.where(items >= 0, places, -np.inf))


def take_best(candidates: Ranking, scores: FloatArray, k: int) -> Ranking:
    """Return each user's k candidates of the highest score [n, c]; of equal ones the first."""
    shown = np.where(candidates.items >= 0, -scores, np.inf)
    order = np.argsort(shown, axis=1, kind="stable")[:, : checked_length(k)]
    best = np.take_along_axis(candidates.items, order, axis=1)
    wider = np.full((len(best), k), -1, dtype=np.int32)
    wider[:, : best.shape[1]] = best
    return as_ranking(wider)


def checked_length(k: int) -> int:
    """Return k. Raises ValueError when a list of k places is none."""
    if k < 1:
        raise ValueError(f"a list needs at least one place, got k={k}")
    return k


def checked_balance(balance: float) -> float:
    """Return the weight of relevance. Raises ValueError when it is not between 0 and 1."""
    if not 0 <= balance <= 1:
        raise ValueError(f"balance must lie between 0 (diversity only) and 1, got {balance}")
    return float(balance)


def checked_vectors(vectors: npt.ArrayLike, candidates: Ranking) -> FloatArray:
    """Return the vectors at length one, [items, d].

    Raises ValueError when one is zero or not finite, or when a candidate has none.
    """
    rows = np.asarray(vectors, dtype=np.float64)
    if rows.ndim != 2:
        raise ValueError(f"vectors must be [items, d], got shape {rows.shape}")
    candidates.check_range(len(rows))
    return np.asarray(unit_rows(rows))


def _fill(pool: Pool, objective: Callable[[Pool], Objective], items: Items) -> None:
    """Write the chosen items [n, k] over the pads."""
    users, free = np.arange(len(pool.items)), pool.present.copy()
    state = objective(pool)
    for place in range(min(items.shape[1], pool.items.shape[1])):
        gains = np.where(free, state.gains(), -np.inf)
        chosen = gains.argmax(axis=1)
        possible = gains[users, chosen] > -np.inf
        items[possible, place] = pool.items[users, chosen][possible]
        free[users[possible], chosen[possible]] = False
        if not possible.any():
            return
        state.add(chosen)
