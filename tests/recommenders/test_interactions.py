"""Ids become rows once, events are counted, and the past can be looked at as it was."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Log
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


# ---- further events

events = st.lists(
    st.tuples(st.sampled_from("uvwx"), st.sampled_from(["rice", "soap", "tea"]), st.integers(0, 9)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(events, events)
def test_events_taken_in_later_are_as_good_as_told_at_once(
    first: list[tuple[str, str, int]], second: list[tuple[str, str, int]]
) -> None:
    """Users, rows, times and ages are those of one log, whatever is older, new or repeated."""
    shop = make_catalog(["rice", "soap", "tea"])
    found = Interactions.of(make_log(first), shop).united(make_log(second))
    expected = Interactions.of(make_log(first + second), shop)
    assert found.users.tolist() == expected.users.tolist()
    assert found.end == expected.end
    for name in ("user", "item", "time", "age"):
        assert np.array_equal(getattr(found, name), getattr(expected, name))


def test_the_hour_of_a_known_event_is_known(known: Interactions) -> None:
    """At odd moments, years apart and in other units, an event is still the same one."""
    table = pd.DataFrame({"user_id": ["u"], "product_id": ["tea"]})
    first, again, later = (
        Log(table.assign(time=np.array([moment], unit)))
        for moment, unit in [
            ("1999-03-01T07:09:13.000123", "datetime64[us]"),
            ("1999-03-01T07:09:13.000123", "datetime64[ns]"),
            ("2031-03-01", "datetime64[s]"),
        ]
    )
    united = known.united(first).united(later)
    assert len(united.user) == len(known.user) + 2
    assert len(united.united(again).user) == len(united.user)
    assert united.end == pd.Timestamp(2031, 3, 1)


def test_what_came_before_stays_as_it_was(known: Interactions) -> None:
    """Users nobody heard of get rows; the first interactions do not change."""
    united = known.united(make_log([("a", "soap", 11)]))
    assert united.users.tolist() == ["a", "u", "v"]
    assert united.bought.toarray().tolist() == [[0, 1, 0], [1, 0, 1], [0, 0, 1], [0, 0, 0]]
    assert known.users.tolist() == ["u", "v"]


def test_a_past_takes_in_what_follows_it(known: Interactions) -> None:
    """Its moment moves on only when something happened after it."""
    past = known.before(5)
    assert past.united(make_log([("u", "soap", 1)])).end == past.end
    assert past.united(make_log([("u", "soap", 7)])).age.tolist() == [7, 7, 0]


def test_users_of_another_kind_are_refused(known: Interactions) -> None:
    """Numbers would never meet their strings."""
    log = Log(make_log([("1", "tea", 0)]).table.assign(user_id=[1]))
    with pytest.raises(DataError, match=r"users are strings, like 'u', .* integers, like 1: read"):
        known.united(log)
