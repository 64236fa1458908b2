"""Recommend what is like the user's items, by vectors of the items' texts or pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogkit.recommenders.base import Fitted, Floats, Recommender
from catalogkit.recommenders.interactions import Interactions, Rows


@dataclass(frozen=True, eq=False)
class Content(Recommender):
    """Score items by the dot product with the mean vector of what the user bought.

    vectors: float[m, d], one row for each row of the catalog, such as `Encoder.encode` gives.
    A product without any purchase can be recommended as well as any other.
    """

    vectors: npt.NDArray[np.floating]

    def learn(self, interactions: Interactions) -> FittedContent:
        """Keep the vectors as float32. Raises ValueError when vectors and catalog differ."""
        vectors = np.asarray(self.vectors, np.float32)
        if vectors.ndim != 2 or len(vectors) != len(interactions.items):
            raise ValueError(
                f"vectors has shape {vectors.shape} for {len(interactions.items)} products: "
                "give one row for each row of the catalog"
            )
        return FittedContent(interactions, vectors)


@dataclass(frozen=True, eq=False)
class FittedContent(Fitted):
    """vectors: float32[m, d]."""

    vectors: Floats

    def scores(self, rows: Rows) -> Floats:
        """Average the vectors of each user's items and multiply by all."""
        bought = self.interactions.bought[rows]
        length = np.maximum(np.diff(bought.indptr), 1).astype(np.float32)
        profile: Floats = (bought @ self.vectors) / length[:, None]
        return profile @ self.vectors.T
