"""Blend what is known of all pairs of users and items by a line taught on random pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogkit.recommenders.base import Floats
from catalogkit.recommenders.interactions import Matrix, Rows


@dataclass(frozen=True, eq=False)
class LinearBlend:
    """weights: of columns by name; only the order that they give is of use, not the sum itself."""

    weights: Mapping[str, float]

    def scores(self, columns: Mapping[str, Floats]) -> Floats:
        """Add up columns [b, g] by their weights, float32[b, g]; columns without one are ignored.

        Raises KeyError for a column that is missing.
        """
        parts = [np.float32(weight) * columns[name] for name, weight in self.weights.items()]
        return np.asarray(sum(parts), np.float32)


def teach_line(
    columns: Mapping[str, Floats],
    bought: Matrix,
    *,
    group: Rows | None = None,
    users: npt.NDArray[np.bool_] | None = None,
    pairs: int = 300_000,
    seed: int,
) -> LinearBlend:
    """Teach a logistic regression to tell the purchases of b users from random pairs.

    columns: what is known of each pair by name, float[b, g], standardised on what is taught;
    bought: [b, t]; group: int64[t], which of the g columns an item shares with others, None
    for its own; users: bool[b], those who teach, None for all; pairs: drawn evenly among all, few
    of which are purchases. Time grows with pairs, not with b times t.
    Raises ValueError when the users who teach bought nothing.
    """
    b, t = bought.shape
    teaching = np.flatnonzero(np.ones(b, dtype=bool) if users is None else users)
    row, item = Matrix(bought[teaching]).nonzero()
    if not len(row):
        raise ValueError(f"the {len(teaching)} users who teach bought nothing: name others")
    rng, known = np.random.default_rng(seed), len(row)
    row = teaching[np.concatenate([row, rng.integers(len(teaching), size=pairs)])]
    item = np.concatenate([item, rng.integers(t, size=pairs)])
    place = item if group is None else group[item]
    table = np.stack([values[row, place] for values in columns.values()], axis=1)
    slopes = _slopes(table, np.arange(len(row)) < known)
    return LinearBlend(dict(zip(columns, slopes.tolist(), strict=True)))


def _slopes(table: Floats, right: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Return the weight of each column as it stands, [columns], taught on standardised ones."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    line = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(table, right)
    return np.asarray(line[-1].coef_[0] / line[0].scale_)
