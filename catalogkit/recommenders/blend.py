"""Blend several recommenders by a classifier that has seen which of their items were bought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from catalogkit.datasets.errors import DataError
from catalogkit.recommenders.base import Fitted, Floats, Recommender
from catalogkit.recommenders.candidates import Feature, Target, gather
from catalogkit.recommenders.interactions import Interactions, Rows


@dataclass(frozen=True, eq=False)
class Blend(Recommender):
    """Learn from the last days what of the models' candidates is bought; then rank today's.

    models: by name; features: further columns (see `gather`). target: whether "all" purchases are
    to be foretold or those "new" to the user. holdout: days whose purchases are the labels.
    depth: candidates a model; sample: users to learn from, at most, drawn by seed. learner: a
    scikit-learn classifier with predict_proba, or None for gradient-boosted trees, seeded.
    """

    models: Mapping[str, Recommender]
    features: Sequence[Feature] = ()
    target: Target = "all"
    holdout: float = 28.0
    depth: int = 50
    sample: int = 2000
    learner: Any = None
    seed: int = field(default=0, kw_only=True)

    def learn(self, interactions: Interactions) -> FittedBlend:
        """Fit the models twice, before the holdout and now, and the classifier in between.

        Raises DataError when the candidates of then hold no purchase, or nothing else.
        """
        early = interactions.before(self.holdout)
        later = interactions.since(self.holdout)
        users = self._sampled(np.intersect1d(early.user, later.nonzero()[0]))
        before = {name: model.learn(early) for name, model in self.models.items()}
        table = gather(before, users, target=self.target, depth=self.depth, features=self.features)
        bought = table.labels(later)
        if bought.all() or not bought.any():
            raise DataError(
                f"of {len(bought)} candidates {int(bought.sum())} were bought in the last "
                f"{self.holdout} days: choose another holdout, or more depth."
            )
        learner = self._learner().fit(table.columns, bought)
        now = {name: model.learn(interactions) for name, model in self.models.items()}
        return FittedBlend(interactions, self, now, learner)

    def _sampled(self, users: Rows) -> Rows:
        drawn = np.random.default_rng(self.seed).permutation(users)[: self.sample]
        return np.sort(drawn).astype(np.int64)

    def _learner(self) -> Any:  # noqa: ANN401 (any classifier)
        from sklearn.base import clone
        from sklearn.ensemble import HistGradientBoostingClassifier

        if self.learner is not None:
            return clone(self.learner)
        return HistGradientBoostingClassifier(
            max_iter=150, learning_rate=0.06, l2_regularization=1.0, random_state=self.seed
        )


@dataclass(frozen=True, eq=False)
class FittedBlend(Fitted):
    """Candidates score their probability to be bought; all else is zero, and so by popularity."""

    settings: Blend
    models: Mapping[str, Fitted]
    learner: Any

    def renew(self, interactions: Interactions) -> FittedBlend:
        """Renew the models; the learner stays."""
        models = {name: model.renew(interactions) for name, model in self.models.items()}
        return replace(self, interactions=interactions, models=models)

    def scores(self, rows: Rows) -> Floats:
        """Gather candidates and score them."""
        scores = np.zeros((len(rows), len(self.interactions.items)), np.float32)
        known = np.flatnonzero(np.diff(self.interactions.bought.indptr)[rows])
        if not len(known):
            return scores
        how = self.settings
        table = gather(
            self.models, rows[known], target=how.target, depth=how.depth, features=how.features
        )
        if len(table.item):
            chance = self.learner.predict_proba(table.columns)[:, 1]
            scores[known[table.place], table.item] = chance
        return scores
