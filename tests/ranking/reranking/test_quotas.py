"""Quotas hold in every list that can hold them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogkit.ranking import Ranking
from catalogkit.ranking.reranking.groups import limits, numbered
from catalogkit.ranking.reranking.quotas import quotas

GROUPS = ["a", "a", "a", "b", "c", "b"]
CANDIDATES = Ranking([[0, 1, 2, 3, 4, 5]], [[6.0, 5, 4, 3, 2, 1]])


def listed(**given_: object) -> list[int]:
    """Re-rank the six candidates to three."""
    return quotas(CANDIDATES, GROUPS, 3, **given_).items[0].tolist()


def test_without_quotas_the_order_stays() -> None:
    """The best three are all of one group."""
    assert listed() == [0, 1, 2]


def test_at_most_one_of_each_group() -> None:
    """A number holds for every group."""
    assert listed(most=1) == [0, 3, 4]


def test_at_least_one_of_the_last_group_takes_the_last_place() -> None:
    """A reserved place is the last one, as its item is the least relevant."""
    assert listed(least={"c": 1}) == [0, 1, 4]


def test_two_quotas_reserve_two_places() -> None:
    """Better candidates of reserved groups come first."""
    assert listed(least={"c": 1, "b": 1}) == [0, 3, 4]


def test_of_a_group_with_too_few_candidates_all_are_listed() -> None:
    """Two of c are asked for, there is one: its place is kept, no more."""
    assert listed(least={"c": 2}) == [0, 1, 4]


def test_a_list_that_the_quota_leaves_short_is_padded() -> None:
    """One of each of two groups, none of the third."""
    assert listed(most={"a": 1, "b": 1, "c": 0}) == [0, 3, -1]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 2), st.integers(2, 4))
def test_every_list_keeps_its_quotas_in_falling_relevance(seed: int, low: int, high: int) -> None:
    """At least `low` of group 0 where there are so many, at most `high` of each."""
    rng = np.random.default_rng(seed)
    groups, candidates = rng.integers(0, 3, 30), Ranking.from_scores(rng.random((5, 30)), 12)
    lists = quotas(candidates, groups, 6, least={0: low}, most=high)
    for row, pool in zip(lists.items, candidates.items, strict=True):
        row = row[row >= 0]
        assert np.bincount(groups[row]).max() <= high
        assert (groups[row] == 0).sum() >= min(low, (groups[pool] == 0).sum())
        places = [pool.tolist().index(item) for item in row]
        assert places == sorted(places)


def test_more_reserved_places_than_there_are_is_refused() -> None:
    """Four in a list of three."""
    with pytest.raises(ValueError, match="4 items in lists of 3"):
        listed(least={"a": 2, "b": 2})


def test_a_group_that_no_item_has_is_refused() -> None:
    """A typo in a quota would otherwise do nothing."""
    with pytest.raises(ValueError, match="no item is of the group 'd'"):
        listed(most={"d": 1})


def test_limits_that_contradict_each_other_are_refused() -> None:
    """At least two and at most one."""
    codes, names = numbered(GROUPS, CANDIDATES)
    assert codes.tolist() == [0, 0, 0, 1, 2, 1]
    with pytest.raises(ValueError, match="'a' is to have at least 2 and at most 1"):
        limits({"a": 2}, {"a": 1}, names, float("inf"))


def test_an_item_without_a_group_is_refused() -> None:
    """Null is no group."""
    with pytest.raises(ValueError, match="1 groups are null"):
        quotas(CANDIDATES, [*GROUPS[:5], None], 3)
