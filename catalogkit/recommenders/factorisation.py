"""Recommend by short vectors of users and items whose products fit what was bought: ALS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from catalogkit.recommenders.base import Fitted, Floats, Recommender
from catalogkit.recommenders.interactions import Interactions, Rows


@dataclass(frozen=True)
class Als(Recommender):
    """Factorise the table of purchases by alternating least squares; needs `implicit`.

    factors: length of the vectors; confidence: what a purchase weighs beside the 1 of an empty
    cell; regularisation and iterations as in implicit; seed: of the first vectors.
    Source: Hu, Koren & Volinsky 2008.
    """

    factors: int = 64
    confidence: float = 10.0
    regularisation: float = 1.0
    iterations: int = 10
    seed: int = 0

    def learn(self, interactions: Interactions) -> FittedFactors:
        """Alternate between users and items; time grows with purchases times factors."""
        from implicit.cpu.als import AlternatingLeastSquares
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        with threadpool_limits(1, "blas"):
            model = AlternatingLeastSquares(
                factors=self.factors,
                alpha=self.confidence,
                regularization=self.regularisation,
                iterations=self.iterations,
                random_state=self.seed,
                num_threads=1,
            )
            model.fit(sparse.csr_matrix(interactions.bought), show_progress=False)
        users = np.array(model.user_factors)
        users[np.diff(interactions.bought.indptr) == 0] = 0
        return FittedFactors(interactions, users, np.array(model.item_factors))


@dataclass(frozen=True, eq=False)
class FittedFactors(Fitted):
    """user, item: float32[n + 1, f] and float32[m, f]; zero for users without history."""

    user: Floats
    item: Floats

    def scores(self, rows: Rows) -> Floats:
        """Multiply the vectors."""
        return self.user[rows] @ self.item.T
