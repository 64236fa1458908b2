"""A basket is what a user bought on one day of the log's clock."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from catalogkit.datasets.records import Log
from catalogkit.recommenders.baskets import Baskets
from catalogkit.recommenders.interactions import Interactions
from tests.recommenders.conftest import make_catalog, make_log


@pytest.fixture
def baskets() -> Baskets:
    """Take three baskets of u, the middle one of two items, and one of v; rows are mixed."""
    log = make_log([("u", "c", 4), ("v", "a", 2), ("u", "a", 0), ("u", "b", 2), ("u", "c", 2)])
    return Baskets.of(Interactions.of(log, make_catalog(["a", "b", "c"])))


def test_baskets_stand_by_user_and_then_by_day(baskets: Baskets) -> None:
    """The user whom nobody knows has none."""
    assert baskets.items.toarray().tolist() == [[1, 0, 0], [0, 1, 1], [0, 0, 1], [1, 0, 0]]
    assert baskets.start.tolist() == [0, 3, 4, 4]


def test_a_succession_stays_within_a_user(baskets: Baskets) -> None:
    """Two successions of u, none of v, none from u to v."""
    before, after = baskets.successions
    assert before.toarray().tolist() == [[1, 0, 0], [0, 1, 1]]
    assert after.toarray().tolist() == [[0, 1, 1], [0, 0, 1]]


def test_the_last_basket_of_each_user_is_known(baskets: Baskets) -> None:
    """That of nobody is empty."""
    assert baskets.last.toarray().tolist() == [[0, 0, 1], [1, 0, 0], [0, 0, 0]]


def test_a_day_ends_at_midnight_and_an_item_counts_once() -> None:
    """Two at breakfast and supper, one a minute after midnight."""
    times = pd.to_datetime(["2017-01-01 08:00", "2017-01-01 23:59", "2017-01-02 00:00"])
    log = Log(pd.DataFrame({"user_id": "u", "product_id": "a", "time": times}))
    baskets = Baskets.of(Interactions.of(log, make_catalog(["a"])))
    assert np.array_equal(baskets.items.toarray(), [[1], [1]])
