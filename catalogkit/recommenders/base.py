"""What every recommender does: learn from a log, then rank the catalog for any user."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from catalogkit.datasets.records import Catalog, Log
from catalogkit.ranking import Ranking
from catalogkit.ranking.rankings import Sparse
from catalogkit.recommenders.interactions import Interactions, Matrix, Rows

Floats = npt.NDArray[np.float32]

_CELLS = 2**23
"""Scores held at a time, so that memory does not grow with the number of users."""


class Recommender(ABC):
    """Settings of a method; `fit` returns what it learnt and leaves the settings as they are."""

    @abstractmethod
    def learn(self, interactions: Interactions) -> Fitted:
        """Learn from interactions, whose matrices several models can share."""

    def fit(self, log: Log, catalog: Catalog) -> Fitted:
        """Learn from a log. Raises DataError for events with products outside the catalog."""
        return self.learn(Interactions.of(log, catalog))


@dataclass(frozen=True, eq=False)
class Fitted(ABC):
    """A recommender that has learnt.

    Of equal scores the item with more buyers comes first, then the earlier one in the catalog. A
    user without history, known or not, has a score of zero for every item where a model needs
    history; so such a user is served what most people bought.
    """

    interactions: Interactions

    @abstractmethod
    def scores(self, rows: Rows) -> Floats:
        """Score every item for b users, float32[b, m]; rows as from `Interactions.rows`."""

    def renew(self, interactions: Interactions) -> Self:
        """Take these interactions, of the same items, for those learnt from; see `update`.

        What was learnt of items stays. That is all for a model that reads histories when it scores;
        others override this.
        """
        return replace(self, interactions=interactions)

    def update(self, log: Log) -> Self:
        """Take in further events: histories grow and users may be new, the catalog stays.

        An event that is known already counts once. Raises DataError for a product outside the
        catalog, NotImplementedError where a model cannot take in events without learning again.
        """
        return self.renew(self.interactions.united(log))

    def save(self, path: str | Path) -> None:
        """Write one file that `saving.load` reads: safetensors with JSON in its header, no pickle.

        Raises DataError for a missing directory, ValueError naming what such a file cannot hold.
        """
        from catalogkit.recommenders.saving import save

        save(self, Path(path))

    def recommend(
        self,
        users: Sequence[object] | npt.NDArray[np.generic],
        k: int,
        *,
        exclude: Sparse | None = None,
        candidates: npt.ArrayLike | None = None,
    ) -> Ranking:
        """Rank the k best items for each of b user ids, strings or numbers as in the log.

        exclude: sparse [b, m], whose non-zero entries are never returned, such as `history(users)`.
        candidates: rows of the catalog, the only ones that may be returned. Where fewer than k
        items are left, the row is padded. Raises ValueError for shapes and candidates that do not
        fit the catalog.
        """
        rows = self.interactions.rows(users)
        return self.rank(rows, k, exclude=exclude, candidates=candidates)

    def rank(
        self,
        rows: Rows,
        k: int,
        *,
        exclude: Sparse | None = None,
        candidates: npt.ArrayLike | None = None,
    ) -> Ranking:
        """Rank as `recommend` does, for users given as rows."""
        order, closed = self.interactions.order, self._closed(candidates)
        taken = self._taken(exclude, len(rows))
        parts = [Ranking.from_scores(np.empty((0, len(order)), np.float32), k)]
        for part in self._parts(len(rows)):
            scores = self.scores(rows[part])
            if closed is not None:
                scores[:, closed] = -np.inf
            gone = None if taken is None else taken[part][:, order]
            parts.append(Ranking.from_scores(scores[:, order], k, exclude=gone))
        places = np.concatenate([part.items for part in parts])
        items = np.where(places < 0, -1, order[places])
        return Ranking(items, np.concatenate([part.scores for part in parts]))

    def history(self, users: Sequence[object] | npt.NDArray[np.generic]) -> Matrix:
        """Return what each of b users bought, float32[b, m], to be excluded."""
        return self.interactions.bought[self.interactions.rows(users)]

    def _parts(self, users: int) -> Iterator[slice]:
        step = max(1, _CELLS // len(self.interactions.items))
        return (slice(start, start + step) for start in range(0, users, step))

    def _closed(self, candidates: npt.ArrayLike | None) -> npt.NDArray[np.bool_] | None:
        if candidates is None:
            return None
        rows, m = np.asarray(candidates), len(self.interactions.items)
        if rows.ndim != 1 or rows.dtype.kind not in "iu" or ((rows < 0) | (rows >= m)).any():
            raise ValueError(f"candidates must be rows of the catalog, whole numbers below {m}")
        closed = np.ones(m, dtype=bool)
        closed[rows] = False
        return closed

    def _taken(self, exclude: Sparse | None, users: int) -> Matrix | None:
        shape = (users, len(self.interactions.items))
        if exclude is not None and exclude.shape != shape:
            raise ValueError(f"exclude has shape {exclude.shape}; users and catalog make {shape}")
        return None if exclude is None else Matrix(exclude)
