"""Shares of exposure hold over all lists together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogkit.ranking import Ranking
from catalogkit.ranking.reranking.exposure import exposure_constrained
from catalogkit.ranking.reranking.weighted import relevance

TWO = Ranking([[0, 1, 2], [0, 1, 2]], [[10.0, 9, 0], [10.0, 1, 0]])


def drawn(seed: int) -> tuple[Ranking, np.ndarray]:
    """Sixty users, thirty candidates, three groups."""
    rng = np.random.default_rng(seed)
    return Ranking.from_scores(rng.random((60, 50)), 30), rng.integers(0, 3, 50)


def share(lists: Ranking, groups: np.ndarray, group: int) -> float:
    """Share of the places that show a group."""
    return float((groups[lists.items] == group).mean())


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_least_and_most_hold_together(seed: int) -> None:
    """Half the places for group 0, a tenth for group 1."""
    candidates, groups = drawn(seed)
    lists = exposure_constrained(candidates, groups, 5, least={0: 0.5}, most={1: 0.1})
    assert share(lists, groups, 0) >= 0.5
    assert share(lists, groups, 1) <= 0.1


def test_a_limit_that_holds_already_changes_nothing() -> None:
    """The bonus is zero."""
    candidates, groups = drawn(0)
    lists = exposure_constrained(candidates, groups, 5, most={0: 1.0})
    assert np.array_equal(lists.items, candidates.items[:, :5])


def test_the_list_that_loses_least_changes() -> None:
    """One place of two for item 1: it goes where it is nearly as relevant as the best."""
    lists = exposure_constrained(TWO, [0, 1, 2], 1, least={1: 0.5})
    assert lists.items.tolist() == [[1], [0]]


def test_no_more_is_given_than_is_asked_for() -> None:
    """The share exceeds the least by less than one place in a hundred lists' worth."""
    candidates, groups = drawn(1)
    lists = exposure_constrained(candidates, groups, 5, least={0: 0.6})
    assert 0.6 <= share(lists, groups, 0) < 0.61
    kept = relevance(candidates)[:, :5].mean()
    assert kept > 0.8


def test_limits_that_the_candidates_cannot_meet_are_refused() -> None:
    """All places for an item that is a candidate once a list."""
    with pytest.raises(ValueError, match="cannot meet the limits together: group 1"):
        exposure_constrained(TWO, [0, 1, 2], 2, least={1: 0.8})


def test_shares_that_sum_above_one_are_refused() -> None:
    """Two groups cannot have .6 each."""
    with pytest.raises(ValueError, match="leave a sum of 1 possible"):
        exposure_constrained(TWO, [0, 1, 2], 1, least={0: 0.6, 1: 0.6})
