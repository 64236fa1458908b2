"""What describes an offer was known when it was made, and is counted rightly."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from catalogkit.datasets import complete_journey, responses
from catalogkit.recommenders.offers import Shop

CAMPAIGN = 9  # type B, from 31 May to 2 July


@pytest.fixture(scope="module")
def shop() -> Shop:
    """Return the retailer."""
    return Shop.open()


@pytest.fixture(scope="module")
def offers() -> pd.DataFrame:
    """Return few of the offers that were not redeemed, and all that were."""
    return responses.offers(share=0.05, seed=0)


def forgetting(shop: Shop, moment: pd.Timestamp) -> Shop:
    """Return the shop as it would be had the log ended at a moment."""
    return replace(
        shop,
        products=shop.products.until(moment),
        types=shop.types.until(moment),
        habits=shop.habits[shop.habits["time"] < moment],
    )


def test_a_coupon_is_described_by_what_was_known_before(shop: Shop, offers: pd.DataFrame) -> None:
    """A shop that has seen nothing since describes it alike."""
    start = offers.loc[offers["campaign_id"] == CAMPAIGN, "start_date"].iloc[0]
    then = forgetting(shop, start).offered(CAMPAIGN, offers)
    pd.testing.assert_frame_equal(then, shop.offered(CAMPAIGN, offers))


def test_a_promotion_is_described_by_what_was_known_before(shop: Shop) -> None:
    """A shop that has seen nothing since describes it alike."""
    moment = complete_journey.week_start(45)
    then = forgetting(shop, moment).promoted([46], moment, seed=0)
    pd.testing.assert_frame_equal(then, shop.promoted([46], moment, seed=0))


def test_the_purchases_of_a_coupons_products_are_counted(shop: Shop, offers: pd.DataFrame) -> None:
    """The most frequent buyer's count is that of the log, line by line."""
    rows = shop.offered(CAMPAIGN, offers)
    pairs = offers[offers["campaign_id"] == CAMPAIGN].reset_index(drop=True)
    most = int(rows["visits, products"].to_numpy().argmax())
    coupons = complete_journey.coupons()
    good = coupons[coupons["coupon_upc"] == pairs["coupon_upc"][most]]["product_id"]
    lines = shop.log.table
    lines = lines[(lines["user_id"] == pairs["user_id"][most])
                  & lines["product_id"].isin(good)
                  & (lines["time"] < pairs["start_date"][most])]  # fmt: skip
    times = lines.drop_duplicates(["product_id", "time"])
    assert rows["visits, products"][most] == len(times)


def test_a_coupon_is_named_by_the_types_of_its_products(shop: Shop) -> None:
    """The first coupon's text names types of products that it is good for, at most four."""
    names, texts = np.array(shop.type_texts()), shop.coupon_texts()
    coupons = complete_journey.coupons()
    first = coupons["coupon_upc"].iloc[0]
    products = shop.products.items.get_indexer(
        coupons[coupons["coupon_upc"] == first]["product_id"]
    )
    kinds = set(names[shop.type_of[products[products >= 0]]])
    assert len(texts) == coupons["coupon_upc"].nunique()
    assert len(texts[0].split(", ")) <= 4
    assert set(texts[0].split(", ")) <= kinds
    assert "ice - crushed/cubed" in names
    assert np.array_equal(shop.coupons([first, -5]), [0, -1])
