"""Learn to rank candidates from many features, and test on queries that taught nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from catalogkit.ranking import Ranking
from catalogkit.search.cross_encoder import rerank

if TYPE_CHECKING:
    from lightgbm import Booster

Floats = npt.NDArray[np.float32]
Folds = npt.NDArray[np.intp]


def grades_of(candidates: Ranking, truth: sparse.sparray | sparse.spmatrix) -> Floats:
    """Look the candidates' grades up in a sparse truth [q, d]: float32[q, c], 0 at pads.

    Raises ValueError when rows differ or a candidate is no column.
    """
    grades = sparse.csr_array(truth, dtype=np.float32)
    if grades.shape[0] != len(candidates):
        raise ValueError(f"{len(candidates)} rows of candidates, {grades.shape[0]} of truth")
    candidates.check_range(grades.shape[1])
    found = np.zeros(candidates.items.shape, np.float32)
    for row, items in enumerate(candidates.items):
        part = slice(grades.indptr[row], grades.indptr[row + 1])
        known = dict(zip(grades.indices[part].tolist(), grades.data[part].tolist(), strict=True))
        found[row] = [known.get(item, 0) for item in items.tolist()]
    return found


@dataclass(frozen=True)
class LambdaMart:
    """Boosted trees whose gradients are the changes in nDCG that exchanging two documents makes.

    trees, leaves, learning_rate, smallest: number of trees, leaves a tree, shrinkage, and examples
    a leaf has at least; feature_share: of the features, drawn anew for each tree; seed: of the
    draw and the trees' ties. Equal input gives equal trees, on one thread.
    Needs `lightgbm`. Source: Burges 2010; Ke et al. 2017.
    """

    trees: int = 200
    leaves: int = 15
    learning_rate: float = 0.05
    smallest: int = 50
    feature_share: float = 1.0
    seed: int = 0

    def fit(self, candidates: Ranking, features: npt.ArrayLike, grades: npt.ArrayLike) -> Learned:
        """Learn from candidates, their features [q, c, f] and their whole grades [q, c].

        NaN is a missing feature; pads teach nothing. Raises ValueError for shapes that differ and
        when all grades are equal.
        """
        import lightgbm

        table, truth = _checked(candidates, features), np.asarray(grades)
        if truth.shape != candidates.items.shape:
            raise ValueError(f"grades are {truth.shape}, candidates {candidates.items.shape}")
        real = candidates.items >= 0
        if np.ptp(truth[real]) == 0:
            raise ValueError(f"every grade is {truth[real][0]}: there is nothing to learn")
        sizes = real.sum(axis=1)
        data = lightgbm.Dataset(
            table[real], truth[real].astype(np.int32), group=sizes[sizes > 0], free_raw_data=True
        )
        return Learned(lightgbm.train(self._parameters(), data, num_boost_round=self.trees))

    def cross_fit(
        self,
        candidates: Ranking,
        features: npt.ArrayLike,
        grades: npt.ArrayLike,
        fold: npt.ArrayLike,
    ) -> CrossFitted:
        """Learn once for each fold, from the queries of all others; fold: int[q], from `folds_of`.

        Raises ValueError as `fit`, and for a single fold.
        """
        table, truth, number = np.asarray(features), np.asarray(grades), np.asarray(fold)
        if number.shape != (len(candidates),) or len(np.unique(number)) < 2:
            raise ValueError(f"fold must name one of two or more folds a query: {number.shape}")
        learned = {}
        for held in np.unique(number).tolist():
            rest = np.flatnonzero(number != held)
            learned[held] = self.fit(_taken(candidates, rest), table[rest], truth[rest])
        return CrossFitted(number, learned)

    def _parameters(self) -> dict[str, Any]:
        return {
            "objective": "lambdarank",
            "num_leaves": self.leaves,
            "learning_rate": self.learning_rate,
            "min_data_in_leaf": self.smallest,
            "feature_fraction": self.feature_share,
            "seed": self.seed,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 1,
            "verbosity": -1,
        }


@dataclass(frozen=True, eq=False)
class Learned:
    """Trees that score candidates by their features."""

    booster: Booster

    def scores(self, candidates: Ranking, features: npt.ArrayLike) -> Floats:
        """Score candidates by features [q, c, f], float32[q, c]; 0 at pads."""
        table, real = _checked(candidates, features), candidates.items >= 0
        scores = np.zeros(real.shape, np.float32)
        if real.any():
            scores[real] = self.booster.predict(table[real], num_threads=1)
        return scores

    def rank(self, candidates: Ranking, features: npt.ArrayLike) -> Ranking:
        """Order the candidates anew."""
        return rerank(candidates, self.scores(candidates, features))


@dataclass(frozen=True, eq=False)
class CrossFitted:
    """One learner a fold, each taught without the queries of its own; fold: int[q]."""

    fold: Folds
    learned: dict[int, Learned]

    def unseen(self, candidates: Ranking, features: npt.ArrayLike) -> Ranking:
        """Order the candidates of the queries taught from, each by a learner that has not seen it.

        Raises ValueError when the queries differ in number.
        """
        if len(candidates) != len(self.fold):
            raise ValueError(f"{len(candidates)} queries, but {len(self.fold)} were taught from")
        return rerank(candidates, self._each(candidates, features)[self._place()])

    def rank(self, candidates: Ranking, features: npt.ArrayLike) -> Ranking:
        """Order the candidates of other queries, by the mean of all learners."""
        return rerank(candidates, self._each(candidates, features).mean(axis=0))

    def _each(self, candidates: Ranking, features: npt.ArrayLike) -> Floats:
        return np.stack([one.scores(candidates, features) for one in self.learned.values()])

    def _place(self) -> tuple[Folds, Folds]:
        """Say where each query's own learner stands, for an array [learners, q, c]."""
        names = np.array(list(self.learned))
        return np.searchsorted(names, self.fold), np.arange(len(self.fold))


def folds_of(groups: Sequence[object] | npt.NDArray[Any], folds: int = 5) -> Folds:
    """Deal queries into folds of like size that never part a group, int[q].

    groups: [q], what a query has in common with others that a later query won't have with any
    taught from: itself, if later queries are new but of known kind; its library, if libraries are
    new. Whatever else is learned for the features must keep to the same folds.
    Raises ValueError for fewer groups than folds.
    """
    from sklearn.model_selection import GroupKFold

    labels = np.asarray(groups)
    fold = np.zeros(len(labels), np.intp)
    parts = GroupKFold(folds).split(np.zeros(len(labels)), groups=labels)
    for number, (_, held) in enumerate(parts):
        fold[held] = number
    return fold


def _checked(candidates: Ranking, features: npt.ArrayLike) -> Floats:
    table = np.asarray(features, np.float32)
    if table.ndim != 3 or table.shape[:2] != candidates.items.shape:
        raise ValueError(
            f"features are {table.shape}: give [queries, candidates, features] for candidates of "
            f"{candidates.items.shape}"
        )
    return table


def _taken(candidates: Ranking, rows: Folds) -> Ranking:
    return Ranking(candidates.items[rows], candidates.scores[rows])
