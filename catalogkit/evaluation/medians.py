"""Compare medians, as of waiting times, whose means a few slow moments would decide."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt

from catalogkit.evaluation.intervals import (
    FloatArray,
    Interval,
    Seed,
    bootstrap_statistic,
    weighted_quantile,
)


def median_difference(
    a: npt.ArrayLike, b: npt.ArrayLike, *,
    draws: int = 2000, level: float = 0.95, comparisons: int = 1, seed: Seed,
) -> Interval:  # fmt: skip
    """Percentile interval of median(a) - median(b), where a[i] and b[i] measure the same unit.

    a, b: [units]; units are drawn in pairs; of an even number the lower middle one is the median.
    The rest as in `bootstrap_statistic`. Raises ValueError when units differ in number or a value
    is not finite, and as that does.
    """
    first, second = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(f"a and b must be [units] alike, got {first.shape} and {second.shape}")
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("a or b has NaN or infinite values: select the units that count first")
    statistic = partial(_gap, first, second)
    return bootstrap_statistic(
        statistic, len(first), draws=draws, level=level, comparisons=comparisons, seed=seed
    )


def _gap(first: FloatArray, second: FloatArray, weights: FloatArray) -> FloatArray:
    medians = [weighted_quantile(values, weights, 0.5) for values in (first, second)]
    return medians[0] - medians[1]
