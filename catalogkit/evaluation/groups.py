"""Who is served well and who is not: a result split by group, each part with its interval."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from catalogkit.evaluation.intervals import FloatArray, Seed, bootstrap


def by_group(
    values: npt.ArrayLike, groups: npt.ArrayLike, *,
    draws: int = 2000, level: float = 0.95, comparisons: int = 1, seed: Seed,
) -> pd.DataFrame:  # fmt: skip
    """Mean of the units of each group with its interval: by department, by segment, by class.

    values: [units] or [seeds, units]; groups: [units], no nulls; the rest as in `bootstrap`.
    Returns one row a group, sorted: n, value, low, high. A group of a single unit keeps its row,
    with low and high NaN. Raises ValueError as `bootstrap` does.
    """
    array, labels = _checked(values, groups)
    rng = np.random.default_rng(seed)
    rows = []
    for name, units in labels.groupby(labels.to_numpy(), sort=True).indices.items():
        part, bounds = array[..., units], (np.nan, np.nan)
        if len(units) > 1:
            one = bootstrap(part, draws=draws, level=level, comparisons=comparisons, seed=rng)
            bounds = (one.low, one.high)
        rows.append((name, len(units), float(part.mean()), *bounds))
    return pd.DataFrame(rows, columns=["group", "n", "value", "low", "high"]).set_index("group")


def _checked(values: npt.ArrayLike, groups: npt.ArrayLike) -> tuple[FloatArray, pd.Series]:
    array, labels = np.asarray(values, dtype=np.float64), pd.Series(groups)
    if array.shape[-1:] != labels.shape or labels.isna().any():
        raise ValueError(
            f"groups must name the group of every unit: {len(labels)} labels, "
            f"{int(labels.isna().sum())} of them null, for values of shape {array.shape}"
        )
    if not np.isfinite(array).all():
        raise ValueError("values has NaN or infinite entries: select the units that count first")
    return array, labels
