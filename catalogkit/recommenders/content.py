"""Recommend what is like the user's items, by vectors of the items' texts or pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogkit.recommenders.base import Fitted, Floats, Recommender
from catalogkit.recommenders.interactions import Interactions, Matrix, Rows


@dataclass(frozen=True, eq=False)
class Content(Recommender):
    """Score items by the dot product with the mean vector of what the user bought.

    vectors: float[m, d], one row for each row of the catalog, such as `Encoder.encode` gives.
    A product without any purchase can be recommended as well as any other.
    """

    vectors: npt.NDArray[np.floating]

    def learn(self, interactions: Interactions) -> FittedContent:
        """Keep the vectors as float32. Raises ValueError when vectors and catalog differ."""
        return FittedContent(interactions, item_vectors(self.vectors, interactions))


@dataclass(frozen=True, eq=False)
class FittedContent(Fitted):
    """vectors: float32[m, d]."""

    vectors: Floats

    def scores(self, rows: Rows) -> Floats:
        """Average the vectors of each user's items and multiply by all."""
        return mean_vectors(self.interactions.bought[rows], self.vectors) @ self.vectors.T


def item_vectors(
    values: npt.ArrayLike, interactions: Interactions, what: str = "vectors"
) -> Floats:
    """Return float32[m, d]. Raises ValueError, naming `what`, unless there is a row an item."""
    array = np.asarray(values, np.float32)
    if array.ndim != 2 or len(array) != len(interactions.items):
        raise ValueError(
            f"{what} has shape {array.shape} for {len(interactions.items)} products: give one row "
            "for each row of the catalog"
        )
    return array


def mean_vectors(bought: Matrix, vectors: Floats) -> Floats:
    """Average the vectors [m, d] of what each of b users bought, float32[b, d]; zeros of nothing.

    bought: [b, m], ones.
    """
    length = np.maximum(np.diff(bought.indptr), 1).astype(np.float32)
    return np.asarray((bought @ vectors) / length[:, None])


def unit_rows(vectors: Floats) -> Floats:
    """Give rows the length one; zeros stay zeros."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Floats = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)
    return unit
