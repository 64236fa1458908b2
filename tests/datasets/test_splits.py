"""Splits are disjoint, complete, reproducible and free of the leak they are meant to prevent."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Log
from catalogkit.datasets.splits import (
    Leakage,
    Split,
    check_category_out,
    check_grouped,
    check_temporal,
    grouped,
    leave_category_out,
    temporal,
)

GROUPS = st.lists(st.sampled_from("abcdefgh"), min_size=8, max_size=60).filter(
    lambda groups: len(set(groups)) >= 4
)


def week_log() -> Log:
    """Return ten purchases, one on each day from 1 to 10 January, newest first."""
    days = pd.date_range("2024-01-01", periods=10)[::-1]
    return Log(pd.DataFrame({"user_id": range(10), "product_id": range(10), "time": days}))


def all_rows(split: Split) -> list[int]:
    """Return the rows of the three sides in ascending order."""
    return sorted(np.concatenate([*split]).tolist())


@given(groups=GROUPS, seed=st.integers(0, 2**32 - 1))
def test_grouped_uses_every_row_once(groups: list[str], seed: int) -> None:
    """The three sides are disjoint and complete."""
    split = grouped(groups, test_share=0.3, validation_share=0.2, seed=seed)
    assert all_rows(split) == list(range(len(groups)))


@given(groups=GROUPS, seed=st.integers(0, 2**32 - 1))
def test_grouped_puts_no_group_on_two_sides(groups: list[str], seed: int) -> None:
    """The sides share no letter."""
    split = grouped(groups, test_share=0.3, validation_share=0.2, seed=seed)
    train, validation, test = ({groups[row] for row in rows} for rows in split)
    assert not train & validation
    assert not train & test
    assert not validation & test


@given(groups=GROUPS, seed=st.integers(0, 2**32 - 1), data=st.data())
def test_grouped_follows_from_groups_and_seed_alone(
    groups: list[str], seed: int, data: st.DataObject
) -> None:
    """The order of rows changes nothing."""
    shuffled = data.draw(st.permutations(groups))
    first = grouped(groups, test_share=0.3, seed=seed)
    second = grouped(shuffled, test_share=0.3, seed=seed)
    assert {groups[row] for row in first.test} == {shuffled[row] for row in second.test}


def test_grouped_differs_between_seeds() -> None:
    """Five seeds do not all draw the same two of twenty groups."""
    groups = np.arange(20)
    drawn = {tuple(grouped(groups, test_share=0.1, seed=seed).test) for seed in range(5)}
    assert len(drawn) > 1


def test_grouped_gives_the_asked_share_of_groups() -> None:
    """Of ten groups, two are for test and one for validation."""
    split = grouped(list("abcdefghij"), test_share=0.2, validation_share=0.1, seed=0)
    assert [len(rows) for rows in split] == [7, 1, 2]


@pytest.mark.parametrize(
    ("groups", "share", "message"),
    [
        (["a", "a"], 0.5, "1 groups cannot give shares"),
        (["a", "b"], 0.0, "cannot give shares"),
        (["a", "b"], 1.0, "at least 0 and below 1"),
        (["a", None, "b"], 0.5, "row 1 has none"),
        ([], 0.5, "there are no rows"),
    ],
)
def test_grouped_refuses_what_cannot_be_split(
    groups: list[str], share: float, message: str
) -> None:
    """The error says which row or share is at fault."""
    with pytest.raises(DataError, match=message):
        grouped(groups, test_share=share, seed=0)


def test_a_random_split_of_products_leaks_their_types(retail_catalog: Catalog) -> None:
    """On the real catalog the check finds the leak and names a product type."""
    types = retail_catalog.table["product_type"]
    by_product = grouped(retail_catalog.product_id, test_share=0.2, seed=0)
    with pytest.raises(
        Leakage, match=r"of 2376 groups are on two sides, for example '.+' in train"
    ):
        check_grouped(types, by_product)
    check_grouped(types, grouped(types, test_share=0.2, seed=0))


def test_temporal_splits_at_the_borders() -> None:
    """A purchase at the border belongs to the later side."""
    split = temporal(week_log(), validation_from="2024-01-07", test_from="2024-01-09")
    assert [rows.tolist() for rows in split] == [[4, 5, 6, 7, 8, 9], [2, 3], [0, 1]]


def test_temporal_without_validation() -> None:
    """Equal borders leave the middle empty."""
    split = temporal(week_log(), validation_from="2024-01-09", test_from="2024-01-09")
    assert [len(rows) for rows in split] == [8, 0, 2]


def test_temporal_reads_a_zone_as_utc() -> None:
    """Nine in the morning in Tokyo is midnight in Greenwich."""
    tokyo = pd.Timestamp("2024-01-09 09:00", tz="Asia/Tokyo")
    assert temporal(week_log(), validation_from=tokyo, test_from=tokyo).test.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("validation_from", "test_from", "message"),
    [
        ("2024-01-05", "2025-01-01", "test side is empty"),
        ("2023-01-01", "2024-01-05", "train side is empty"),
        ("2024-01-05", "2024-01-03", "lies before"),
    ],
)
def test_temporal_refuses_empty_sides(validation_from: str, test_from: str, message: str) -> None:
    """The error says which side is empty or which border is wrong."""
    with pytest.raises(DataError, match=message):
        temporal(week_log(), validation_from=validation_from, test_from=test_from)


@given(days=st.lists(st.integers(0, 300), min_size=2, max_size=50), border=st.integers(1, 300))
def test_temporal_passes_its_own_check(days: list[int], border: int) -> None:
    """Whatever the days, no split at a moment leaks; a border that empties a side is refused."""
    times = pd.Timestamp("2024-01-01") + pd.to_timedelta(days, unit="D")
    log = Log(pd.DataFrame({"user_id": days, "product_id": days, "time": times}))
    moment = pd.Timestamp("2024-01-01") + pd.Timedelta(days=border)
    if not min(days) < border <= max(days):
        with pytest.raises(DataError, match="side is empty"):
            temporal(log, validation_from=moment, test_from=moment)
        return
    split = temporal(log, validation_from=moment, test_from=moment)
    check_temporal(log, split)
    assert all_rows(split) == list(range(len(days)))


def test_a_random_split_of_a_log_leaks_the_future() -> None:
    """The check names a training row that is younger than a test row."""
    with pytest.raises(Leakage, match=r"row 0 of train \(2024-01-10.*is not older than row 5"):
        check_temporal(week_log(), Split([0, 1], [], [4, 5]))


def test_leave_category_out_tests_on_the_held_out_alone() -> None:
    """Rows follow their category."""
    split = leave_category_out(list("abcab"), ["c"], validation=["b"])
    assert [rows.tolist() for rows in split] == [[0, 3], [1, 4], [2]]


@given(groups=GROUPS, data=st.data())
def test_leave_category_out_passes_its_own_check(groups: list[str], data: st.DataObject) -> None:
    """The split is complete and no category is on two sides."""
    held_out = data.draw(st.sets(st.sampled_from(sorted(set(groups))), min_size=1, max_size=3))
    split = leave_category_out(groups, held_out)
    check_category_out(groups, held_out, split)
    check_grouped(groups, split)
    assert all_rows(split) == list(range(len(groups)))


@pytest.mark.parametrize(
    ("held_out", "validation", "message"),
    [(["z"], [], "'z' is unknown"), (["a"], ["a"], "'a' is named for both sides")],
)
def test_leave_category_out_refuses_wrong_names(
    held_out: list[str], validation: list[str], message: str
) -> None:
    """The error names the category."""
    with pytest.raises(DataError, match=message):
        leave_category_out(["a", "b"], held_out, validation=validation)


def test_a_held_out_category_in_training_is_a_leak() -> None:
    """The check names the row and its category."""
    with pytest.raises(Leakage, match=r"1 rows are on the wrong side, first row 0 \('a'\)"):
        check_category_out(["a", "b", "a"], ["a"], Split([0, 1], [], [2]))


@pytest.mark.parametrize(
    ("train", "test", "message"),
    [
        ([0, 1], [1], "row 1 is in the split 2 times"),
        ([-1], [0], "positions count from 0"),
        ([0], [], "test side is empty"),
    ],
)
def test_a_split_is_checked_when_made(train: list[int], test: list[int], message: str) -> None:
    """Shared, negative and missing rows are refused."""
    with pytest.raises(DataError, match=message):
        Split(train, [], test)


def test_a_split_cannot_be_changed() -> None:
    """Its arrays are read-only."""
    split = Split([0], [], [1])
    with pytest.raises(ValueError, match="read-only"):
        split.train[0] = 2
