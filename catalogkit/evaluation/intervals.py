"""How sure are we: bootstrap intervals of means, differences and other statistics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]
Seed = int | np.random.Generator

_CELLS = 2**17  # random numbers held at a time: fits the cache, bounds the memory
_TAIL = 10  # fewer draws than this beyond a bound make the bound itself a guess


@dataclass(frozen=True)
class Interval:
    """An estimate with the interval that the bootstrap gives it.

    value: the estimate; low, high: bounds; n: units resampled (clusters when there are groups);
    level: confidence of the whole family of `comparisons` intervals; draws: bootstrap draws.
    Raises ValueError when a number is not finite or low is above high.
    """

    value: float
    low: float
    high: float
    n: int
    level: float = 0.95
    draws: int = 2000
    comparisons: int = 1

    def __post_init__(self) -> None:
        if not np.isfinite([self.value, self.low, self.high]).all() or self.low > self.high:
            raise ValueError(
                f"an interval needs finite low <= high, got {self.value} [{self.low}, {self.high}]"
            )

    @property
    def excludes_zero(self) -> bool:
        """Whether zero lies strictly outside: what "better" or "worse" needs."""
        return self.low > 0 or self.high < 0

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def bootstrap(
    values: npt.ArrayLike, *, groups: npt.ArrayLike | None = None,
    draws: int = 2000, level: float = 0.95, comparisons: int = 1, seed: Seed,
) -> Interval:  # fmt: skip
    """Percentile interval of a mean, resampling units or whole groups of them.

    values: [units], or [seeds, units]: then every unit counts with its mean over seeds, and the
    interval covers other units with the same trained models, not other seeds (report their spread
    beside it). groups: [units], labels of units that are not independent, such as the products of
    one type; whole groups are drawn, and the mean stays that over units. comparisons: how many
    intervals are read together (Bonferroni: each gets level 1 - (1 - level) / comparisons).
    With fewer than about 20 units or groups percentile intervals are too narrow.
    Raises ValueError on NaN, on fewer than two units or groups and on too few draws for the level.
    Source: Efron & Tibshirani 1993, chapter 13; Davison & Hinkley 1997, section 3.8 (groups).
    """
    units = _unit_means(values, "values")
    origin = units[0]  # constant values then give exactly their constant
    totals = _totals(units - origin, groups)
    sampled = _resampled_totals(totals, draws, np.random.default_rng(seed))
    value, means = (origin + total.real / total.imag for total in (totals.sum(), sampled))
    return _percentile(value, means, len(totals), level, comparisons)


def paired_bootstrap(
    a: npt.ArrayLike, b: npt.ArrayLike, *, groups: npt.ArrayLike | None = None,
    draws: int = 2000, level: float = 0.95, comparisons: int = 1, seed: Seed,
) -> Interval:  # fmt: skip
    """Percentile interval of mean(a - b), where a[i] and b[i] measure the same unit.

    a, b: [units] or [seeds, units] (either may have its own number of seeds, or none); the rest
    and the errors raised are those of `bootstrap`; units that differ in number raise ValueError.
    """
    first, second = _unit_means(a, "a"), _unit_means(b, "b")
    if len(first) != len(second):
        raise ValueError(f"a has {len(first)} units and b {len(second)}: pair them unit by unit")
    return bootstrap(
        first - second, groups=groups, draws=draws, level=level, comparisons=comparisons, seed=seed
    )


def bootstrap_statistic(
    statistic: Callable[[FloatArray], npt.ArrayLike], units: int, *,
    groups: npt.ArrayLike | None = None,
    draws: int = 2000, level: float = 0.95, comparisons: int = 1, seed: Seed,
) -> Interval:  # fmt: skip
    """Percentile interval of any statistic of weighted units, such as macro-F1 or a difference.

    statistic: takes weights float64[d, units], how often each unit was drawn, and returns [d]
    values. groups and the rest as in `bootstrap`.
    Raises ValueError as `bootstrap` does, and when the statistic is NaN or of the wrong shape.
    """
    codes, n = _codes(groups, units)
    rng = np.random.default_rng(seed)
    value = _evaluated(statistic, np.ones((1, units)))
    sampled = [
        _evaluated(statistic, _counts(rng, size, n)[:, codes])
        for size in _chunks(draws, max(units, n))
    ]
    return _percentile(float(value[0]), np.concatenate(sampled), n, level, comparisons)


def bootstrap_quantile(
    values: npt.ArrayLike, share: float, *,
    draws: int = 2000, level: float = 0.95, comparisons: int = 1, seed: Seed,
) -> Interval:  # fmt: skip
    """Percentile interval of the value that a share of the units does not exceed, such as p99.

    values: [units]. With few units beyond the share the interval ends at the largest value.
    Raises ValueError as `bootstrap` does, and for a share that is not above 0 and below 1.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must be above 0 and below 1, got {share}")
    units = _unit_means(values, "values")

    def quantile(weights: FloatArray) -> FloatArray:
        return weighted_quantile(units, weights, share)

    return bootstrap_statistic(
        quantile, len(units), draws=draws, level=level, comparisons=comparisons, seed=seed
    )


def weighted_quantile(values: FloatArray, weights: FloatArray, share: float) -> FloatArray:
    """Return, for each row of weights [d, units], the least value that reaches the share, [d]."""
    order = np.argsort(values)
    passed = np.cumsum(weights[:, order], axis=1)
    return np.asarray(values[order[(passed >= share * passed[:, -1:]).argmax(axis=1)]])


def bootstrap_ratio(
    a: npt.ArrayLike, b: npt.ArrayLike, *,
    draws: int = 2000, level: float = 0.95, comparisons: int = 1, seed: Seed,
) -> Interval:  # fmt: skip
    """Percentile interval of mean(a) / mean(b), where a and b were measured apart.

    a: [units], b: [other units], all of b above 0; each is resampled for itself. n: of both.
    Raises ValueError as `bootstrap` does, and for a b that is not positive.
    """
    above, below = _unit_means(a, "a"), _unit_means(b, "b")
    if below.min() <= 0:
        raise ValueError(f"b holds {below.min()}: a ratio needs what is above 0")
    rng = np.random.default_rng(seed)
    sampled = [rng.choice(part, (draws, len(part))).mean(axis=1) for part in (above, below)]
    value, n = float(above.mean() / below.mean()), len(above) + len(below)
    return _percentile(value, sampled[0] / sampled[1], n, level, comparisons)


def _unit_means(values: npt.ArrayLike, name: str) -> FloatArray:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim not in (1, 2) or 0 in array.shape:
        raise ValueError(f"{name} must be [units] or [seeds, units], got shape {array.shape}")
    bad = np.count_nonzero(~np.isfinite(array))
    if bad:
        raise ValueError(
            f"{name} has {bad} NaN or infinite of {array.size}: select the units that count first "
            "(ranking metrics are NaN for users without relevant items: see Judged.has_truth)"
        )
    means: FloatArray = array if array.ndim == 1 else array.mean(axis=0)
    return means


def _labels(groups: npt.ArrayLike, units: int) -> npt.NDArray[Any]:
    labels = np.asarray(groups)
    if labels.shape != (units,):
        raise ValueError(f"groups must have one label per unit: {labels.shape} for {units} units")
    if pd.isna(labels).any():
        raise ValueError(f"groups has {int(pd.isna(labels).sum())} nulls: name every unit's group")
    return labels


def _codes(groups: npt.ArrayLike | None, units: int) -> tuple[npt.NDArray[np.intp], int]:
    """Give every unit the number of its group; without groups, its own."""
    if groups is None:
        codes, n = np.arange(units), units
    else:
        codes, names = pd.factorize(_labels(groups, units))
        n = len(names)
    if n < 2:
        raise ValueError(f"{n} independent unit or group: a bootstrap needs at least two")
    return codes, n


def _totals(units: FloatArray, groups: npt.ArrayLike | None) -> ComplexArray:
    """Sum (real) and size (imaginary) of every group: all that a resample's mean needs."""
    codes, n = _codes(groups, len(units))
    return np.bincount(codes, units, n) + 1j * np.bincount(codes, minlength=n)


def _resampled_totals(totals: ComplexArray, draws: int, rng: np.random.Generator) -> ComplexArray:
    """Sum and size of `draws` resamples; one complex number carries both through one look-up."""
    n = len(totals)
    distinct, copies = np.unique(totals, return_counts=True)
    if 8 * len(distinct) <= n:  # many alike (hits, zeros): draw how often each value appears
        return np.asarray(rng.multinomial(n, copies / n, size=draws) @ distinct)
    parts = [totals[rng.integers(0, n, size=(size, n))].sum(axis=1) for size in _chunks(draws, n)]
    return np.concatenate(parts)


def _counts(rng: np.random.Generator, draws: int, n: int) -> FloatArray:
    """How often each of n units is drawn, [draws, n]."""
    picks = rng.integers(0, n, size=(draws, n)) + np.arange(draws)[:, None] * n
    return np.bincount(picks.ravel(), minlength=draws * n).reshape(draws, n).astype(np.float64)


def _chunks(draws: int, n: int) -> list[int]:
    """Split draws so that a part holds about _CELLS numbers."""
    size = max(1, _CELLS // n)
    return [min(size, draws - start) for start in range(0, draws, size)]


def _evaluated(statistic: Callable[[FloatArray], npt.ArrayLike], weights: FloatArray) -> FloatArray:
    values = np.asarray(statistic(weights), dtype=np.float64)
    if values.shape != (len(weights),):
        raise ValueError(
            f"statistic must return one value a draw: {values.shape} for {weights.shape}"
        )
    if not np.isfinite(values).all():
        raise ValueError(
            "statistic is NaN or infinite on a resample: is a class or group too rare?"
        )
    return values


def _percentile(
    value: float, sampled: FloatArray, n: int, level: float, comparisons: int
) -> Interval:
    if not 0 < level < 1 or comparisons < 1:
        raise ValueError(f"need 0 < level < 1, comparisons >= 1: got {level}, {comparisons}")
    tail = (1 - level) / comparisons / 2
    if len(sampled) * tail < _TAIL:
        raise ValueError(
            f"{len(sampled)} draws are too few for level {level} and {comparisons} comparisons: "
            f"ask for draws={int(np.ceil(_TAIL / tail))} or more"
        )
    low, high = np.quantile(sampled, [tail, 1 - tail])
    return Interval(float(value), float(low), float(high), n, level, len(sampled), comparisons)
