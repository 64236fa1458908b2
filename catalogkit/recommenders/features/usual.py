"""How far an item is from what the user usually chooses."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from catalogkit.recommenders.base import Floats
from catalogkit.recommenders.features.columns import pick
from catalogkit.recommenders.interactions import Interactions, Rows


def above_usual(
    values: npt.NDArray[np.float64], known: Interactions, users: Rows, items: Rows
) -> Floats:
    """Subtract the mean of the items that the user bought, float32[c].

    values: float64[m], NaN where unknown: such items are left out of the mean, and have no
    difference, as have users who bought none with a value.
    """
    there = np.isfinite(values)
    total = known.bought @ np.where(there, values, 0)
    count = known.bought @ there.astype(np.float64)
    mean = np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)
    return np.asarray(pick(values, items, known) - mean[users], np.float32)
