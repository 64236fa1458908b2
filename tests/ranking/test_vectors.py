"""Vectors become of length one, dense or sparse, or are refused by item."""

import numpy as np
import pytest
from scipy import sparse

from catalogkit.ranking.vectors import unit_rows

VECTORS = np.array([[3.0, 4.0], [0.0, -2.0]])
UNIT = [[0.6, 0.8], [0.0, -1.0]]


def test_dense_vectors_get_length_one() -> None:
    """Directions stay."""
    assert np.allclose(unit_rows(VECTORS), UNIT)


def test_sparse_vectors_stay_sparse() -> None:
    """The same numbers, and no dense table on the way."""
    unit = unit_rows(sparse.csr_array(VECTORS))
    assert sparse.issparse(unit)
    assert np.allclose(unit.toarray(), UNIT)


@pytest.mark.parametrize("bad", [[0.0, 0.0], [np.nan, 1.0], [np.inf, 1.0]])
def test_a_vector_without_direction_names_its_item(bad: list[float]) -> None:
    """The first such item and their number are said."""
    with pytest.raises(ValueError, match="1 vectors are zero or not finite, first of item 1"):
        unit_rows(np.array([[1.0, 0.0], bad]))
