"""Whether an item is as dear as what the user usually buys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from catalogkit.datasets.records import Catalog, Log
from catalogkit.datasets.tables import column
from catalogkit.recommenders.base import Floats
from catalogkit.recommenders.features.columns import pick
from catalogkit.recommenders.features.usual import above_usual
from catalogkit.recommenders.interactions import Interactions, Rows


def unit_prices(log: Log, catalog: Catalog) -> npt.NDArray[np.float64]:
    """Return the median paid for one piece of each product, float64[m]; NaN where nothing is known.

    The log's value is divided by its quantity, or taken as it is where the log has none; events
    without a value or a quantity above zero tell no price. Give the log of the past alone:
    what is paid later is not known when recommending. Raises DataError for a log without value.
    """
    value = column(log.table, "value", "log")
    quantity = log.table.get("quantity", pd.Series(1.0, log.table.index))
    paid = (value > 0) & (quantity > 0)
    price = (value[paid] / quantity[paid]).groupby(log.table["product_id"][paid]).median()
    return price.reindex(catalog.product_id).to_numpy(np.float64)


@dataclass(frozen=True, eq=False)
class PriceBand:
    """Compare an item's place among the prices of its kind with the places the user chose so far.

    price: float64[m]; band: float64[m], from 0 (the cheapest of its kind) to 1; NaN is unknown.
    """

    price: npt.NDArray[np.float64]
    band: npt.NDArray[np.float64]

    @classmethod
    def of(cls, log: Log, catalog: Catalog, within: str | None = None) -> PriceBand:
        """Take prices from a log of the past, see `unit_prices`.

        within: the catalog's column that says what is of one kind, None for all in one. Raises
        DataError for a column that is not there, and a log without value.
        """
        price = unit_prices(log, catalog)
        kind = (
            np.zeros(len(catalog)) if within is None else column(catalog.table, within, "catalog")
        )
        ranks = pd.Series(price).groupby(np.asarray(kind), dropna=False).rank(pct=True)
        return cls(price, np.asarray(ranks, np.float64))

    def __call__(self, known: Interactions, users: Rows, items: Rows) -> Mapping[str, Floats]:
        """Return the log of the price, the band, and the band above the user's usual one."""
        return {
            "log price": np.log(pick(self.price, items, known)).astype(np.float32),
            "price band": pick(self.band, items, known).astype(np.float32),
            "price band above usual": above_usual(self.band, known, users, items),
        }
