"""Turn query vectors towards the documents that answer them, with one linear map.

Documents keep their vectors, so nothing is embedded again: the cheapest way to train a search.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class QueryAdapter:
    """A map of query vectors, float32[n, n]; make one with `fit`."""

    weights: Floats

    @classmethod
    def fit(
        cls,
        queries: npt.ArrayLike,
        documents: npt.ArrayLike,
        grades: sparse.sparray,
        *,
        regularization: float = 10.0,
    ) -> QueryAdapter:
        """Fit by ridge regression in closed form.

        queries: unit vectors [q, n]; documents: unit vectors [d, n]; grades: sparse [q, d], at
        least one above 0 a query. Each query's target is the mean of its documents' vectors,
        weighted by grade. The regression starts from leaving queries as they are: it minimizes
        ||queries (I + C) - targets||^2 + regularization ||C||^2. Raises ValueError for shapes that
        do not fit, a query without a grade and regularization that is not above 0.
        """
        asked, answers = np.asarray(queries, np.float64), np.asarray(documents, np.float64)
        share = sparse.csr_array(grades, dtype=np.float64)
        if asked.ndim != 2 or answers.shape[1:] != asked.shape[1:]:
            raise ValueError(f"vectors are {asked.shape} and {answers.shape}: use one encoder")
        if share.shape != (len(asked), len(answers)):
            raise ValueError(f"grades are {share.shape} for {len(asked)} x {len(answers)} vectors")
        total = share.sum(axis=1)
        if not (total > 0).all():
            raise ValueError(f"query row {int(np.argmin(total))} has no relevant document")
        if not regularization > 0:
            raise ValueError(f"regularization must be above 0, not {regularization}")
        missing = (share @ answers) / total[:, None] - asked
        eye = np.eye(asked.shape[1])
        change = np.linalg.solve(asked.T @ asked + regularization * eye, asked.T @ missing)
        return cls((eye + change).astype(np.float32))

    def transform(self, queries: npt.ArrayLike) -> Floats:
        """Map query vectors [q, n] and make them of length one, float32[q, n]."""
        moved = np.asarray(queries, np.float32) @ self.weights
        length = np.linalg.norm(moved, axis=1, keepdims=True)
        return np.asarray(moved / np.where(length > 0, length, 1), np.float32)
