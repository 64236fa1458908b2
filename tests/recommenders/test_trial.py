"""A trial knows the past, asks about the future, and counts whom it cannot ask."""

from __future__ import annotations

import pandas as pd
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.recommenders.frequency import Frequency
from catalogkit.recommenders.trial import Trial
from tests.recommenders.conftest import make_catalog, make_log

SHOP = make_catalog(["a", "b", "c"])
LOG = make_log(
    [
        *[("u", "a", 0), ("v", "b", 1), ("w", "a", 2), ("gone", "a", 3)],
        *[("u", "a", 10), ("u", "b", 11), ("v", "b", 12), ("w", "c", 12), ("new", "b", 12)],
    ]
)
DAY_10 = pd.Timestamp(2017, 1, 11)


def test_users_known_before_are_asked_for_what_they_bought_then() -> None:
    """What happens at the very moment belongs to the test; c was never bought before."""
    trial = Trial.of(LOG, SHOP, DAY_10)
    assert trial.users.tolist() == ["u", "v", "w"]
    assert trial.bought.toarray().tolist() == [[1, 1, 0], [0, 1, 0], [0, 0, 1]]
    assert trial.known.end == pd.Timestamp(2017, 1, 4)
    assert trial.unseen == 1
    assert list(trial.left_out.values()) == [1, 1, 0]


def test_what_was_bought_before_does_not_count_as_new() -> None:
    """V bought nothing new; a is no answer for u."""
    trial = Trial.of(LOG, SHOP, DAY_10, new_only=True)
    assert trial.users.tolist() == ["u", "w"]
    assert trial.bought.toarray().tolist() == [[0, 1, 0], [0, 0, 1]]
    assert list(trial.left_out.values()) == [1, 1, 1]
    ranking, _ = trial.ask(Frequency(), 3)
    assert ranking.items.tolist() == [[1, 2, -1], [1, 2, -1]]


def test_a_models_lists_are_judged_by_what_was_bought() -> None:
    """Own habits put a, b and a first: half of u's purchases, all of v's, none of w's."""
    _, judged = Trial.of(LOG, SHOP, DAY_10).ask(Frequency(), 1)
    assert judged.recall().tolist() == [0.5, 1, 0]


def test_a_future_in_which_nobody_returns_is_refused() -> None:
    """Only u and v come, who buy the same again."""
    log = make_log([("u", "a", 0), ("u", "a", 10), ("new", "b", 10)])
    assert len(Trial.of(log, SHOP, DAY_10).users) == 1
    with pytest.raises(DataError, match=r"none of 2 users .* buys anything new: choose another"):
        Trial.of(log, SHOP, DAY_10, new_only=True)
