"""Thinning keeps every user and whole baskets; groups keep stores whole."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Log
from catalogkit.datasets.subsets import group_by_main, thin


def make_log(users: str, stores: list[int | None] | None = None, basket: int = 2) -> Log:
    """One event a letter; every `basket` events of the log share a basket id."""
    table = pd.DataFrame({"user_id": list(users)})
    table["product_id"] = range(len(users))
    table["time"] = pd.date_range("2017-01-01", periods=len(users))
    table["basket_id"] = table["product_id"] // basket
    return Log(table.assign(store_id=stores if stores is not None else 1))


def test_each_user_keeps_the_share_and_at_least_one_event() -> None:
    """Half of six is three, half of one is one."""
    thinned = thin(make_log("aaaaaab"), 0.5, seed=0)
    assert thinned.table["user_id"].value_counts().to_dict() == {"a": 3, "b": 1}
    assert thinned.dropped == {"thinned out": 3}


def test_baskets_stay_whole() -> None:
    """Of three baskets with two events each, one third is one basket."""
    thinned = thin(make_log("aaaaaa"), 1 / 3, seed=0, together="basket_id")
    assert thinned.table["basket_id"].value_counts().tolist() == [2]


@settings(deadline=None, max_examples=40)
@given(st.floats(0.01, 1), st.floats(0.01, 1), st.integers(0, 5))
def test_a_larger_share_keeps_what_a_smaller_one_keeps(one: float, other: float, seed: int) -> None:
    """Thinned logs are nested, so that a curve over shares moves for one reason only."""
    log = make_log("aaabbbbbbbcc")
    less, more = (set(thin(log, share, seed=seed).product_id) for share in sorted((one, other)))
    assert less <= more


def test_what_is_kept_depends_on_the_seed() -> None:
    """Twenty seeds do not all draw the same half."""
    log = make_log("aaaaaa")
    assert len({tuple(thin(log, 0.5, seed=seed).product_id) for seed in range(20)}) > 1


@pytest.mark.parametrize("share", [0, 1.1, -1])
def test_a_share_is_a_share(share: float) -> None:
    """Nothing, and more than all, cannot be kept."""
    with pytest.raises(DataError, match="above 0 and at most 1"):
        thin(make_log("a"), share, seed=0)


def test_users_of_one_store_stay_together_in_groups_of_equal_size() -> None:
    """Store 7 has two users, stores 5 and 6 one each; a went to 7 twice and to 5 once."""
    groups = group_by_main(make_log("aaabcd", [7, 7, 5, 7, 5, 6]), "store_id")
    assert groups.to_dict() == {"a": 0, "b": 0, "c": 1, "d": 1}


def test_of_two_main_stores_the_smaller_number_counts() -> None:
    """User a went once to each store and belongs to 5, so 9 belongs to b alone."""
    groups = group_by_main(make_log("aab", [9, 5, 9]), "store_id")
    assert groups.to_dict() == {"a": 0, "b": 1}


def test_more_groups_than_stores_are_refused() -> None:
    """One store cannot be shared out."""
    with pytest.raises(DataError, match="1 values of 'store_id' cannot make 2 groups"):
        group_by_main(make_log("ab"), "store_id")


@pytest.mark.parametrize(
    ("column", "message"), [("shop", "no column 'shop'"), ("store_id", "empty in 1 events")]
)
def test_a_column_must_be_there_and_full(column: str, message: str) -> None:
    """The message says which column, and how many gaps."""
    with pytest.raises(DataError, match=message):
        group_by_main(make_log("ab", [1, None]), column)
