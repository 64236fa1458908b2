"""A window asks of its start and is answered by what was bought until its end."""

from __future__ import annotations

import pandas as pd
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.recommenders.frequency import Frequency
from catalogkit.recommenders.interactions import Interactions
from catalogkit.recommenders.windows import window

DAYS = pd.Timestamp("2017-01-01") + pd.to_timedelta([0, 0, 10, 10, 10, 30], unit="D")
EVENTS = Interactions(
    pd.Index(["ann", "bob", "eve"]), pd.Index(["milk", "bread"]),
    pd.Series([0, 1, 0, 2, 0, 1]).to_numpy(), pd.Series([0, 0, 0, 1, 1, 1]).to_numpy(),
    DAYS.to_numpy(), DAYS[-1],
)  # fmt: skip
START, END = pd.Timestamp("2017-01-06"), pd.Timestamp("2017-01-20")


def test_only_users_with_a_past_and_a_purchase_take_part() -> None:
    """Bob bought nothing in the window, Eve nothing before it."""
    exam = window(EVENTS, START, END, {"often": Frequency()})
    assert exam.users.tolist() == [0]
    assert exam.truth.toarray().tolist() == [[1, 1]]


def test_candidates_come_from_before_the_window() -> None:
    """Ann's bread is bought in it, so her one candidate is milk, which she bought again."""
    exam = window(EVENTS, START, END, {"often": Frequency()})
    assert (exam.table.item.tolist(), exam.bought.tolist()) == ([0], [True])
    assert exam.known.age.min() > 0
    assert exam.rank([1.0], 1).items.tolist() == [[0]]


def test_a_window_without_purchases_is_refused() -> None:
    """There is nothing to foretell."""
    with pytest.raises(DataError, match="widen it"):
        window(EVENTS, START, START + pd.Timedelta(days=1), {"often": Frequency()})
