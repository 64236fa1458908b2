"""Who bought what, and when: the one place where ids become rows and columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Log

Rows = npt.NDArray[np.int64]
Days = npt.NDArray[np.float64]
Times = npt.NDArray[np.datetime64]
Matrix: TypeAlias = sparse.csr_array

_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, eq=False)
class Interactions:
    """The events of a log over the products of a catalog; repeated events count once.

    users: the n user ids, sorted; items: the m product ids in the catalog's order, so that item j
    of a Ranking is row j of the catalog; user, item: int64[e], rows into these; time:
    datetime64[e]; end: the moment from which recommendations are made, that of the last event
    unless the past was asked for. Matrices have a last row n, always empty: the user whom nobody
    knows.
    """

    users: pd.Index
    items: pd.Index
    user: Rows
    item: Rows
    time: Times
    end: pd.Timestamp

    @classmethod
    def of(cls, log: Log, catalog: Catalog) -> Interactions:
        """Give users and items numbers. Raises DataError for a product outside the catalog."""
        items = pd.Index(catalog.product_id)
        user, users = pd.factorize(log.user_id, sort=True)
        item, end = _columns(items, log), pd.Timestamp(log.time.max())
        return cls(pd.Index(users), items, *_once(user, item, log.time), end)

    def united(self, log: Log) -> Interactions:
        """Return these events and those of a log of the same catalog, as `of` both together.

        New users get rows among the others, so rows may move; events may be older than `end`.
        Raises DataError for a product outside the catalog, and for user ids that are numbers here
        and strings there.
        """
        new, known = pd.Index(pd.unique(log.user_id)), self.users
        if (new.inferred_type == "integer") != (known.inferred_type == "integer"):
            raise DataError(
                f"users are {known.inferred_type}s, like {known.tolist()[0]!r}, and the further "
                f"events have {new.inferred_type}s, like {new.tolist()[0]!r}: read both logs alike."
            )
        users = self.users.union(new)
        before, later = users.get_indexer(self.users), users.get_indexer(pd.Index(log.user_id))
        user = np.concatenate([before[self.user], later])
        item = np.concatenate([self.item, _columns(self.items, log)])
        time = np.concatenate([self.time, log.time])
        end = max(self.end, pd.Timestamp(log.time.max()))
        return Interactions(users, self.items, *_once(user, item, time), end)

    def before(self, days: float) -> Interactions:
        """Return what was known so many days ago: the same users and items, older events only.

        Raises DataError when nothing is left.
        """
        kept = self.age >= days
        if not kept.any():
            raise DataError(f"no event is {days} days old: leave fewer days out.")
        return replace(self.only(kept), end=self.end - pd.Timedelta(days=days))

    def only(self, events: npt.NDArray[np.bool_]) -> Interactions:
        """Keep the events under a mask, bool[e]; users, items and the end stay."""
        parts = {name: getattr(self, name)[events] for name in ("user", "item", "time")}
        return replace(self, **parts)

    def until(self, moment: pd.Timestamp) -> Interactions:
        """Return what was known at a moment without a zone, in the log's own time."""
        return self.before((self.end - moment) / pd.Timedelta(days=1))

    def since(self, days: float) -> Matrix:
        """Return who bought what in the last so many days, 1 or nothing, float32[n + 1, m]."""
        late = self.age < days
        return self._matrix(self.user[late], self.item[late], np.ones(int(late.sum())))

    def between(self, start: pd.Timestamp, end: pd.Timestamp) -> Matrix:
        """Return who bought what after one moment and up to another, float32[n + 1, m]."""
        known = self.until(end) if end < self.end else self
        return known.since((known.end - start) / pd.Timedelta(days=1))

    def rows(self, users: Iterable[object]) -> Rows:
        """Return the row of each user id, int64[b]; n, the empty row, for those not known."""
        found = self.users.get_indexer(pd.Index(list(users)))
        return np.where(found < 0, len(self.users), found).astype(np.int64)

    @cached_property
    def age(self) -> Days:
        """Days from each event to `end`, float64[e]."""
        return np.maximum((self.end.to_datetime64() - self.time) / _DAY, 0)

    @cached_property
    def bought(self) -> Matrix:
        """Return 1 where a user ever bought an item, float32[n + 1, m]."""
        return self._matrix(self.user, self.item, np.ones(len(self.user)))

    @cached_property
    def buyers(self) -> npt.NDArray[np.int64]:
        """Count the users who bought each item, int64[m]."""
        return np.bincount(self.bought.indices, minlength=len(self.items)).astype(np.int64)

    @cached_property
    def order(self) -> Rows:
        """Items by number of buyers, most first, then in the catalog's order, int64[m]."""
        return np.argsort(-self.buyers, kind="stable")

    def visits(self, half_life: float | None = None) -> Matrix:
        """Count how often a user bought an item, float32[n + 1, m].

        half_life: days after which a purchase counts half; None counts all alike.
        """
        weight = np.ones(len(self.age)) if half_life is None else 0.5 ** (self.age / half_life)
        return self._sum(self.user, self.item, weight)

    @cached_property
    def last(self) -> Matrix:
        """Return the days since a user last bought an item, plus 1, float32[n + 1, m]."""
        return self._days(self.age)

    @cached_property
    def first(self) -> Matrix:
        """Return the days since a user first bought an item, plus 1, float32[n + 1, m]."""
        return self._days(-self.age)

    def _days(self, by: Days) -> Matrix:
        """Return the age, plus 1, of each pair's event that is the least by some measure [e]."""
        order = np.lexsort((by, self.item, self.user))
        user, item = self.user[order], self.item[order]
        least = np.ones(len(order), dtype=bool)
        least[1:] = (np.diff(user) != 0) | (np.diff(item) != 0)
        return self._sum(user[least], item[least], self.age[order][least] + 1)

    def _sum(self, user: Rows, item: Rows, weight: Days) -> Matrix:
        shape = (len(self.users) + 1, len(self.items))
        return sparse.coo_array((weight.astype(np.float32), (user, item)), shape=shape).tocsr()

    def _matrix(self, user: Rows, item: Rows, weight: Days) -> Matrix:
        matrix = self._sum(user, item, weight)
        matrix.data[:] = 1
        return matrix


def without(bought: Matrix, past: Matrix) -> Matrix:
    """Leave out of what b users bought what they had bought before, float32[b, m]."""
    new = Matrix(bought - bought.multiply(past))
    new.eliminate_zeros()
    return new


def _columns(items: pd.Index, log: Log) -> Rows:
    """Return the row of each event's product, int64[e]."""
    item = items.get_indexer(pd.Index(log.product_id)).astype(np.int64)
    if (item < 0).any():
        first = int((item < 0).argmax())
        raise DataError(
            f"{int((item < 0).sum())} of {len(log)} events name a product that is not in the "
            f"catalog, first row {first} ({log.product_id[first]!r}): add these products or "
            "drop the events. Are ids numbers in one table and strings in the other?"
        )
    return item


def _once(user: Rows, item: Rows, time: Times) -> tuple[Rows, Rows, Times]:
    """Keep the first of events that are the same in all three."""
    events = pd.DataFrame({"user": user, "item": item, "time": time}).drop_duplicates()
    return events["user"].to_numpy(), events["item"].to_numpy(), events["time"].to_numpy()
