"""What is bought in a rhythm is due when the gap is over."""

from __future__ import annotations

import numpy as np
import pandas as pd

from catalogkit.datasets.records import Log
from catalogkit.recommenders.features.timing import Rhythm
from catalogkit.recommenders.interactions import Interactions
from tests.recommenders.conftest import make_catalog, make_log

SHOP = Interactions.of(
    make_log([("u", "a", 0), ("u", "a", 10), ("u", "a", 20), ("u", "b", 24), ("v", "c", 30)]),
    make_catalog(["a", "b", "c"]),
)


def test_days_since_over_the_mean_gap_says_what_is_due() -> None:
    """On day 30, a was bought 10 days ago every 10 days; b once, 6 days ago; c never."""
    found = Rhythm()(SHOP, np.array([0, 0, 0]), np.array([0, 1, 2]))
    assert np.array_equal(found["days since"], [10, 6, np.nan], equal_nan=True)
    assert np.array_equal(found["due"], [1, np.nan, np.nan], equal_nan=True)
    assert found["purchases a month"].tolist() == [3, 1, 0]


def test_twice_in_an_hour_is_a_gap_of_a_day() -> None:
    """Bought twice on day 0, five days ago: five times overdue, not a hundred times."""
    start = pd.Timestamp("2017-01-01")
    times = [start, start + pd.Timedelta(hours=1), start + pd.Timedelta(days=5, hours=1)]
    table = pd.DataFrame({"user_id": "u", "product_id": ["a", "a", "b"], "time": times})
    shop = Interactions.of(Log(table), make_catalog(["a", "b"]))
    assert Rhythm()(shop, np.array([0]), np.array([0]))["due"].tolist() == [5]
