"""Ids become rows once, events are counted, and the past can be looked at as it was."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.recommenders.interactions import Interactions
from tests.recommenders.conftest import make_catalog, make_log

LOG = make_log(
    [("v", "tea", 0), ("u", "tea", 0), ("u", "tea", 0), ("u", "tea", 8), ("u", "rice", 10)]
)


@pytest.fixture
def known() -> Interactions:
    """Two users, three products; u bought tea twice and rice last."""
    return Interactions.of(LOG, make_catalog(["rice", "soap", "tea"]))


def test_products_keep_the_catalogs_order_and_users_are_sorted(known: Interactions) -> None:
    """Item j is row j of the catalog."""
    assert known.items.tolist() == ["rice", "soap", "tea"]
    assert known.users.tolist() == ["u", "v"]


def test_an_unknown_user_is_the_empty_last_row(known: Interactions) -> None:
    """Row 2 of two users, and nothing in it."""
    assert known.rows(["v", "stranger", "u"]).tolist() == [1, 2, 0]
    assert known.bought.toarray().tolist() == [[1, 0, 1], [0, 0, 1], [0, 0, 0]]


def test_a_repeated_event_counts_once(known: Interactions) -> None:
    """The same user, product and moment twice are one visit."""
    assert known.visits().toarray().tolist() == [[1, 0, 2], [0, 0, 1], [0, 0, 0]]


def test_a_visit_halves_with_its_half_life(known: Interactions) -> None:
    """Ages are 10, 2 and 0 days; with a half-life of 2 days tea weighs 1/32 + 1/2."""
    np.testing.assert_allclose(known.visits(2).toarray()[0], [1, 0, 1 / 32 + 1 / 2])


def test_the_last_purchase_counts_its_days(known: Interactions) -> None:
    """Days plus one, so that today is not nothing."""
    assert known.last.toarray().tolist() == [[1, 0, 3], [0, 0, 11], [0, 0, 0]]


def test_products_are_ordered_by_buyers_then_as_in_the_catalog(known: Interactions) -> None:
    """Tea has two buyers, rice one, soap none."""
    assert known.buyers.tolist() == [1, 0, 2]
    assert known.order.tolist() == [2, 0, 1]


def test_the_past_knows_nothing_of_what_came_later(known: Interactions) -> None:
    """Five days before, rice was not bought, tea once each; ages count from then."""
    past = known.before(5)
    assert past.bought.toarray().tolist() == [[0, 0, 1], [0, 0, 1], [0, 0, 0]]
    assert past.age.tolist() == [5, 5]
    assert known.since(5).toarray().tolist() == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]


def test_a_stretch_of_time_lies_between_two_moments(known: Interactions) -> None:
    """Day 0 to 9 has the teas of u, the second one; from day 9 on there is the rice."""
    day = pd.Timestamp(2017, 1, 1)
    first = known.between(day, day + pd.Timedelta(days=9))
    second = known.between(day + pd.Timedelta(days=9), day + pd.Timedelta(days=99))
    assert first.toarray()[0].tolist() == [0, 0, 1]
    assert second.toarray()[0].tolist() == [1, 0, 0]
    assert known.until(day + pd.Timedelta(days=9)).age.tolist() == [9, 9, 1]


def test_a_past_without_events_is_refused(known: Interactions) -> None:
    """Nothing can be learned from nothing."""
    with pytest.raises(DataError, match="no event is 11 days old"):
        known.before(11)


def test_ids_of_another_kind_raise_the_question() -> None:
    """Numbers in the log, strings in the catalog: the message asks."""
    with pytest.raises(DataError, match="numbers in one table and strings in the other"):
        Interactions.of(LOG, make_catalog(["1"]))
