"""What households did with what was offered to them: promoted products and coupons.

The retailer's log holds no clicks. Buying what a store showed or printed that week is as near to a
click as it comes; redeeming a coupon is a conversion. Days are those of the shop, in New York.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from catalogkit.datasets import complete_journey
from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Log

Rng = np.random.Generator
VISIT = ["user_id", "store_id"]
PLACE = ["store_id", "product_id"]
SHOWN = ["display_location", "mailer_location"]


def promoted(log: Log, weeks: Collection[int], *, per_purchase: int = 3, seed: int) -> pd.DataFrame:
    """Pair visits of a store in some weeks with products that it promoted in the same week.

    log: complete_journey.log(). Returns week, user_id, store_id, product_id, display_location,
    mailer_location ("0" is none) and bought: all pairs that were bought, and about per_purchase
    times as many that were not, drawn evenly from all of a visit and a promotion (those drawn
    that were bought are left out). An AUC does not depend on how many are drawn; a share does.
    Raises DataError for a week without a promoted purchase, SourceUnavailable.
    """
    rng, shown = np.random.default_rng(seed), _shown(weeks, log)
    lines = log.table[["week", *VISIT, "product_id"]].drop_duplicates()
    parts = []
    for week in weeks:
        bought = lines[lines["week"] == week].drop(columns="week")
        here = shown[shown["week"] == week].drop(columns="week")
        yes = bought.merge(here, on=PLACE)
        if yes.empty:
            raise DataError(f"week {week}: nobody bought what was promoted; weeks are 1 to 53.")
        no = _others(bought, here, per_purchase * len(yes), rng)
        both = [yes.assign(bought=True), no.assign(bought=False)]
        parts.append(pd.concat(both).assign(week=week))
    order = ["week", *VISIT, "product_id", *SHOWN, "bought"]
    return pd.concat(parts, ignore_index=True)[order]


def offers(*, share: float = 1.0, seed: int) -> pd.DataFrame:
    """Return which coupons each household was sent, and whether it redeemed them.

    campaign_id, campaign_type, start_date, end_date, user_id, coupon_upc, redeemed: all that were
    redeemed, and a share of the others, drawn at random. A campaign of type A gives each household
    16 of its coupons; which ones is not known, so all stand here. Left out: the five campaigns that
    end after the log (`campaigns`, censored) and repeated rows of coupons.
    Raises DataError for a share outside 0 to 1, SourceUnavailable.
    """
    if not 0 <= share <= 1:
        raise DataError(f"share={share}: the share of what was not redeemed is from 0 to 1.")
    campaigns = complete_journey.campaigns()
    complete = campaigns[~campaigns["censored"]].drop(columns="censored")
    keys = ["campaign_id", "coupon_upc"]
    good = complete_journey.coupons()[keys].drop_duplicates()
    sent = complete.merge(complete_journey.campaign_households()).merge(good)
    used = complete_journey.coupon_redemptions()[["user_id", *keys]].drop_duplicates()
    table = sent.merge(used.assign(redeemed=True), how="left")
    table["redeemed"] = table["redeemed"].notna()
    drawn = np.random.default_rng(seed).random(len(table)) < share
    return table[table["redeemed"] | drawn].reset_index(drop=True)


def redeemed_lines(log: Log) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Say of each line of the log whether a coupon redeemed that day is good for it, bool[n].

    log: complete_journey.log(). The log does not say which line a coupon paid for, and a coupon may
    be good for hundreds of products: of the 3,929 lines found, 30 % carry a coupon's discount,
    of all lines 1.3 %. Raises SourceUnavailable.
    """
    used = complete_journey.coupon_redemptions().rename(columns={"time": "day"})
    good = used.merge(complete_journey.coupons().drop_duplicates())
    keys = ["user_id", "product_id", "day"]
    time = log.table["time"].dt.tz_localize("UTC").dt.tz_convert("America/New_York")
    lines = log.table[keys[:2]].assign(day=time.dt.tz_localize(None).dt.normalize())
    found = lines.merge(good[keys].drop_duplicates(), how="left", indicator=True)
    fits: np.ndarray[tuple[int], np.dtype[np.bool_]] = (found["_merge"] == "both").to_numpy()
    return fits


def _shown(weeks: Collection[int], log: Log) -> pd.DataFrame:
    """Read the promotions of some weeks, each product of the log once a store and week."""
    rows = complete_journey.promotions(weeks)
    rows = rows[rows["product_id"].isin(log.table["product_id"].unique())]
    rows[SHOWN] = rows[SHOWN].astype(str)
    return rows.sort_values(SHOWN).drop_duplicates(["week", *PLACE], keep="last")


def _others(bought: pd.DataFrame, shown: pd.DataFrame, n: int, rng: Rng) -> pd.DataFrame:
    """Draw n pairs of a visit and a product promoted there, and leave out those bought."""
    shown = shown.sort_values(PLACE)
    visits = bought[VISIT].drop_duplicates()
    visits = visits[visits["store_id"].isin(shown["store_id"])]
    first, last = (
        np.searchsorted(shown["store_id"], visits["store_id"], side=side)
        for side in ("left", "right")
    )
    size = last - first
    drawn = rng.choice(len(visits), n, p=size / size.sum())
    offered = shown.iloc[first[drawn] + rng.integers(0, size[drawn])]
    pairs = offered.assign(user_id=visits["user_id"].to_numpy()[drawn]).drop_duplicates()
    keys = ["user_id", *PLACE]
    return pairs[
        ~pd.MultiIndex.from_frame(pairs[keys]).isin(pd.MultiIndex.from_frame(bought[keys]))
    ]
