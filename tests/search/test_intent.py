"""A query's category is guessed by counting, and routing uses the guess softly or hard."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogkit.datasets.errors import DataError
from catalogkit.search.intent import QueryIntent, hard_routing, soft_routing

TEXTS = ["green tea", "black tea", "hand soap"]
CATEGORIES = ["drinks", "drinks", "bathroom"]
HALVES = np.log(np.array([[0.9, 0.1]], np.float32))


@pytest.fixture(scope="module")
def intent() -> QueryIntent:
    """Two categories, learned from three texts."""
    return QueryIntent.learn(TEXTS, CATEGORIES)


def test_the_words_of_a_query_name_its_category(intent: QueryIntent) -> None:
    """Tea is drunk, soap is not, whatever else the query says."""
    best = intent.log_probabilities(["TEA for one", "liquid soap"]).argmax(axis=1)
    assert [intent.categories[column] for column in best] == ["drinks", "bathroom"]


def test_unknown_words_leave_the_share_of_each_category(intent: QueryIntent) -> None:
    """Two of three texts are drinks."""
    chance = np.exp(intent.log_probabilities(["lamp", ""]))
    np.testing.assert_allclose(chance, [[1 / 3, 2 / 3]] * 2, rtol=1e-5)


def test_a_category_never_seen_has_no_place(intent: QueryIntent) -> None:
    """Its documents are marked, not lost."""
    assert intent.places(["drinks", "garden", "bathroom"]).tolist() == [1, -1, 0]


@pytest.mark.parametrize(
    ("texts", "categories"),
    [(["a", "b"], ["x"]), (["a", "b"], ["x", "x"]), (["?", ""], ["x", "y"])],
)
def test_texts_that_teach_no_choice_are_refused(texts: list[str], categories: list[str]) -> None:
    """Numbers that differ, one category, no word."""
    with pytest.raises(ValueError, match=r"categor|word"):
        QueryIntent.learn(texts, categories)


def test_what_is_no_text_is_named(intent: QueryIntent) -> None:
    """The row is said."""
    with pytest.raises(DataError, match="row 1"):
        intent.log_probabilities(["tea", None])  # type: ignore[list-item]


def test_soft_routing_lifts_a_close_second_but_not_a_far_one() -> None:
    """Category 0 is likely; documents 1 and 3 are in it."""
    scores = np.array([[1.0, 0.95, 0.0, 0.1]])
    order = np.argsort(-soft_routing(scores, HALVES, [1, 0, 1, 0], 0.5))
    assert order.tolist() == [[1, 0, 3, 2]]


def test_a_document_without_category_counts_as_the_least_likely() -> None:
    """As far down as a probability of a ten-thousandth, and not out of reach."""
    routed = soft_routing([[1.0, 1.0, 0.0]], HALVES, [0, -1, 0], 1.0)
    assert routed[0, 1] == pytest.approx(1 - 1)


@given(st.lists(st.floats(-5, 5, width=32), min_size=4, max_size=4), st.floats(-3, -0.1))
def test_a_weight_of_zero_changes_no_order(scores: list[float], log: float) -> None:
    """Soft routing without weight is the plain ranking."""
    table = np.array([scores])
    routed = soft_routing(table, [[log, -1.0]], [0, 1, -1, 0], 0.0)
    pairs = [(a, b) for a in range(4) for b in range(4) if scores[a] >= scores[b]]
    assert all(routed[0, a] >= routed[0, b] for a, b in pairs)


def test_hard_routing_shuts_all_categories_but_the_likeliest() -> None:
    """With both categories open, only the document without one stays shut."""
    scores = [[1.0, 2.0, 3.0]]
    assert hard_routing(scores, HALVES, [1, 0, -1]).tolist() == [[-np.inf, 2.0, -np.inf]]
    assert hard_routing(scores, HALVES, [1, 0, -1], 2).tolist() == [[1.0, 2.0, -np.inf]]


@pytest.mark.parametrize(
    ("scores", "places"), [([[1.0]], [0, 1]), ([[1.0, 2.0]], [0, 2]), ([[1.0, 2.0]] * 2, [0, 1])]
)
def test_shapes_that_do_not_fit_are_refused(scores: list[list[float]], places: list[int]) -> None:
    """Places of other documents, of other categories, and other queries."""
    with pytest.raises(ValueError, match="need"):
        soft_routing(scores, HALVES, places, 0.1)
    with pytest.raises(ValueError, match="need"):
        hard_routing(scores, HALVES, places)


def test_more_categories_than_there_are_cannot_stay_open() -> None:
    """Nor none."""
    with pytest.raises(ValueError, match="there are 2"):
        hard_routing([[1.0]], HALVES, [0], 3)
