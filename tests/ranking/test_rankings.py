"""The Ranking refuses what is none, and top-k is exact."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy import sparse

from catalogkit.ranking import Ranking

TABLES = npst.arrays(
    np.float32,
    npst.array_shapes(min_dims=2, max_dims=2, max_side=8),
    elements=st.sampled_from([-2.5, -1.0, -0.0, 0.0, 1e-30, 1.0, 1.5, 3e38]),
)
INF = np.inf


def expected(scores: np.ndarray, k: int, taken: np.ndarray) -> list[list[int]]:
    """Top-k by plain sorting: best score first, then lower id, padded with -1."""
    rows = [
        sorted((i for i in range(len(row)) if not gone[i]), key=lambda i, row=row: (-row[i], i))[:k]
        for row, gone in zip(scores, taken, strict=True)
    ]
    return [row + [-1] * (k - len(row)) for row in rows]


@given(TABLES, st.integers(1, 10), st.randoms(use_true_random=False))
def test_top_k_is_that_of_plain_sorting(scores: np.ndarray, k: int, random: Random) -> None:
    """Ties go to the lower id, excluded items never return, short rows are padded."""
    taken = np.array([[random.random() < 0.3 for _ in row] for row in scores])
    ranking = Ranking.from_scores(scores, k, exclude=sparse.csr_array(taken))
    assert ranking.items.tolist() == expected(scores, k, taken)
    found = ranking.items >= 0
    rows = np.nonzero(found)[0]
    assert ranking.scores[found].tolist() == scores[rows, ranking.items[found]].tolist()
    assert np.isneginf(ranking.scores[~found]).all()


def test_more_rows_than_one_chunk_holds_are_ranked_alike() -> None:
    """Chunks are seamless: 30 rows of 100,000 items against a full stable sort."""
    scores = np.random.default_rng(0).integers(0, 500, size=(30, 100_000))
    ranking = Ranking.from_scores(scores, 50)
    assert np.array_equal(ranking.items, np.argsort(-scores, axis=1, kind="stable")[:, :50])


def test_an_item_scored_minus_infinity_is_never_returned() -> None:
    """-inf is the recommender's own way to exclude."""
    ranking = Ranking.from_scores([[1.0, -INF, 3.0]], k=3)
    assert ranking.items.tolist() == [[2, 0, -1]]


def test_a_stored_zero_excludes_nothing() -> None:
    """Only non-zero entries of the sparse matrix are taken."""
    stored_zero = sparse.csr_array(([0.0, 1.0], ([0, 0], [0, 1])), shape=(1, 3))
    assert Ranking.from_scores([[3.0, 2.0, 1.0]], 2, exclude=stored_zero).items.tolist() == [[0, 2]]


def test_the_scores_given_are_left_as_they_were() -> None:
    """Excluding writes to a copy."""
    scores = np.ones((1, 3), dtype=np.float32)
    Ranking.from_scores(scores, 2, exclude=sparse.csr_array([[1, 0, 0]]))
    assert scores.tolist() == [[1, 1, 1]]


def test_the_first_columns_are_the_top() -> None:
    """top(2) keeps two columns, and the length stays the number of rows."""
    ranking = Ranking([[3, 1, -1], [0, 2, 4]], [[2, 1, -INF], [5, 5, 1]])
    assert ranking.top(2).items.tolist() == [[3, 1], [0, 2]]
    assert (len(ranking), ranking.k, ranking.top(2).k) == (2, 3, 2)


def test_ids_and_scores_of_other_types_are_converted() -> None:
    """int64 or whole floats become int32, float64 scores float32."""
    ranking = Ranking(np.array([[2.0, 1.0]]), np.array([[0.5, 0.25]]))
    assert (ranking.items.dtype, ranking.scores.dtype) == (np.int32, np.float32)


def test_a_ranking_cannot_be_written_to() -> None:
    """What was checked stays so."""
    with pytest.raises(ValueError, match="read-only"):
        Ranking([[1]], [[1.0]]).items[0, 0] = 5


def test_no_rows_are_a_ranking() -> None:
    """An empty batch passes through."""
    assert len(Ranking.from_scores(np.zeros((0, 4)), 2)) == 0


@pytest.mark.parametrize(
    ("items", "scores", "says"),
    [
        ([1, 2], [2, 1], r"\[n, k\]"),
        ([[1, 2]], [[2]], r"\[n, k\]"),
        ([[1, 2], [1, 1]], [[2, 1], [2, 1]], "row 1 ranks an item twice"),
        ([[-1, 2]], [[-INF, -INF]], "pads end the row"),
        ([[-2]], [[-INF]], "below -1"),
        ([[1, -1]], [[2, 1]], "-inf at its pads"),
        ([[1, 2]], [[2, -INF]], "-inf at its pads"),
        ([[1, 2]], [[2, np.nan]], "NaN"),
        ([[1, 2]], [[1, 2]], "sort best first"),
        ([[1, 2]], [[INF, 2]], "beyond float32"),
        ([[1.5]], [[1]], "whole numbers"),
        ([[2**40]], [[1]], "whole numbers"),
        ([["a"]], [[1]], "whole numbers"),
    ],
)
def test_what_is_no_ranking_is_refused(items: list, scores: list, says: str) -> None:
    """Each broken promise has its own message, with the first bad row."""
    with pytest.raises(ValueError, match=says):
        Ranking(np.array(items), np.array(scores, dtype=float))


@pytest.mark.parametrize(
    ("scores", "k", "exclude", "says"),
    [
        ([[1, np.nan]], 1, None, "row 0"),
        ([[1], [INF]], 1, None, "row 1"),
        ([[1], [-1e300]], 1, None, "row 1"),
        ([1, 2], 1, None, r"\[n, m\]"),
        ([[1, 2]], 0, None, "k >= 1"),
        ([[1, 2]], 1, sparse.csr_array([[1]]), "exclude has shape"),
    ],
)
def test_scores_that_cannot_be_ranked_are_refused(
    scores: list, k: int, exclude: sparse.csr_array | None, says: str
) -> None:
    """NaN, infinity and wrong shapes raise an error."""
    with pytest.raises(ValueError, match=says):
        Ranking.from_scores(scores, k, exclude)


def test_asking_for_more_columns_than_there_are_is_refused() -> None:
    """A list of one cannot be cut to two."""
    with pytest.raises(ValueError, match="holds 1 items a row"):
        Ranking([[1]], [[1.0]]).top(2)


def test_an_item_outside_the_catalog_is_refused() -> None:
    """Ids must be below the catalog's size."""
    ranking = Ranking([[1], [7]], [[1.0], [1.0]])
    ranking.check_range(8)
    with pytest.raises(ValueError, match="row 1 ranks item 7 of a catalog of 7"):
        ranking.check_range(7)


def test_listed_marks_what_each_list_holds() -> None:
    """Pads mark nothing, and an id beyond the catalog is refused."""
    ranking = Ranking(np.array([[2, 0], [1, -1]]), np.array([[2.0, 1.0], [1.0, -np.inf]]))
    assert ranking.listed(4).toarray().tolist() == [[1, 0, 1, 0], [0, 1, 0, 0]]
    with pytest.raises(ValueError, match="ranks item 2 of a catalog of 2"):
        ranking.listed(2)
