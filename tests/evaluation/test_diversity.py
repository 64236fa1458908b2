"""Coverage, concentration and difference, by hand and against scipy."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from scipy.spatial.distance import pdist
from scipy.stats import entropy

from catalogkit.evaluation import (
    category_entropy,
    coverage,
    exposure,
    gini,
    intra_list_distance,
    lorenz,
    novelty,
)
from catalogkit.ranking import Ranking

COUNTS = st.lists(st.integers(0, 50), min_size=1, max_size=20).filter(any)


def random_ranking(n: int = 30, k: int = 6, items: int = 25) -> Ranking:
    """Random lists; every third has only two items."""
    scores = np.random.default_rng(0).random((n, items))
    scores[::3, 2:] = -np.inf
    return Ranking.from_scores(scores, k)


LISTS = random_ranking()
EMPTY = Ranking([[-1, -1], [0, -1]], [[-np.inf, -np.inf], [1.0, -np.inf]])


def test_coverage_counts_each_item_once_and_pads_never() -> None:
    """Items 0, 1 and 3 of eight are shown."""
    ranking = Ranking([[0, 1], [0, 3], [1, -1]], [[2, 1], [2, 1], [2, -np.inf]])
    assert exposure(ranking, 8).tolist() == [2, 2, 0, 1, 0, 0, 0, 0]
    assert coverage(ranking, 8) == 3 / 8


@given(COUNTS)
def test_gini_is_half_the_relative_mean_difference(counts: list[int]) -> None:
    """The area under the Lorenz curve and the definition over all pairs agree."""
    x = np.array(counts, dtype=float)
    expected = np.abs(x[:, None] - x).mean() / (2 * x.mean())
    assert gini(counts) == pytest.approx(expected, abs=1e-12)


@given(COUNTS, st.randoms(use_true_random=False))
def test_gini_knows_neither_order_nor_scale(counts: list[int], random: Random) -> None:
    """Shuffled or tripled counts are as concentrated as before."""
    other = [3 * count for count in counts]
    random.shuffle(other)
    assert gini(other) == pytest.approx(gini(counts), abs=1e-12)


def test_gini_runs_from_all_alike_to_all_in_one() -> None:
    """Four equal counts give 0, one item of four with everything 3/4."""
    assert gini([5, 5, 5, 5]) == pytest.approx(0)
    assert gini([0, 0, 0, 9]) == pytest.approx(3 / 4)


def test_the_lorenz_curve_adds_up_from_the_least_shown() -> None:
    """Counts 1 and 3: the lower half gets a quarter."""
    share_items, share_counts = lorenz([3, 1])
    assert share_items.tolist() == [0, 0.5, 1]
    assert share_counts.tolist() == [0, 0.25, 1]


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array])
def test_intra_list_distance_is_the_mean_of_scipys_pairs(kind: Callable) -> None:
    """One product gives what comparing every pair gives, for dense and sparse vectors."""
    vectors = np.random.default_rng(0).normal(size=(25, 4))
    expected = [pdist(vectors[row[row >= 0]], "cosine").mean() for row in LISTS.items]
    assert intra_list_distance(LISTS, kind(vectors)) == pytest.approx(expected)


def test_one_hot_categories_give_the_share_of_unlike_pairs() -> None:
    """Two of category a and one of b: two of three pairs differ."""
    ranking = Ranking([[0, 1, 2]], [[3, 2, 1]])
    assert intra_list_distance(ranking, np.array([[1, 0], [1, 0], [0, 1.0]]))[0] == pytest.approx(
        2 / 3
    )


def test_category_entropy_is_that_of_scipy() -> None:
    """In bits, list by list, pads left out."""
    categories = np.array(list("aabbbcccccdeeeeeeeeeefggh"))
    expected = [
        entropy(np.unique(categories[row[row >= 0]], return_counts=True)[1], base=2)
        for row in LISTS.items
    ]
    assert category_entropy(LISTS, categories) == pytest.approx(expected)


def test_novelty_is_the_mean_of_the_bits_that_popularity_leaves() -> None:
    """Items that half and an eighth of the users have: (1 + 3) / 2 bits."""
    ranking = Ranking([[0, 1], [1, -1]], [[2, 1], [2, -np.inf]])
    assert novelty(ranking, [1 / 2, 1 / 8]).tolist() == [2, 3]


def test_lists_too_short_to_differ_have_no_value() -> None:
    """Empty lists are NaN everywhere; a list of one has no pair, but entropy 0."""
    assert np.isnan(intra_list_distance(EMPTY, np.eye(3))).tolist() == [True, True]
    assert np.isnan(category_entropy(EMPTY, ["a", "b", "c"])).tolist() == [True, False]
    assert category_entropy(EMPTY, ["a", "b", "c"])[1] == 0
    assert np.isnan(novelty(EMPTY, [0.5, 0.5, 0.5])).tolist() == [True, False]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: coverage(LISTS, 5), "of a catalog of 5"),
        (lambda: gini([0, 0]), "not all 0"),
        (lambda: gini([1, -1]), "0 or more"),
        (lambda: lorenz([1, np.nan]), "none NaN"),
        (lambda: intra_list_distance(LISTS, np.zeros((25, 2))), "25 vectors are zero"),
        (lambda: intra_list_distance(LISTS, np.ones((5, 2))), "of a catalog of 5"),
        (lambda: category_entropy(LISTS, ["a"] * 24 + [None]), "1 categories are null"),
        (lambda: novelty(LISTS, [0.0] * 25), r"\(0, 1\]"),
        (lambda: novelty(LISTS, [7] * 25), r"\(0, 1\]"),
    ],
)
def test_what_cannot_be_measured_is_refused(call: Callable[[], object], says: str) -> None:
    """Ids beyond the catalog, empty exposure, zero vectors and nulls have their own messages."""
    with pytest.raises(ValueError, match=says):
        call()
