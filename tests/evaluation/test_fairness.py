"""Gaps between groups, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from catalogkit.evaluation.fairness import (
    activity_strata,
    coverage_by_users,
    exposure_by_group,
    exposure_gap,
    user_gap,
)
from catalogkit.ranking import Ranking

LISTS = Ranking(np.array([[0, 1], [0, 2], [3, -1]]), np.array([[2.0, 1], [2, 1], [2, -np.inf]]))
TRUTH = sparse.csr_array(np.array([[1, 0, 1, 0], [0, 0, 1, 0], [0, 2, 0, 0]]))
PRIVATE = np.array([True, False, False, True])


def test_a_gap_is_a_difference_of_means() -> None:
    """Users 0 and 1 have mean 3, user 2 has 1; user 3 belongs to neither."""
    gap = user_gap([2.0, 4, 1, np.nan], [1, 1, 0, 0], [0, 0, 1, 0])
    assert gap.value == 2


def test_strata_compare_like_with_like() -> None:
    """Raw the groups differ since one is more active; within each stratum they are equal."""
    values, first = np.array([1.0, 5, 5, 1, 1, 5]), np.array([1, 1, 1, 0, 0, 0], bool)
    strata = np.array([0, 1, 1, 0, 0, 1])
    assert user_gap(values, first, ~first).value == pytest.approx(4 / 3)
    assert user_gap(values, first, ~first, strata).value == 0


def test_strata_weigh_by_their_users() -> None:
    """Gaps of 1 among two users and of 4 among four: 3."""
    values, strata = [1.0, 0, 4, 4, 0, 0], [0, 0, 1, 1, 1, 1]
    assert user_gap(values, [1, 0, 1, 1, 0, 0], [0, 1, 0, 0, 1, 1], strata).value == 3


def test_a_narrowing_compares_absolute_gaps_in_pairs() -> None:
    """From +.5 to -.25 is a narrowing of .25, of which no resample doubts."""
    first = np.arange(40) < 20
    before = user_gap(np.where(first, 0.5, 0.0), first, ~first)
    after = user_gap(np.where(first, 0.0, 0.25), first, ~first)
    narrowed = before.narrowing(after, seed=0)
    assert (narrowed.value, narrowed.low, narrowed.high) == (0.25, 0.25, 0.25)


def test_the_interval_covers_the_value() -> None:
    """Of noise between equals it holds zero."""
    values, first = np.random.default_rng(0).random(200), np.arange(200) < 100
    interval = user_gap(values, first, ~first).interval(seed=0)
    assert interval.low < 0 < interval.high


def test_exposure_is_held_against_purchases() -> None:
    """Three of five places are private labels, and one of four purchases."""
    assert exposure_gap(LISTS, TRUTH, PRIVATE).value == pytest.approx(3 / 5 - 1 / 4)


def test_a_table_by_group_of_items() -> None:
    """Private: both items shown, 3 of 5 places, its one purchase listed."""
    table = exposure_by_group(LISTS, TRUTH, np.where(PRIVATE, "private", "national"))
    private = table.loc["private"]
    assert private[["items", "exposure", "purchases"]].tolist() == [0.5, 0.6, 0.25]
    assert private[["coverage", "opportunity"]].tolist() == [1.0, 1.0]
    assert table.loc["national", "opportunity"] == pytest.approx(1 / 3)


def test_a_group_that_nobody_bought_has_no_opportunity() -> None:
    """NaN, not zero."""
    table = exposure_by_group(LISTS, TRUTH, ["a", "b", "c", "d"])
    assert np.isnan(table.loc["d", "opportunity"])


def test_coverage_is_compared_at_equal_numbers_of_users() -> None:
    """One user's list shows two of four items, whatever the group's size; a short one, one."""
    shares = coverage_by_users(LISTS, ["a", "a", "b"], 4, seed=0)
    assert shares.tolist() == [0.5, 0.25]


def test_strata_cut_at_quantiles_and_keep_equals_together() -> None:
    """Four users of activity 1 stay in one half."""
    assert activity_strata([1, 1, 1, 1, 5, 9], 2).tolist() == [0, 0, 0, 0, 1, 1]


def test_gaps_of_different_users_are_refused() -> None:
    """Narrowing is paired."""
    small = user_gap([1.0, 2.0], [1, 0], [0, 1])
    with pytest.raises(ValueError, match="of 3 and of 2 users"):
        exposure_gap(LISTS, TRUTH, PRIVATE).narrowing(small, seed=0)


@pytest.mark.parametrize(
    ("values", "first", "second", "message"),
    [
        ([1.0, np.nan], [1, 0], [0, 1], "NaN among"),
        ([1.0, 2.0], [1, 1], [0, 1], "must not overlap"),
        ([1.0, 2.0], [1], [0], "one of each a user"),
        ([1.0, 2.0], [1, 1], [0, 0], "no stratum holds"),
    ],
)
def test_groups_that_do_not_fit_are_refused(
    values: list[float], first: list[int], second: list[int], message: str
) -> None:
    """One clear error for each."""
    with pytest.raises(ValueError, match=message):
        user_gap(values, first, second)


def test_truth_of_another_catalog_is_refused() -> None:
    """Items must be the same."""
    with pytest.raises(ValueError, match=r"\(3, 4\) for 3 users and 5 items"):
        exposure_gap(LISTS, TRUTH, np.ones(5, bool))


def test_an_unlabelled_item_is_refused() -> None:
    """Null is no group."""
    with pytest.raises(ValueError, match="1 groups are null"):
        exposure_by_group(LISTS, TRUTH, ["a", "b", "c", None])
