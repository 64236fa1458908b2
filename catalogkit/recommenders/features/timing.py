"""When the user bought an item, and whether it is due again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from catalogkit.recommenders.base import Floats
from catalogkit.recommenders.candidates import look_up
from catalogkit.recommenders.interactions import Interactions, Rows


@dataclass(frozen=True)
class Rhythm:
    """Say how many days ago a user bought an item last, how often, and whether it is due.

    Missing (NaN) where the user never bought the item; "due" also where it was bought once, since
    one purchase has no rhythm. A gap is a day at least: twice in a day is no habit of hours.
    """

    def __call__(self, known: Interactions, users: Rows, items: Rows) -> Mapping[str, Floats]:
        """Return days since, purchases a month, and days since over the mean gap between."""
        last = look_up(known.last, users, items) - 1
        first = look_up(known.first, users, items) - 1
        times = look_up(known.visits(), users, items)
        bought = times > 0
        gap = np.where(times > 1, np.maximum((first - last) / np.maximum(times - 1, 1), 1), 0)
        span = float(known.age.max(initial=1)) / 30
        return {
            "days since": np.where(bought, last, np.float32(np.nan)),
            "purchases a month": (times / max(span, 1 / 30)).astype(np.float32),
            "due": np.divide(last, gap, out=np.full(len(gap), np.nan, np.float32), where=gap > 0),
        }
