"""One user's history at this moment, for models that read histories when they score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from catalogkit.datasets.errors import DataError
from catalogkit.recommenders.base import Fitted
from catalogkit.recommenders.interactions import Interactions, Rows, Times
from catalogkit.recommenders.popularity import FittedPopularity
from catalogkit.serving.state import Event

_ASKED = 5
"""Users by whom a model is tried at the start."""
_KEPT = 4096
"""Answers kept; an event of its user makes an answer another one."""

_FIRST = np.zeros(1, np.int64)


@dataclass(frozen=True, eq=False)
class OneHistory(Interactions):
    """The events of one user, among items whose popularity is everybody's.

    whole: the interactions that the model has learnt from.
    """

    whole: Interactions

    @cached_property
    def buyers(self) -> npt.NDArray[np.int64]:
        """Count the users who bought each item, int64[m], without this user's latest events."""
        return self.whole.buyers

    @cached_property
    def order(self) -> Rows:
        """Items by number of buyers, int64[m]."""
        return self.whole.order


class Listed(NamedTuple):
    """Products as the log names them, best first, and their scores."""

    products: tuple[str | int, ...]
    scores: tuple[float, ...]


class Personal:
    """A fitted model whose lists take in a user's latest events at once.

    The model keeps what it has learnt of items and is given the history of the one user who asks,
    the log's events and those of the state together; the same event twice (user, product and time)
    counts once. Raises DataError for a model that cannot be given histories one by one.
    """

    def __init__(self, fitted: Fitted) -> None:
        self._fitted, whole = fitted, fitted.interactions
        self._order = np.argsort(whole.user, kind="stable")
        self._starts = np.searchsorted(whole.user[self._order], np.arange(len(whole.users) + 1))
        self._rows = {str(user): row for row, user in enumerate(whole.users)}
        self._items = {str(item): row for row, item in enumerate(whole.items)}
        self._alike = isinstance(fitted, FittedPopularity)
        self.ranked = lru_cache(_KEPT)(self._ranked)
        self._check()

    def knows(self, user: str) -> bool:
        """Say whether the log that the model has learnt from has events of a user."""
        return user in self._rows

    def unknown(self, products: Sequence[str]) -> list[int]:
        """Return the positions of products that are not in the catalog."""
        return [at for at, product in enumerate(products) if product not in self._items]

    def _ranked(self, user: str, k: int, exclude_bought: bool, events: tuple[Event, ...]) -> Listed:
        """List k products for a user who has done what the log says and these events.

        exclude_bought: leave out what the user has. events: of products outside the catalog count
        nothing. Answers are kept by all arguments, so that none outlives an event.
        """
        history = self._history(user, events)
        exclude = history.bought[:1] if exclude_bought else None
        ranking = self._renewed(history).rank(_FIRST, k, exclude=exclude)
        found = ranking.items[0][ranking.items[0] >= 0]
        products = self._fitted.interactions.items[found].tolist()
        return Listed(tuple(products), tuple(ranking.scores[0][: len(found)].tolist()))

    def _renewed(self, history: OneHistory) -> Fitted:
        return self._fitted if self._alike else self._fitted.renew(history)

    def _history(self, user: str, events: Sequence[Event]) -> OneHistory:
        """Unite the log's events of a user with later ones."""
        whole, mine = self._fitted.interactions, self._order[:0]
        if (row := self._rows.get(user)) is not None:
            mine = self._order[self._starts[row] : self._starts[row + 1]]
        item, time, end = whole.item[mine], whole.time[mine], whole.end
        known = [event for event in events if event.product in self._items]
        if known:
            new = [self._items[event.product] for event in known]
            at = np.array([event.time for event in known], "datetime64[ms]")
            item, time = _once(np.append(item, new), np.append(time, at.astype(time.dtype)))
            end = max(end, pd.Timestamp(at.max()))
        nobody = np.zeros(len(item), np.int64)
        return OneHistory(pd.Index([user]), whole.items, nobody, item, time, end, whole)

    def _check(self) -> None:
        """Give the model single histories from its log; its scores must be what they were."""
        name, log = type(self._fitted).__name__, self._fitted.interactions
        for row, user in enumerate(log.users[:_ASKED]):
            try:
                renewed = self._renewed(self._history(str(user), ()))
            except NotImplementedError as error:
                raise DataError(f"{name}: {error}; serve another model.") from None
            asked = np.array([row]) if self._alike else _FIRST
            scores, expected = renewed.scores(asked), self._fitted.scores(np.array([row]))
            if not np.allclose(scores, expected, rtol=1e-3, atol=1e-4):
                raise DataError(
                    f"{name}: scores a user otherwise when it is given that history alone, so it "
                    "cannot take in events one by one; serve another model."
                )


def _once(item: Rows, time: Times) -> tuple[Rows, Times]:
    """Keep one of events that are the same in both, as the whole log does."""
    events = np.unique(np.stack([item, time.astype(np.int64)]), axis=1)
    return events[0], events[1].astype(time.dtype)
