"""How much of the plane of two goals a set of settings dominates."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from catalogkit.evaluation.intervals import FloatArray


def hypervolume(points: npt.ArrayLike, reference: tuple[float, float] = (0.0, 0.0)) -> FloatArray:
    """Area that points of two goals, both to be maximised, dominate above a reference.

    points: [..., p, 2]; what lies below the reference in a goal adds nothing. Returns [...], so
    that a bootstrap passes the points of all draws at once.
    Raises ValueError when the last axis is not two or a point is not finite.
    Source: Zitzler & Thiele 1999.
    """
    values = np.asarray(points, np.float64)
    if values.ndim < 2 or values.shape[-1] != 2 or not np.isfinite(values).all():
        raise ValueError(f"points must be [..., p, 2], finite: got {values.shape}")
    above = np.maximum(values - np.asarray(reference), 0.0)
    order = np.argsort(-above[..., 0], axis=-1, kind="stable")
    x, y = (np.take_along_axis(above[..., goal], order, axis=-1) for goal in (0, 1))
    highest = np.maximum.accumulate(y, axis=-1)
    steps = np.diff(highest, axis=-1, prepend=0.0)
    return np.asarray((x * steps).sum(axis=-1))
