"""Fusion adds what is on one scale: scaled scores, or ranks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogkit.ranking import Ranking
from catalogkit.search.fusion import blend_scores, reciprocal_rank_fusion, standardised


def test_scores_are_scaled_before_they_are_added() -> None:
    """(10, 30, 20) becomes (0, 1, .5), (1, 0, 0) stays; three to one."""
    blended = blend_scores([[[10, 30, 20]], [[1, 0, 0]]], [0.75, 0.25])
    assert blended.tolist() == [[0.25, 0.75, 0.375]]


def test_a_row_of_equal_scores_adds_nothing() -> None:
    """BM25 without a known word says nothing, and must not divide by zero."""
    assert blend_scores([[[0, 0]], [[1, 3]]], [0.5, 0.5]).tolist() == [[0, 0.5]]


@given(st.floats(0.01, 100), st.floats(-50, 50))
def test_scale_and_origin_of_a_method_do_not_matter(scale: float, origin: float) -> None:
    """Whatever unit the first method scores in, the blend stays."""
    first, second = np.array([[1.0, 4.0, 2.0]]), np.array([[0.5, 0.1, 0.9]])
    np.testing.assert_allclose(
        blend_scores([first * scale + origin, second], [0.5, 0.5]),
        blend_scores([first, second], [0.5, 0.5]),
        atol=2e-3,
    )


@pytest.mark.parametrize(
    ("tables", "weights", "says"),
    [
        ([], [], "none"),
        ([[[1, 2]], [[1]]], [1, 1], r"\(1, 2\), \(1, 1\)"),
        ([[[1, 2]]], [1, 1], "a weight for each"),
        ([[[1, -np.inf]]], [1], "must be finite"),
    ],
)
def test_what_cannot_be_added_is_refused(
    tables: list[object], weights: list[float], says: str
) -> None:
    """Shapes, weights and infinities."""
    with pytest.raises(ValueError, match=says):
        blend_scores(tables, weights)  # type: ignore[arg-type]


def test_ranks_are_added_as_reciprocals() -> None:
    """Document 1 is second and first: 1/62 + 1/61; document 0 is first once, 2 second once."""
    lists = [Ranking([[0, 1]], [[9, 8]]), Ranking([[1, 2]], [[0.2, 0.1]])]
    fused = reciprocal_rank_fusion(lists, 4, documents=5)
    assert fused.items.tolist() == [[1, 0, 2, -1]]
    assert fused.scores[0, :3].tolist() == pytest.approx([1 / 62 + 1 / 61, 1 / 61, 1 / 62])


def test_rankings_of_other_queries_are_refused() -> None:
    """One answers one query, the other two."""
    lists = [Ranking([[0]], [[1]]), Ranking([[0], [1]], [[1], [1]])]
    with pytest.raises(ValueError, match=r"\[1, 2\]"):
        reciprocal_rank_fusion(lists, 1, documents=2)


def test_a_ranking_of_another_catalog_is_refused() -> None:
    """Item 7 of a catalog of two."""
    with pytest.raises(ValueError, match="catalog of 2"):
        reciprocal_rank_fusion([Ranking([[7]], [[1]])], 1, documents=2)


def test_standardised_rows_have_mean_0_and_deviation_1() -> None:
    """1, 3 lie one deviation from 2; equal scores say nothing."""
    assert standardised([[1, 3], [5, 5]]).tolist() == [[-1, 1], [0, 0]]
