"""A query adapter turns queries towards their documents, as little as it must."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from catalogkit.search.adapter import QueryAdapter

QUERIES = np.eye(3)
DOCUMENTS = np.roll(np.eye(3), 1, axis=1)  # each query's document is the next axis
GRADES = sparse.csr_array(np.eye(3))


def test_queries_are_turned_onto_their_documents() -> None:
    """With hardly any regularization the rotation is found."""
    adapter = QueryAdapter.fit(QUERIES, DOCUMENTS, GRADES, regularization=1e-6)
    assert adapter.transform(QUERIES) == pytest.approx(DOCUMENTS, abs=1e-5)


def test_strong_regularization_leaves_queries_as_they_are() -> None:
    """The regression starts from doing nothing."""
    adapter = QueryAdapter.fit(QUERIES, DOCUMENTS, GRADES, regularization=1e9)
    assert adapter.transform(QUERIES) == pytest.approx(QUERIES, abs=1e-6)


def test_the_solution_is_that_of_the_ridge_problem() -> None:
    """One axis: (1 + c) q = t with q = 1, t = 0 and penalty 3 gives c = -1/4."""
    adapter = QueryAdapter.fit([[1.0]], [[0.0]], sparse.csr_array([[1]]), regularization=3)
    assert adapter.weights == pytest.approx(np.array([[0.75]]))


def test_targets_are_weighted_by_grade() -> None:
    """A document of grade 2 pulls twice as much as one of grade 1."""
    grades = sparse.csr_array(np.array([[2, 1]]))
    adapter = QueryAdapter.fit([[1.0, 0]], np.eye(2), grades, regularization=1e-9)
    assert adapter.transform([[1.0, 0]])[0] == pytest.approx(np.array([2, 1]) / np.sqrt(5))


def test_answers_have_length_one() -> None:
    """A zero vector stays zero."""
    adapter = QueryAdapter.fit(QUERIES, DOCUMENTS, GRADES)
    lengths = np.linalg.norm(adapter.transform([[1, 2, 3], [0, 0, 0]]), axis=1)
    assert lengths == pytest.approx([1, 0])


@pytest.mark.parametrize(
    ("documents", "grades", "regularization", "fault"),
    [
        (np.eye(2), GRADES, 1.0, "use one encoder"),
        (DOCUMENTS, GRADES[:2], 1.0, "grades are"),
        (DOCUMENTS, sparse.csr_array(np.diag([1, 0, 1])), 1.0, "query row 1"),
        (DOCUMENTS, GRADES, 0.0, "above 0"),
    ],
)
def test_what_does_not_fit_is_refused(
    documents: np.ndarray, grades: sparse.csr_array, regularization: float, fault: str
) -> None:
    """The message says what to mend."""
    with pytest.raises(ValueError, match=fault):
        QueryAdapter.fit(QUERIES, documents, grades, regularization=regularization)
