"""Describe what is offered to a household, a promoted product or a coupon, by what was known then.

For the retailer of `complete_journey`, the one data set here that has promotions and coupons.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from catalogkit.datasets import complete_journey, responses
from catalogkit.datasets.records import Log
from catalogkit.language.text import TextCleaner
from catalogkit.recommenders.candidates import behaviour
from catalogkit.recommenders.interactions import Interactions, Matrix, Rows

CAMPAIGN_TYPES = {"Type A": 0, "Type B": 1, "Type C": 2}
TYPES_NAMED = 4


@dataclass(frozen=True, eq=False)
class Shop:
    """The retailer's log, counted once, for columns as of any moment.

    log: the purchase lines; products, types: who bought what, by product and by product type;
    type_of: the row of each product's type, int64[m]; habits: user (a row), time, discount and
    coupon (whether the line had one) of each line.
    """

    log: Log
    products: Interactions
    types: Interactions
    type_of: Rows
    habits: pd.DataFrame

    @classmethod
    def open(cls) -> Shop:
        """Read the retailer's tables. Raises SourceUnavailable."""
        catalog, log = complete_journey.catalog(), complete_journey.log()
        products = Interactions.of(log, catalog)
        types = Interactions.of(complete_journey.type_log(), complete_journey.product_types())
        habits = {
            "user": products.rows(log.user_id),
            "time": log.time,
            "discount": (log.table["retail_discount"] > 0).to_numpy(),
            "coupon": (log.table["coupon_discount"] > 0).to_numpy(),
        }
        type_of = types.items.get_indexer(pd.Index(catalog.table["product_type"])).astype(np.int64)
        return cls(log, products, types, type_of, pd.DataFrame(habits))

    def promoted(self, weeks: Collection[int], moment: pd.Timestamp, *, seed: int) -> pd.DataFrame:
        """Return visits in some weeks with promoted products, and what was known at a moment.

        One row a pair of `responses.promoted`: user and item, rows of the household and of the
        product's type; y, 1 if it was bought; columns: what `behaviour` counts by product and by
        type, whether it is displayed or printed, and the household's habits.
        """
        pairs = responses.promoted(self.log, weeks, seed=seed)
        user = self.products.rows(pairs["user_id"])
        product = self.products.items.get_indexer(pd.Index(pairs["product_id"])).astype(np.int64)
        kind = self.type_of[product]
        columns = {"user": user, "item": kind, "y": pairs["bought"].astype(float)}
        for name, known, item in (("product", self.products, product), ("type", self.types, kind)):
            found = behaviour(known.until(moment), user, item)
            columns |= {f"{column}, {name}": values for column, values in found.items()}
        columns["displayed"] = (pairs["display_location"] != "0").astype(int)
        columns["printed"] = (pairs["mailer_location"] != "0").astype(int)
        return pd.DataFrame(columns).join(self._habits(moment, user))

    def offered(self, campaign: int, offers: pd.DataFrame) -> pd.DataFrame:
        """Return the offers of a campaign with what was known when it began.

        offers: as `responses.offers` returns them. user and item: rows of the household and of
        `coupons`; y, 1 if redeemed; columns: the campaign's type and days, how many products the
        coupon is good for, how often the household bought these and how many others did, what it
        redeemed and was sent before, and its habits.
        """
        pairs = offers[offers["campaign_id"] == campaign].reset_index(drop=True)
        start = pairs["start_date"].iloc[0]
        user, coupon = self.products.rows(pairs["user_id"]), self.coupons(pairs["coupon_upc"])
        covers = self._covers
        visits = sparse.csr_array(self.products.until(start).visits() @ covers)
        columns = {
            "user": user,
            "item": coupon,
            "y": pairs["redeemed"].astype(float),
            "campaign": pairs["campaign_type"].map(CAMPAIGN_TYPES),
            "days": (pairs["end_date"] - start).dt.days,
            "products": np.asarray(covers.sum(axis=0))[coupon],
            "visits, products": visits.toarray()[user, coupon],
            "buyers, products": np.bincount(visits.indices, minlength=visits.shape[1])[coupon],
        }
        for name, events in self._before(start).items():
            rows = self.products.rows(events["user_id"])
            columns[name] = np.bincount(rows, minlength=len(self.products.users) + 1)[user]
        return pd.DataFrame(columns).join(self._habits(start, user))

    def coupons(self, codes: Collection[int] | pd.Series) -> Rows:
        """Return the number of each coupon_upc, in the order of the retailer's table; -1: none."""
        known = pd.Index(complete_journey.coupons()["coupon_upc"].unique())
        return np.asarray(known.get_indexer(pd.Index(codes)), np.int64)

    def type_texts(self) -> list[str]:
        """Name the types in lower case, clipped words spelled out."""
        cleaner = TextCleaner(lowercase=True, expand_abbreviations=True)
        return cleaner.clean(list(self.types.items)).texts

    def coupon_texts(self) -> list[str]:
        """Name the types with most of each coupon's products, up to four, as `type_texts` does."""
        covers, called = self._covers.tocsc(), self.type_texts()
        texts = []
        for start, end in zip(covers.indptr[:-1], covers.indptr[1:], strict=True):
            counts = np.bincount(self.type_of[covers.indices[start:end]], minlength=len(called))
            order = np.argsort(-counts, kind="stable")[:TYPES_NAMED]
            texts.append(", ".join(called[t] for t in order if counts[t]))
        return texts

    @cached_property
    def _covers(self) -> Matrix:
        """Return 1 where a product is one that a coupon is good for, float32[m, coupons]."""
        table = complete_journey.coupons()
        product = self.products.items.get_indexer(pd.Index(table["product_id"]))
        known = product >= 0  # coupons name products that no other table has
        coupon = self.coupons(table["coupon_upc"])
        cells = (np.ones(int(known.sum()), np.float32), (product[known], coupon[known]))
        shape = (len(self.products.items), int(coupon.max()) + 1)
        matrix = sparse.coo_array(cells, shape=shape).tocsr()
        matrix.data[:] = 1
        return matrix

    def _habits(self, moment: pd.Timestamp, user: Rows) -> pd.DataFrame:
        """Return the lines of each user before a moment, and the shares with a reduction."""
        by = self.habits[self.habits["time"] < moment].groupby("user")
        table = by[["discount", "coupon"]].mean().assign(lines=by.size())
        return table.reindex(user, fill_value=0).reset_index(drop=True)

    def _before(self, moment: pd.Timestamp) -> dict[str, pd.DataFrame]:
        """Return what had been redeemed and sent before a moment."""
        used = complete_journey.coupon_redemptions()
        sent = complete_journey.campaign_households().merge(complete_journey.campaigns())
        return {"redeemed": used[used["time"] < moment], "sent": sent[sent["start_date"] < moment]}
