"""Vectors of items, of length one, so that a product of two is their cosine."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse


def unit_rows(
    vectors: npt.NDArray[np.floating] | sparse.sparray,
) -> npt.NDArray[np.floating] | sparse.csr_array:
    """Scale every row to length one, dense or sparse, [items, d].

    Raises ValueError when one is zero or not finite.
    """
    rows = sparse.csr_array(vectors) if sparse.issparse(vectors) else np.asarray(vectors)
    length = np.sqrt(np.asarray((rows * rows).sum(axis=1), dtype=np.float64))
    bad = ~(np.isfinite(length) & (length > 0))
    if bad.any():
        first = int(bad.argmax())
        raise ValueError(f"{int(bad.sum())} vectors are zero or not finite, first of item {first}")
    if sparse.issparse(rows):
        return sparse.csr_array(sparse.diags_array(1 / length) @ rows)
    return np.asarray(rows / length[:, None])
