"""A stretch of time as an exam: candidates from what was known before, and what was then bought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from catalogkit.datasets.errors import DataError
from catalogkit.ranking import Ranking
from catalogkit.recommenders.base import Recommender
from catalogkit.recommenders.candidates import Candidates, Target, gather
from catalogkit.recommenders.interactions import Interactions, Matrix


@dataclass(frozen=True, eq=False)
class Window:
    """The candidates of the b users who bought something in a window, as known at its start.

    table: the candidates, c rows; truth: float32[b, m], what was bought in the window; bought:
    bool[c], which candidates were.
    """

    table: Candidates
    truth: Matrix
    bought: npt.NDArray[np.bool_]

    @property
    def known(self) -> Interactions:
        """What was known at the start."""
        return self.table.known

    @property
    def users(self) -> npt.NDArray[np.int64]:
        """Rows of the users, int64[b]."""
        return self.table.users

    def rank(self, scores: npt.ArrayLike, k: int) -> Ranking:
        """Rank each user's candidates by scores [c], see `Candidates.rank`."""
        return self.table.rank(scores, k)


def window(
    interactions: Interactions, start: pd.Timestamp, end: pd.Timestamp,
    recommenders: Mapping[str, Recommender], *, target: Target = "all", depth: int = 50,
) -> Window:  # fmt: skip
    """Learn from what happened before `start`, and gather candidates for who bought until `end`.

    recommenders: by name; each gives its `depth` best items. Users without history take no part.
    Raises DataError when nobody known bought anything in the window.
    """
    known, later = interactions.until(start), interactions.between(start, end)
    users = np.intersect1d(known.user, later.nonzero()[0])
    if not len(users):
        raise DataError(f"nobody known before {start} bought anything until {end}: widen it")
    models = {name: model.learn(known) for name, model in recommenders.items()}
    table = gather(models, users, target=target, depth=depth)
    return Window(table, table.truth(later), table.labels(later))
