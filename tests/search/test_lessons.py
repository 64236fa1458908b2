"""Lessons hold what they promise: an answer and another, or an answer among near misses."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from catalogkit.ranking import Ranking
from catalogkit.search.lessons import easy_lessons, hard_lessons

TRUTH = sparse.csr_array(([2, 1, 1], ([0, 0, 2], [3, 5, 0])), shape=(3, 6))


def test_an_easy_lesson_has_an_answer_first_and_another_document() -> None:
    """Never the same twice, over 200 draws; grades are the answer's own and 0."""
    lessons = easy_lessons(TRUTH, [0, 2] * 100, seed=0)
    right, wrong = lessons.documents.items.T
    assert set(right[::2]) == {3, 5}
    assert set(right[1::2]) == {0}
    assert (right != wrong).all()
    assert set(wrong) == set(range(6))
    assert lessons.grades is not None
    assert lessons.grades[1::2].tolist() == [[1, 0]] * 100
    assert lessons.grades[::2, 0].tolist() == [2 if item == 3 else 1 for item in right[::2]]


def test_a_query_without_an_answer_is_named() -> None:
    """Row 1 has none."""
    with pytest.raises(ValueError, match="row 1 has no relevant document"):
        easy_lessons(TRUTH, [0, 1], seed=0)


def test_a_hard_lesson_has_one_answer_among_the_candidates_that_are_none() -> None:
    """In the first stage's order, with its scores; a query without enough of both is left out."""
    candidates = Ranking(np.tile(np.arange(4), (3, 1)), np.tile([4, 3, 2, 1], (3, 1)))
    grades = [[0, 1, 0, 2], [0, 0, 0, 0], [1, 1, 1, 0]]
    lessons = hard_lessons([7, 8, 9], candidates, grades, size=3, seed=0)
    assert lessons.rows.tolist() == [7]
    assert (np.diff(lessons.documents.items[0]) > 0).all()
    assert {0, 2} < set(lessons.documents.items[0].tolist())
    assert np.count_nonzero(lessons.grades) == 1
    assert lessons.documents.scores[0].tolist() == [4 - item for item in lessons.documents.items[0]]
