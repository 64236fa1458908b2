"""The weighted sum scores every candidate for itself."""

from __future__ import annotations

import numpy as np

from catalogkit.ranking import Ranking
from catalogkit.ranking.reranking.pools import Pool, blocks
from catalogkit.ranking.reranking.weighted import expected_diversity, relevance, weighted_sum

CANDIDATES = Ranking([[0, 1, 2, 3]], [[4.0, 3.0, 2.0, 0.0]])
GROUPS = np.eye(2)[[0, 0, 1, 0]]


def test_the_second_of_a_group_is_half_as_new() -> None:
    """The first milk 1, the second 1/2, the first bread 1, the third milk 1/3."""
    assert np.allclose(expected_diversity(CANDIDATES, GROUPS), [[1, 1 / 2, 1, 1 / 3]])


def test_opposite_items_are_no_newer_than_new() -> None:
    """A sum of cosines below zero counts as none."""
    pair = Ranking([[0, 1]], [[1.0, 0.0]])
    assert expected_diversity(pair, [[1.0], [-1.0]]).tolist() == [[1.0, 1.0]]


def test_relevance_runs_from_one_to_zero() -> None:
    """Over the user's own candidates."""
    assert relevance(CANDIDATES).tolist() == [[1.0, 0.75, 0.5, 0.0]]


def test_equal_scores_are_all_of_full_relevance() -> None:
    """There is nothing to tell them apart by."""
    assert relevance(Ranking([[3, 1]], [[2.0, 2.0]])).tolist() == [[1.0, 1.0]]


def test_the_sum_lifts_the_first_of_a_group() -> None:
    """At equal weights bread overtakes the second milk."""
    assert weighted_sum(CANDIDATES, GROUPS, 3, balance=0.5).items.tolist() == [[0, 2, 1]]


def test_blocks_hold_every_user_once() -> None:
    """Whatever the width, rows follow each other."""
    many = Ranking(np.arange(40).reshape(40, 1), np.zeros((40, 1)))
    for width in (1, 10**6, 10**9):
        rows = [len(Pool.of(many, part).items) for part in blocks(many, width)]
        assert sum(rows) == 40
