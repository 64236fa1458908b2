"""Recommend what goes with the user's items, or what users alike bought: item- and user-kNN."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import sparse

from catalogkit.recommenders.base import Fitted, Floats, Recommender
from catalogkit.recommenders.interactions import Interactions, Matrix, Rows
from catalogkit.recommenders.popularity import decay

Weighting = Literal["cosine", "bm25"]


@dataclass(frozen=True)
class ItemNeighbours(Recommender):
    """Add up the similarities of an item to the user's items, each having k neighbours.

    weighting: "cosine" of the items' columns of buyers; "bm25" weighs rare users up and
    saturates repeated purchases (k1, b as in text search). neighbours: kept for each item, the
    item itself among them. half_life: days after which the user's last purchase of an item counts
    half in the sum; None counts all alike. Similarities are without time. Needs `implicit`, whose
    search this is.
    Source: Sarwar et al. 2001; Deshpande & Karypis 2004; BM25 weights as in implicit; decay in the
    sum: Ding & Li 2005.
    """

    neighbours: int = 100
    weighting: Weighting = "cosine"
    k1: float = 1.2
    b: float = 0.75
    half_life: float | None = None

    def learn(self, interactions: Interactions) -> FittedNeighbours:
        """Find each item's neighbours; time grows with the sum of squared history lengths."""
        similarity = _nearest(self._weigh(interactions).tocsr(), self.neighbours)
        return FittedNeighbours(interactions, similarity, self.half_life)

    def _weigh(self, interactions: Interactions) -> Matrix:
        """Weigh users' columns of the items, float64[n, m], without the empty last row."""
        from implicit.nearest_neighbours import bm25_weight, normalize

        n = len(interactions.users)
        ways: dict[str, Callable[[], Matrix]] = {
            "cosine": lambda: normalize(interactions.bought[:n].T).T,
            "bm25": lambda: bm25_weight(interactions.visits()[:n].T, self.k1, self.b).T,
        }
        return _chosen(self.weighting, ways)


@dataclass(frozen=True, eq=False)
class FittedNeighbours(Fitted):
    """similarity: float32[m, m], at most k entries a row; half_life as in the settings."""

    similarity: Matrix
    half_life: float | None = None

    def scores(self, rows: Rows) -> Floats:
        """Add up rows of similarities."""
        scores: Floats = (self._history(rows) @ self.similarity).toarray()
        return scores

    def _history(self, rows: Rows) -> Matrix:
        """Return what users bought, each item with its weight in the sum, float32[b, m]."""
        if self.half_life is None:
            return self.interactions.bought[rows]
        last = self.interactions.last[rows]
        weight = decay(last.data, self.half_life)
        return Matrix((weight, last.indices, last.indptr), shape=last.shape)


@dataclass(frozen=True)
class UserNeighbours(Recommender):
    """Add up the similarities of the user to those who bought an item, among the k most similar.

    weighting: "cosine" of what users ever bought; "bm25" of how often, with rare items weighed up
    and repeated purchases saturated (k1, b as in text search). neighbours: kept for each user,
    without the user, whose own purchases therefore count only as far as others made them too.
    Users are compared with each other: at ten times the users, finding takes a hundred times as
    long. Needs `implicit`, whose search this is. Source: Herlocker et al. 1999.
    """

    neighbours: int = 100
    weighting: Weighting = "cosine"
    k1: float = 1.2
    b: float = 0.75

    def learn(self, interactions: Interactions) -> FittedUserNeighbours:
        """Find each user's neighbours; time grows with the sum of squared numbers of buyers."""
        found = _nearest(self._weigh(interactions).T.tocsr(), self.neighbours + 1)
        found.setdiag(0)
        found.eliminate_zeros()
        return FittedUserNeighbours(interactions, _largest(found, self.neighbours), self)

    def _weigh(self, interactions: Interactions) -> Matrix:
        """Return rows of length one, float64[n, m], without the empty last row."""
        from implicit.nearest_neighbours import bm25_weight
        from sklearn.preprocessing import normalize

        n = len(interactions.users)
        ways: dict[str, Callable[[], Matrix]] = {
            "cosine": lambda: interactions.bought[:n],
            "bm25": lambda: bm25_weight(interactions.visits()[:n], self.k1, self.b),
        }
        rows: Matrix = normalize(_chosen(self.weighting, ways).astype(np.float64))
        return rows


@dataclass(frozen=True, eq=False)
class FittedUserNeighbours(Fitted):
    """similarity: float32[n, n], at most k entries a row; settings: to find neighbours anew."""

    similarity: Matrix
    settings: UserNeighbours

    def scores(self, rows: Rows) -> Floats:
        """Add up what the neighbours bought."""
        n = len(self.interactions.users)
        known = rows < n
        scores = np.zeros((len(rows), len(self.interactions.items)), np.float32)
        near = self.similarity[rows[known]]
        scores[known] = (near @ self.interactions.bought[:n]).toarray()
        return scores

    def renew(self, interactions: Interactions) -> FittedUserNeighbours:
        """Find all neighbours again, as `learn` does: whoever buys, comes nearer to some."""
        return self.settings.learn(interactions)


def _chosen(weighting: Weighting, ways: dict[str, Callable[[], Matrix]]) -> Matrix:
    if weighting not in ways:
        raise ValueError(f"weighting={weighting!r}: choose one of {', '.join(ways)}")
    return ways[weighting]()


def _nearest(weighted: Matrix, k: int) -> Matrix:
    """Return the k largest products of columns [., c] with each other, float32[c, c]."""
    from implicit.nearest_neighbours import all_pairs_knn

    given = sparse.csr_matrix(weighted)
    given.indices, given.indptr = (each.astype(np.int32) for each in (given.indices, given.indptr))
    found = all_pairs_knn(given, k, num_threads=1, show_progress=False)
    similarity = Matrix(found.tocsr(), dtype=np.float32)
    similarity.eliminate_zeros()
    return similarity


def _largest(matrix: Matrix, k: int) -> Matrix:
    """Keep the k largest entries of each row; of equal ones the first."""
    table = matrix.tocoo()
    order = np.lexsort((table.col, -table.data, table.row))
    row = table.row[order]
    kept = order[np.arange(len(row)) - matrix.indptr[row] < k]
    entries = (table.data[kept], (table.row[kept], table.col[kept]))
    return Matrix(sparse.coo_array(entries, shape=matrix.shape))
