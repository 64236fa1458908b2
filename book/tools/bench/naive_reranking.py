"""Greedy re-ranking as its definition reads: user by user, place by place, candidate by candidate.

The tests hold catalogkit's lists against these, the benchmark its speed. All take dense candidates
(no pads), scores scaled to 0-1 [n, c], and return items [n, k].
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Items = npt.NDArray[np.int32]
Gain = Callable[[int, int, list[int]], float]


def greedy(items: Items, k: int, gain: Gain) -> Items:
    """Add the candidate of the largest gain; `gain` takes user, candidate and listed candidates."""
    lists = []
    for user, row in enumerate(items):
        chosen: list[int] = []
        while len(chosen) < k:
            left = [i for i in range(len(row)) if i not in chosen]
            chosen.append(max(left, key=lambda i: gain(user, i, chosen)))
        lists.append(row[chosen])
    return np.array(lists)


def mmr(items: Items, relevance: FloatArray, unit: FloatArray, k: int, balance: float) -> Items:
    """Compute every cosine of maximal marginal relevance when it is asked for."""

    def gain(user: int, i: int, chosen: list[int]) -> float:
        nearest = max(
            (float(unit[items[user, i]] @ unit[items[user, j]]) for j in chosen), default=0
        )
        return balance * float(relevance[user, i]) - (1 - balance) * nearest

    return greedy(items, k, gain)


def dpp(
    items: Items, relevance: FloatArray, unit: FloatArray, k: int, balance: float, shared: float
) -> Items:
    """Take the determinant of every longer list from scratch."""

    def gain(user: int, i: int, chosen: list[int]) -> float:
        rows = unit[items[user, [*chosen, i]]]
        alike = shared * rows @ rows.T
        np.fill_diagonal(alike, 1.0)
        return balance * float(relevance[user, i]) + (1 - balance) * float(
            np.linalg.slogdet(alike).logabsdet
        )

    return greedy(items, k, gain)


def xquad(
    items: Items, relevance: FloatArray, aspects: FloatArray, interests: FloatArray, k: int,
    balance: float,
) -> Items:  # fmt: skip
    """Multiply the chances that no listed item serves an aspect over the list, every time."""

    def gain(user: int, i: int, chosen: list[int]) -> float:
        unserved = np.prod(1 - aspects[items[user, chosen]], axis=0)
        served = float((interests[user] * aspects[items[user, i]] * unserved).sum())
        return balance * float(relevance[user, i]) + (1 - balance) * served

    return greedy(items, k, gain)


def calibrated(
    items: Items, relevance: FloatArray, aspects: FloatArray, interests: FloatArray, k: int,
    balance: float, smoothing: float,
) -> Items:  # fmt: skip
    """Take the divergence of every longer list from the interests from scratch."""

    def gain(user: int, i: int, chosen: list[int]) -> float:
        p, q = interests[user], aspects[items[user, [*chosen, i]]].mean(axis=0)
        mixed, wanted = (1 - smoothing) * q + smoothing * p, p > 0
        divergence = float((p[wanted] * np.log(p[wanted] / mixed[wanted])).sum())
        return balance * float(relevance[user, i]) - (1 - balance) * divergence

    return greedy(items, k, gain)
