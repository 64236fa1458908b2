"""Give items that nobody has bought yet a score beside those that a model knows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from catalogkit.datasets.errors import DataError
from catalogkit.recommenders.base import Fitted, Floats, Recommender
from catalogkit.recommenders.content import item_vectors, unit_rows
from catalogkit.recommenders.interactions import Interactions, Matrix, Rows

_CELLS = 2**22  # similarities of items held at a time
_PENALTIES = np.logspace(-1, 5, 13)


@dataclass(frozen=True, eq=False)
class ColdStart(Recommender):
    """Let another model score the items with buyers, and derive the scores of all others.

    A cold item gets a share `prior` of what it may sell and the rest of what it is like.
    What it may sell: the log of the number of buyers, learnt from the traits of items with buyers
    by ridge regression (its penalty by generalised cross-validation) and put on the model's scale
    by each user's own line of scores over log buyers. What it is like: the mean of the user's
    scores of the nearest items with buyers, each weighing its cosine.
    vectors: float[m, d], of texts, or one-hot of a category, whose nearest items are then its best
    sellers; traits: float[m, f], None for the vectors, such as vectors beside the log of the number
    of variants. neighbours: how many. A user without scores keeps none.
    """

    model: Recommender
    vectors: npt.NDArray[np.floating]
    traits: npt.NDArray[np.floating] | None = None
    prior: float = 0.5
    neighbours: int = 10

    def learn(self, interactions: Interactions) -> FittedColdStart:
        """Learn the model, then the prior and the neighbours of the cold items.

        Time grows with the number of cold items times that of the others. Raises ValueError for
        vectors or traits that do not fit the catalog and a prior outside [0, 1], DataError when
        nothing has been bought.
        """
        if not 0 <= self.prior <= 1:
            raise ValueError(f"prior={self.prior}: a share from 0 to 1")
        vectors = item_vectors(self.vectors, interactions)
        traits = self.vectors if self.traits is None else self.traits
        traits = item_vectors(traits, interactions, "traits")
        warm = interactions.order[: int((interactions.buyers > 0).sum())]
        if not len(warm):
            raise DataError("nothing has been bought: a cold start needs items that are not cold.")
        cold = np.flatnonzero(interactions.buyers == 0)
        sales = np.log1p(interactions.buyers).astype(np.float32)
        sales[cold] = _foretold(traits, sales, warm, cold)
        near = _near(vectors, warm, cold, self.neighbours)
        model = self.model.learn(interactions)
        return FittedColdStart(interactions, model, self.prior, cold, sales, near)


@dataclass(frozen=True, eq=False)
class FittedColdStart(Fitted):
    """What is known of cold items, int64[c].

    sales: float32[m], log(1 + buyers), as counted or as foretold for the cold; near: float32[m, c],
    the weights of a cold item's neighbours, which add up to 1.
    """

    model: Fitted
    prior: float
    cold: Rows
    sales: Floats
    near: Matrix

    def scores(self, rows: Rows) -> Floats:
        """Take the model's scores, and derive the others from them."""
        scores = self.model.scores(rows)
        alike = np.asarray(scores @ self.near)
        scores[:, self.cold] = self.prior * self.worth(scores) + (1 - self.prior) * alike
        return scores

    def worth(self, scores: Floats) -> Floats:
        """Put the sales foretold on each user's scale, float32[b, c], from scores [b, m].

        The scale is the least-squares line of the user's scores over log buyers, level where it
        would fall.
        """
        warm = np.ones(len(self.sales), dtype=bool)
        warm[self.cold] = False
        known, mean = scores[:, warm], self.sales[warm].mean()
        offset = self.sales[warm] - mean
        slope = np.maximum(known @ offset / max(float(offset @ offset), 1e-9), 0)
        level = known.mean(axis=1, keepdims=True)
        return np.asarray(level + slope[:, None] * (self.sales[self.cold] - mean), np.float32)

    def renew(self, interactions: Interactions) -> FittedColdStart:
        """Renew the model; what was cold when it learnt stays cold."""
        return replace(self, interactions=interactions, model=self.model.renew(interactions))


def _foretold(traits: Floats, sales: Floats, warm: Rows, cold: Rows) -> Floats:
    """Foretell the log of buyers of the cold items from their traits, float32[c]."""
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if not len(cold):
        return np.zeros(0, np.float32)
    prior = make_pipeline(StandardScaler(), RidgeCV(alphas=_PENALTIES))
    return np.asarray(prior.fit(traits[warm], sales[warm]).predict(traits[cold]), np.float32)


def _near(vectors: Floats, warm: Rows, cold: Rows, k: int) -> Matrix:
    """Weigh the k warm items nearest to each cold one, float32[m, c]; of equals the first."""
    unit = unit_rows(vectors)
    k, step = min(k, len(warm)), max(1, _CELLS // len(warm))
    found, weights = (np.zeros((len(cold), k), kind) for kind in (np.int64, np.float32))
    for start in range(0, len(cold), step):
        part = slice(start, start + step)
        alike = np.maximum(unit[cold[part]] @ unit[warm].T, 0)
        best = np.argsort(-alike, axis=1, kind="stable")[:, :k]
        found[part], weights[part] = warm[best], np.take_along_axis(alike, best, axis=1)
    total = weights.sum(axis=1, keepdims=True)
    weights = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    where = (found.ravel(), np.repeat(np.arange(len(cold)), k))
    shape = (len(vectors), len(cold))
    return Matrix(sparse.coo_array((weights.ravel(), where), shape=shape))
