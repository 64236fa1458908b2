"""Intervals by half-sampling, for statistics that a unit drawn twice would flatter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from catalogkit.evaluation.intervals import Interval

Rows = npt.NDArray[np.intp]


def half_samples(
    statistics: Callable[[Rows], Mapping[str, float]], units: int, *,
    draws: int = 300, level: float = 0.95, comparisons: int = 1, seed: int | np.random.Generator,
) -> dict[str, Interval]:  # fmt: skip
    """Return normal intervals of several statistics of n units, around their values on all of them.

    statistics: takes rising rows, intp[m], and returns named values, such as differences between
    two clusterings; it is called with all rows, then with `draws` random halves without repetition.
    Under the bootstrap a unit drawn twice agrees with itself, which lifts measures of agreement;
    a half scatters around the whole, given the whole, as much as the whole does around the truth.
    level and comparisons as in `intervals.bootstrap`. Raises ValueError for fewer than 20 units or
    draws. Source: Shao & Wu 1989, "A general theory for jackknife variance estimation" (delete-d).
    """
    if units < 20 or draws < 20:
        raise ValueError(f"{units} units and {draws} draws: half-sampling needs 20 of both or more")
    rng = np.random.default_rng(seed)
    whole = statistics(np.arange(units))
    halves = [statistics(np.sort(rng.permutation(units)[: units // 2])) for _ in range(draws)]
    reach = NormalDist().inv_cdf(1 - (1 - level) / 2 / comparisons)
    reach *= ((units // 2) / (units - units // 2)) ** 0.5
    found = {}
    for name, value in whole.items():
        width = reach * float(np.std([half[name] for half in halves], ddof=1))
        low, high = value - width, value + width
        found[name] = Interval(value, low, high, units, level, draws, comparisons)
    return found
