"""What becomes of pairs of a user and an item in a span of time: several targets from one log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from catalogkit.datasets import complete_journey, responses
from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Log
from catalogkit.recommenders.candidates import Candidates, look_up
from catalogkit.recommenders.interactions import Interactions, Matrix, Rows


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Amounts of each line of a log, by target, to be summed over pairs and spans of time.

    known: the log's interactions; user, item: int64[n], rows into these; time: [n]; amounts:
    float[n] for each target, such as 1 for a line with a discount, or dollars.
    """

    known: Interactions
    user: Rows
    item: Rows
    time: npt.NDArray[np.datetime64]
    amounts: Mapping[str, npt.NDArray[np.float64]]

    @classmethod
    def of(cls, log: Log, known: Interactions, amounts: Mapping[str, npt.ArrayLike]) -> Outcomes:
        """Take amounts of the lines of a log whose products `known` knows.

        Raises DataError for amounts that are not one a line.
        """
        values = {name: np.asarray(each, np.float64) for name, each in amounts.items()}
        for name, each in values.items():
            if each.shape != (len(log),):
                raise DataError(f"{name}: {each.shape} amounts for {len(log)} lines, give each one")
        item = known.items.get_indexer(pd.Index(log.product_id)).astype(np.int64)
        return cls(known, known.rows(log.user_id), item, log.time, values)

    def between(self, target: str, start: pd.Timestamp, end: pd.Timestamp) -> Matrix:
        """Sum a target's amounts from a moment up to, not including, another: [n + 1, m]."""
        inside = (self.time >= start.to_datetime64()) & (self.time < end.to_datetime64())
        rows = np.flatnonzero(inside & (self.amounts[target] != 0))
        cells = (self.amounts[target][rows].astype(np.float32), (self.user[rows], self.item[rows]))
        shape = (len(self.known.users) + 1, len(self.known.items))
        return Matrix(sparse.coo_array(cells, shape=shape).tocsr())

    def of_pairs(
        self, pairs: Candidates, start: pd.Timestamp, end: pd.Timestamp
    ) -> npt.NDArray[np.float32]:
        """Return the sums of c pairs, float32[c, targets], in the order of `amounts`."""
        at = pairs.users[pairs.place], pairs.item
        sums = [look_up(self.between(name, start, end), *at) for name in self.amounts]
        return np.stack(sums, axis=1)

    def before(self, pairs: Candidates, moment: pd.Timestamp) -> pd.DataFrame:
        """Return columns of c pairs: each target's sums of pair, user and item until a moment."""
        user, item = pairs.users[pairs.place], pairs.item
        columns = {}
        for name in self.amounts:
            table = self.between(name, pd.Timestamp(self.time.min()), moment)
            columns[f"{name}, pair"] = look_up(table, user, item)
            columns[f"{name}, user"] = np.asarray(table.sum(axis=1))[user]
            columns[f"{name}, item"] = np.asarray(table.sum(axis=0))[item]
        return pd.DataFrame(columns)


def retail_outcomes() -> Outcomes:
    """Return what the retailer's log tells of households and product types.

    Targets: bought, on discount, with a coupon (the number of lines), redeemed (lines on a day on
    which the household redeemed a campaign's coupon that is good for the product) and dollars.
    Raises SourceUnavailable.
    """
    log = complete_journey.type_log()
    lines = log.table
    coupons = lines["coupon_discount"] + lines["coupon_match_discount"]
    amounts: dict[str, npt.ArrayLike] = {
        "bought": np.ones(len(lines)),
        "on discount": lines["retail_discount"] > 0,
        "with a coupon": coupons > 0,
        "redeemed": responses.redeemed_lines(complete_journey.log()),
        "dollars": lines["value"],
    }
    known = Interactions.of(log, complete_journey.product_types())
    return Outcomes.of(log, known, amounts)
