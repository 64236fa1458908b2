"""What a user bought on one day: the steps of every model that knows an order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from catalogkit.recommenders.interactions import Interactions, Matrix, Rows


@dataclass(frozen=True, eq=False)
class Baskets:
    """The c baskets of all users, by user and then by day, without order inside.

    start: int64[n + 2], those of the user in row u are start[u] to start[u + 1], and the last row
    has none, as in `Interactions`; items: float32[c, m], 1 where a basket holds an item, however
    often. A day is one of the log's own clock.
    """

    start: Rows
    items: Matrix

    @classmethod
    def of(cls, interactions: Interactions) -> Baskets:
        """Divide all events among user-days."""
        day = interactions.time.astype("datetime64[D]").astype(np.int64)
        order = np.lexsort((day, interactions.user))
        user, day = interactions.user[order], day[order]
        opens = np.ones(len(order), dtype=bool)
        opens[1:] = (np.diff(user) != 0) | (np.diff(day) != 0)
        entries = (np.cumsum(opens) - 1, interactions.item[order])
        shape = (int(opens.sum()), len(interactions.items))
        items = sparse.coo_array((np.ones(len(order), np.float32), entries), shape=shape).tocsr()
        items.data[:] = 1
        start = np.searchsorted(user[opens], np.arange(len(interactions.users) + 2))
        return cls(start.astype(np.int64), items)

    @property
    def successions(self) -> tuple[Matrix, Matrix]:
        """Every basket that has a successor, and these successors, float32[s, m] each."""
        follows = np.ones(self.items.shape[0], dtype=bool)
        follows[self.start[:-1][np.diff(self.start) > 0]] = False
        after = np.flatnonzero(follows)
        return self.items[after - 1], self.items[after]

    @property
    def last(self) -> Matrix:
        """Each user's last basket, float32[n + 1, m]; empty where there is none."""
        has = np.diff(self.start) > 0
        chosen = self.items[self.start[1:][has] - 1]
        length = np.zeros(len(has), np.int64)
        length[has] = np.diff(chosen.indptr)
        start = np.concatenate([[0], np.cumsum(length)])
        return Matrix((chosen.data, chosen.indices, start), shape=(len(has), chosen.shape[1]))
