"""Recommend by short vectors of users and items whose products fit what was bought: ALS, BPR."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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

    def learn(self, interactions: Interactions) -> FittedAls:
        """Alternate between users and items; time grows with purchases times factors."""
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        with threadpool_limits(1, "blas"):
            user, item = _vectors(self._model(), interactions)
        return FittedAls(interactions, user, item, self)

    def users(self, interactions: Interactions, item: Floats) -> Floats:
        """Solve for the users' vectors, given those of the items, float32[n + 1, f]."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1, "blas"):
            model = self._model()
            model.item_factors = item
            bought = sparse.csr_matrix(interactions.bought)
            solved = model.recalculate_user(np.arange(bought.shape[0]), bought)
        return np.asarray(solved, np.float32)

    def _model(self) -> Any:  # noqa: ANN401 (a class of implicit)
        from implicit.cpu.als import AlternatingLeastSquares

        return AlternatingLeastSquares(
            factors=self.factors,
            alpha=self.confidence,
            regularization=self.regularisation,
            iterations=self.iterations,
            random_state=self.seed,
            num_threads=1,
        )


@dataclass(frozen=True)
class Bpr(Recommender):
    """Factorise so that what a user bought ranks above what the user did not; needs `implicit`.

    factors: length of the vectors, beside a bias for each item; learning_rate, regularisation and
    iterations (passes over the purchases) as in implicit; seed: of the first vectors and of the
    pairs drawn. One thread, so that a seed gives the same vectors again. More steps, or larger
    ones, soon learn the buyers by heart: choose both on held-out weeks.
    Source: Rendle et al. 2009.
    """

    factors: int = 64
    learning_rate: float = 0.01
    regularisation: float = 0.01
    iterations: int = 50
    seed: int = 0

    def learn(self, interactions: Interactions) -> FittedFactors:
        """Draw pairs and descend; time grows with purchases times factors."""
        from implicit.cpu.bpr import BayesianPersonalizedRanking

        model = BayesianPersonalizedRanking(
            factors=self.factors,
            learning_rate=self.learning_rate,
            regularization=self.regularisation,
            iterations=self.iterations,
            random_state=self.seed,
            num_threads=1,
        )
        return FittedFactors(interactions, *_vectors(model, interactions))


def _vectors(model: Any, interactions: Interactions) -> tuple[Floats, Floats]:  # noqa: ANN401
    """Fit a model of implicit and return what `FittedFactors` holds."""
    model.fit(sparse.csr_matrix(interactions.bought), show_progress=False)
    user = np.array(model.user_factors)
    user[np.diff(interactions.bought.indptr) == 0] = 0
    return user, np.array(model.item_factors)


@dataclass(frozen=True, eq=False)
class FittedFactors(Fitted):
    """user, item: float32[n + 1, f] and float32[m, f]; zero for users without history."""

    user: Floats
    item: Floats

    def scores(self, rows: Rows) -> Floats:
        """Multiply the vectors."""
        return self.user[rows] @ self.item.T

    def renew(self, interactions: Interactions) -> FittedFactors:
        """Raise NotImplementedError: vectors of users are learnt together with those of items."""
        raise NotImplementedError(
            f"{type(self).__name__} cannot take in further events: fit again on the whole log"
        )


@dataclass(frozen=True, eq=False)
class FittedAls(FittedFactors):
    """Vectors whose users can be solved for again."""

    settings: Als

    def renew(self, interactions: Interactions) -> FittedAls:
        """Solve for all users' vectors, exactly; those of the items stay."""
        user = self.settings.users(interactions, self.item)
        return FittedAls(interactions, user, self.item, self.settings)
