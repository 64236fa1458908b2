"""Search by vectors: one exact matrix product over all documents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogkit.ranking import Ranking

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class DenseIndex:
    """Documents by their vectors, float32[d, n], of length one where a cosine is meant.

    Exact: time grows with documents times dimensions, 2 ms for 26,000 of 384.
    Raises ValueError for other shapes and numbers that are not finite.
    """

    vectors: Floats

    def __post_init__(self) -> None:
        vectors = np.ascontiguousarray(self.vectors, np.float32)
        if vectors.ndim != 2 or not np.isfinite(vectors).all():
            raise ValueError(f"vectors must be finite and [d, n], got shape {vectors.shape}")
        object.__setattr__(self, "vectors", vectors)

    def scores(self, queries: npt.ArrayLike) -> Floats:
        """Multiply q query vectors [q, n] with all documents, float32[q, d]."""
        return np.asarray(self.asked(queries) @ self.vectors.T)

    def search(self, queries: npt.ArrayLike, k: int) -> Ranking:
        """Rank the k best documents of each query vector."""
        return Ranking.from_scores(self.scores(queries), k)

    def extended(self, vectors: npt.ArrayLike) -> DenseIndex:
        """Add documents [r, n] after the others."""
        return DenseIndex(np.concatenate([self.vectors, self.asked(vectors)]))

    def without(self, rows: npt.ArrayLike) -> DenseIndex:
        """Take documents away, int[r]; those after them move up."""
        return DenseIndex(np.delete(self.vectors, np.asarray(rows, np.intp), axis=0))

    def asked(self, vectors: npt.ArrayLike) -> Floats:
        """Return vectors as float32[q, n]; raise ValueError when their length is another."""
        asked = np.asarray(vectors, np.float32)
        if asked.ndim != 2 or asked.shape[1] != self.vectors.shape[1]:
            raise ValueError(
                f"queries have shape {asked.shape}, documents {self.vectors.shape}: "
                "encode both with the same encoder"
            )
        return asked
