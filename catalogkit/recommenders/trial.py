"""Ask recommenders what users buy after a moment, and hold the lists against what they bought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Log
from catalogkit.datasets.splits import temporal
from catalogkit.evaluation import Judged, judge
from catalogkit.ranking import Ranking
from catalogkit.recommenders.base import Recommender
from catalogkit.recommenders.interactions import Interactions, Matrix, without


@dataclass(frozen=True, eq=False)
class Trial:
    """What was known at a moment, and what the b users known then bought afterwards.

    users: ids, sorted; bought: float32[b, m], what to find; exclude: float32[b, m], what is not to
    be listed, or None; left_out: how much takes no part, by reason; unseen: purchases in `bought`
    of products that nobody had bought before, which only texts can find.
    """

    known: Interactions
    users: pd.Index
    bought: Matrix
    exclude: Matrix | None
    left_out: Mapping[str, int]
    unseen: int

    @classmethod
    def of(
        cls, log: Log, catalog: Catalog, test_from: pd.Timestamp, *, new_only: bool = False
    ) -> Trial:
        """Split a log: what happens at `test_from` or later is to be foretold.

        new_only: what a user bought before counts neither as an answer nor as right. Raises
        DataError when nothing is older or nobody has anything to be found.
        """
        split = temporal(log, validation_from=test_from, test_from=test_from)
        known = Interactions.of(log.take(split.train), catalog)
        later = Interactions.of(log.take(split.test), catalog)
        past, bought = known.bought[known.rows(later.users)], later.bought[: len(later.users)]
        bought = without(bought, past) if new_only else bought
        is_known = past.sum(axis=1) > 0
        asked = is_known & (bought.sum(axis=1) > 0)
        if not asked.any():
            raise DataError(
                f"none of {len(later.users)} users who buy from {test_from} on bought before"
                f"{' and buys anything new' if new_only else ''}: choose another moment."
            )
        left_out = {
            "users who bought before the test alone": len(known.users) - int(is_known.sum()),
            "users who bought in the test alone": int((~is_known).sum()),
            "users who bought nothing new in the test": int((is_known & ~asked).sum()),
        }
        truth = Matrix(bought[asked])
        unseen = int((known.buyers[truth.indices] == 0).sum())
        exclude = past[asked] if new_only else None
        return cls(known, later.users[asked], truth, exclude, left_out, unseen)

    def ask(self, model: Recommender, k: int) -> tuple[Ranking, Judged]:
        """Let a model learn what was known and rank k products for each user."""
        fitted = model.learn(self.known)
        ranking = fitted.recommend(self.users.to_numpy(), k, exclude=self.exclude)
        return ranking, judge(ranking, self.bought)
