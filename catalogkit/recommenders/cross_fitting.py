"""Teach a classifier from candidates so that each user is ranked by one that has not seen them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from catalogkit.ranking import Ranking
from catalogkit.recommenders.candidates import Candidates
from catalogkit.recommenders.interactions import Matrix


@dataclass(frozen=True, eq=False)
class CrossFitted:
    """One classifier a fold, each taught without the users of its own.

    The user at place i of a table belongs to fold i modulo the number of folds. columns: those of a
    table that the classifiers look at.
    """

    columns: Sequence[str]
    learners: Sequence[Any]

    def rank(self, table: Candidates, k: int) -> list[Ranking]:
        """Rank the candidates of other users, or of a later time, once by each classifier."""
        given = table.columns[list(self.columns)]
        return [table.rank(each.predict_proba(given)[:, 1], k) for each in self.learners]

    def unseen(self, table: Candidates, k: int) -> Ranking:
        """Rank the candidates of the users taught from, each by the classifier of their fold."""
        ranked, user = self.rank(table, k), np.arange(len(table.users))
        fold = user % len(ranked)
        items = np.stack([each.items for each in ranked])[fold, user]
        return Ranking(items, np.stack([each.scores for each in ranked])[fold, user])


def cross_fit(
    table: Candidates,
    later: Matrix,
    learner: Any,  # noqa: ANN401 (any classifier)
    *,
    columns: Sequence[str] | None = None,
    folds: int = 3,
) -> CrossFitted:
    """Teach clones of a scikit-learn classifier which candidates stand in `later` [n + 1, m].

    columns: of the table, None for all. Raises ValueError unless there are from 2 folds to as many
    as users, and for a fold whose others' candidates hold no purchase, or nothing else.
    Source: Stone 1974 (cross-validatory choice).
    """
    from sklearn.base import clone

    if not 2 <= folds <= len(table.users):
        raise ValueError(f"folds={folds}: from 2 to the number of users, {len(table.users)}")
    chosen = list(table.columns.columns if columns is None else columns)
    given, bought = table.columns[chosen], table.labels(later)
    learners = []
    for fold in range(folds):
        rows = table.place % folds != fold
        if bought[rows].all() or not bought[rows].any():
            raise ValueError(f"without fold {fold} the candidates teach nothing: take fewer folds")
        learners.append(clone(learner).fit(given[rows], bought[rows]))
    return CrossFitted(chosen, learners)
