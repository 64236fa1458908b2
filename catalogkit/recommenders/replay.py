"""Replay a log: ask what a basket will hold, with what was known at that moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Log
from catalogkit.recommenders.interactions import Interactions, Matrix, Rows, Times


def by_basket(log: Log, catalog: Catalog) -> Interactions:
    """Return interactions whose users are baskets: what goes home together, whoever buys it.

    Raises DataError without a column basket_id, and for a product outside the catalog.
    """
    lines = _lines(log)[["basket_id", "product_id", "time"]]
    return Interactions.of(Log(lines.rename(columns={"basket_id": "user_id"})), catalog)


@dataclass(frozen=True, eq=False)
class Requests:
    """Baskets that are being filled: b requests, in the order of the baskets' ids.

    user: int64[b], rows of the interactions they were drawn with; moment: datetime64[b], of the
    basket's first line; first, rest: float32[b, m], what lies in it and what will be put in.
    """

    user: Rows
    moment: Times
    first: Matrix
    rest: Matrix

    @classmethod
    def draw(cls, log: Log, known: Interactions, *, number: int, first: int, seed: int) -> Requests:
        """Draw baskets of users who have a history, and which of their items lie in them already.

        log: with basket_id, of a time after `known`; number: of baskets, all when there are fewer;
        first: how many different items lie in each, so that only larger baskets are drawn. Baskets
        are as likely as each other, and so are a basket's items: a log does not say which came
        first. Raises DataError without a column basket_id, without such a basket, and for a drawn
        product that `known` has not got.
        """
        lines = _lines(log).drop_duplicates(["basket_id", "product_id"])
        lines = lines[lines["user_id"].isin(known.users[np.unique(known.user)])]
        size = lines["basket_id"].value_counts().sort_index()
        large = size.index[size > first].to_numpy()
        if not len(large):
            raise DataError(f"no basket of a known user holds more than {first} items.")
        rng = np.random.default_rng(seed)
        drawn = rng.permutation(large)[:number]
        lines = lines[lines["basket_id"].isin(drawn)]
        lines = lines.iloc[rng.permutation(len(lines))]
        row, ids = pd.factorize(lines["basket_id"], sort=True)
        item = _known(known.items, lines["product_id"])
        early = lines.groupby("basket_id").cumcount().to_numpy() < first
        shape = (len(ids), len(known.items))
        halves = (_ones(row[part], item[part], shape) for part in (early, ~early))
        each = lines.groupby("basket_id").agg(user=("user_id", "first"), moment=("time", "min"))
        return cls(known.rows(each["user"]), each["moment"].to_numpy(), *halves)

    def histories(self, events: Interactions, hours: float = 0.0) -> Interactions:
        """Return each request's history as known so many hours before it, for `Fitted.renew`.

        events: of which the requests' users are rows. The users of the result are the requests, and
        its times are moved so that every request's moment is the end: ages are those at its moment.
        """
        asked = pd.DataFrame({"user": self.user, "moment": self.moment}).rename_axis("request")
        bought = pd.DataFrame({"user": events.user, "item": events.item, "time": events.time})
        pairs = asked.reset_index().merge(bought, on="user")
        pairs = pairs[pairs["time"] < pairs["moment"] - pd.Timedelta(hours=hours)]
        moved = (pairs["time"] + (events.end - pairs["moment"])).to_numpy()
        request, item = (pairs[column].to_numpy() for column in ("request", "item"))
        return Interactions(asked.index, events.items, request, item, moved, events.end)


def _lines(log: Log) -> pd.DataFrame:
    if "basket_id" not in log.table:
        raise DataError("the log has no column basket_id: add one that says what went together.")
    return log.table


def _known(items: pd.Index, products: pd.Series) -> Rows:
    """Return the products' columns; a request for what is not there could never be met."""
    item = items.get_indexer(pd.Index(products))
    if (item < 0).any():
        strange = products.to_numpy()[item < 0]
        raise DataError(
            f"product {strange[0]!r} is not in the catalog ({len(strange)} such lines): add it, or "
            "take its lines out of the log."
        )
    return np.asarray(item, np.int64)


def _ones(row: Rows, item: Rows, shape: tuple[int, int]) -> Matrix:
    return sparse.csr_array((np.ones(len(row), np.float32), (row, item)), shape=shape)
