"""Dense search is a matrix product, and says when vectors cannot belong together."""

from __future__ import annotations

import numpy as np
import pytest

from catalogkit.search.dense import DenseIndex

INDEX = DenseIndex(np.array([[1, 0], [0, 1], [0.6, 0.8]]))


def test_the_nearest_come_first() -> None:
    """Dot products with (0, 1) are 0, 1 and .8."""
    ranking = INDEX.search([[0, 1]], 2)
    assert ranking.items.tolist() == [[1, 2]]
    assert ranking.scores[0].tolist() == pytest.approx([1, 0.8])


def test_query_vectors_of_another_length_are_refused() -> None:
    """Three dimensions against two."""
    with pytest.raises(ValueError, match="same encoder"):
        INDEX.scores([[1, 0, 0]])


@pytest.mark.parametrize("vectors", [np.ones(3), np.array([[np.nan]])])
def test_vectors_that_cannot_be_searched_are_refused(vectors: np.ndarray) -> None:
    """A flat array, or not a number."""
    with pytest.raises(ValueError, match="finite and"):
        DenseIndex(vectors)
