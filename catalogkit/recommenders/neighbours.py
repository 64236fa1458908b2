"""Recommend what is bought by the same people as the user's own items: item-kNN."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from catalogkit.recommenders.base import Fitted, Floats, Recommender
from catalogkit.recommenders.interactions import Interactions, Matrix, Rows

Weighting = Literal["cosine", "bm25"]


@dataclass(frozen=True)
class ItemNeighbours(Recommender):
    """Add up the similarities of an item to the user's items, each having k neighbours.

    weighting: "cosine" of the items' columns of buyers; "bm25" weighs rare users up and
    saturates repeated purchases (k1, b as in text search). neighbours: kept for each item, the
    item itself among them. Needs `implicit`, whose search this is.
    Source: Sarwar et al. 2001; Deshpande & Karypis 2004; BM25 weights as in implicit.
    """

    neighbours: int = 100
    weighting: Weighting = "cosine"
    k1: float = 1.2
    b: float = 0.75

    def learn(self, interactions: Interactions) -> FittedNeighbours:
        """Find each item's neighbours; time grows with the sum of squared history lengths."""
        from implicit.nearest_neighbours import all_pairs_knn

        weighted = self._weigh(interactions).tocsr()
        found = all_pairs_knn(weighted, self.neighbours, num_threads=1, show_progress=False)
        similarity = Matrix(found.tocsr(), dtype=np.float32)
        similarity.eliminate_zeros()
        return FittedNeighbours(interactions, similarity)

    def _weigh(self, interactions: Interactions) -> Matrix:
        """Weigh users' columns of the items, float64[n, m], without the empty last row."""
        from implicit.nearest_neighbours import bm25_weight, normalize

        n = len(interactions.users)
        ways: dict[str, Callable[[], Matrix]] = {
            "cosine": lambda: normalize(interactions.bought[:n].T).T,
            "bm25": lambda: bm25_weight(interactions.visits()[:n].T, self.k1, self.b).T,
        }
        if self.weighting not in ways:
            raise ValueError(f"weighting={self.weighting!r}: choose one of {', '.join(ways)}")
        return ways[self.weighting]()


@dataclass(frozen=True, eq=False)
class FittedNeighbours(Fitted):
    """similarity: float32[m, m], at most k entries a row."""

    similarity: Matrix

    def scores(self, rows: Rows) -> Floats:
        """Add up rows of similarities."""
        scores: Floats = (self.interactions.bought[rows] @ self.similarity).toarray()
        return scores
