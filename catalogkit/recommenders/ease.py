"""Recommend by one linear map from items to items, solved in closed form: EASE."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import lapack

from catalogkit.recommenders.base import Fitted, Floats, Recommender
from catalogkit.recommenders.interactions import Interactions, Matrix, Rows

_RAISE = "the Gram matrix cannot be inverted: raise the regularisation above 0"
_COLUMNS = 1024  # worked on at a time: bounds the memory


@dataclass(frozen=True)
class Ease(Recommender):
    """Predict each item's column of buyers from all others by ridge regression.

    regularisation: the ridge penalty, in buyers. most_bought: how many items take part, those
    with the most buyers, None for all; the others score zero, and so stand by popularity.
    The system solved has a row for each of the s items or, where there are fewer, of the n users:
    the answer is the same. It takes min(n, s)³ operations and 8 min(n, s)² bytes: 2,000 rows a
    second, 26,000 over half an hour and 5 GB. So all items can take part as long as either is
    small. Source: Steck 2019; by users: Saunders, Gammerman & Vovk 1998 (ridge in dual variables).
    """

    regularisation: float = 1000.0
    most_bought: int | None = 4000

    def learn(self, interactions: Interactions) -> FittedEase | FittedEaseByUsers:
        """Solve for the map between the items that take part.

        Raises ValueError unless the regularisation is above 0, and large enough to solve.
        """
        if not self.regularisation > 0:
            raise ValueError(_RAISE)
        part = np.sort(interactions.order[: self.most_bought])
        bought = interactions.bought[: len(interactions.users), part]
        if len(interactions.users) < len(part):
            inverse = _inverted(self._penalised(bought @ bought.T))
            own = np.concatenate([_forms(inverse, columns) for columns in _narrow(bought)])
            low, own = inverse.astype(np.float32), own.astype(np.float32)
            return FittedEaseByUsers(interactions, part, bought, low, own)
        inverse = _inverted(self._penalised(bought.T @ bought))
        weights = (inverse / -np.diag(inverse)).astype(np.float32)
        np.fill_diagonal(weights, 0)
        return FittedEase(interactions, part, weights)

    def _penalised(self, products: Matrix) -> npt.NDArray[np.float64]:
        gram: npt.NDArray[np.float64] = products.toarray().astype(np.float64)
        gram[np.diag_indices(len(gram))] += self.regularisation
        return gram


@dataclass(frozen=True, eq=False)
class FittedEase(Fitted):
    """part: int64[s], the items that take part; weights: float32[s, s], zero on the diagonal."""

    part: Rows
    weights: Floats

    def scores(self, rows: Rows) -> Floats:
        """Multiply histories by the map."""
        scores = np.zeros((len(rows), len(self.interactions.items)), np.float32)
        scores[:, self.part] = self.interactions.bought[rows][:, self.part] @ self.weights
        return scores


@dataclass(frozen=True, eq=False)
class FittedEaseByUsers(Fitted):
    """The map M between items is learnt.T @ inverse @ learnt; it is never written down.

    part: int64[s]; learnt: float32[n, s], what users bought; inverse: float32[n, n]; own:
    float32[s], the diagonal of M. The weight of item i for item j is M[i, j] / (1 - M[j, j]).
    """

    part: Rows
    learnt: Matrix
    inverse: Floats
    own: Floats

    def scores(self, rows: Rows) -> Floats:
        """Multiply histories by the map, from left to right, and leave its diagonal out."""
        bought = self.interactions.bought[rows][:, self.part]
        common = (bought @ self.learnt.T).toarray() @ self.inverse
        mapped = (common @ self.learnt - bought.multiply(self.own)) / (1 - self.own)
        scores = np.zeros((len(rows), len(self.interactions.items)), np.float32)
        scores[:, self.part] = mapped
        return scores


def _narrow(matrix: Matrix) -> Iterator[Matrix]:
    """Take a matrix apart into some columns at a time, in order."""
    by_column = matrix.tocsc()
    return (by_column[:, at : at + _COLUMNS] for at in range(0, matrix.shape[1], _COLUMNS))


def _forms(inverse: npt.NDArray[np.float64], columns: Matrix) -> npt.NDArray[np.float64]:
    """Return x.T @ inverse @ x for each column x."""
    return np.asarray(columns.multiply(inverse @ columns).sum(axis=0))


def _inverted(gram: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Invert a positive definite matrix by its Cholesky factor."""
    factor, failed = lapack.dpotrf(gram)
    upper, singular = lapack.dpotri(factor)
    if failed or singular:
        raise ValueError(_RAISE)
    upper = np.triu(upper)
    return np.asarray(upper + np.triu(upper, 1).T)
