"""Every promoted purchase, offer and redemption is found, and nothing else is called one."""

import numpy as np
import pandas as pd
import pytest

from catalogkit.datasets import complete_journey, responses
from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Log


@pytest.fixture(scope="module")
def pairs(retail_log: Log) -> pd.DataFrame:
    """Return two weeks of visits and promoted products."""
    return responses.promoted(retail_log, [45, 50], per_purchase=2, seed=0)


def test_what_was_bought_was_promoted_there(pairs: pd.DataFrame, retail_log: Log) -> None:
    """Bought pairs are lines of the log, the others are not, though somebody was in the store."""
    keys = ["week", "user_id", "store_id", "product_id"]
    lines = pd.MultiIndex.from_frame(retail_log.table[keys])
    assert (pd.MultiIndex.from_frame(pairs[keys]).isin(lines) == pairs["bought"]).all()
    visits = pd.MultiIndex.from_frame(retail_log.table[keys[:3]])
    assert pd.MultiIndex.from_frame(pairs[keys[:3]]).isin(visits).all()


def test_every_pair_is_promoted_in_its_week(pairs: pd.DataFrame) -> None:
    """Each pair's places are those of a row of the promotions."""
    keys = ["week", "store_id", "product_id", "display_location", "mailer_location"]
    shown = complete_journey.promotions([45, 50])[keys].astype(dict.fromkeys(keys[3:], str))
    assert pd.MultiIndex.from_frame(pairs[keys]).isin(pd.MultiIndex.from_frame(shown)).all()
    assert not pairs.duplicated(["week", "user_id", "store_id", "product_id"]).any()


def test_as_many_others_are_drawn_as_asked_for(pairs: pd.DataFrame) -> None:
    """Two for each purchase, but for a few drawn twice or bought after all."""
    assert 0.33 < pairs["bought"].mean() < 0.35


def test_a_week_that_is_none_is_named(retail_log: Log) -> None:
    """The year has no week 54."""
    with pytest.raises(DataError, match="week 54: nobody bought"):
        responses.promoted(retail_log, [54], seed=0)


def test_all_complete_redemptions_are_offers() -> None:
    """Every redemption of a campaign that ended within the log stands there once."""
    table = responses.offers(share=0.01, seed=0)
    used = complete_journey.coupon_redemptions().drop_duplicates(
        ["user_id", "coupon_upc", "campaign_id"]
    )
    censored = complete_journey.campaigns().query("censored").campaign_id
    assert table["redeemed"].sum() == (~used["campaign_id"].isin(censored)).sum()
    assert not set(table["campaign_id"]) & {15, 20, 21, 22, 23}
    assert not table.duplicated(["user_id", "coupon_upc", "campaign_id"]).any()


def test_a_share_of_what_was_not_redeemed_is_drawn() -> None:
    """A hundredth is about a hundredth, and none is none."""
    none, some, everything = (responses.offers(share=s, seed=0) for s in (0, 0.01, 1))
    assert none["redeemed"].all()
    left = len(everything) - len(none)
    assert np.isclose(len(some) - len(none), left / 100, rtol=0.1)


def test_a_share_above_one_is_refused() -> None:
    """Nothing can be drawn more often than it is there."""
    with pytest.raises(DataError, match="share=2"):
        responses.offers(share=2, seed=0)


def test_a_redeemed_line_is_of_a_day_with_a_redemption(retail_log: Log) -> None:
    """The docstring's counts are true, and only households that redeemed have such lines."""
    fits = responses.redeemed_lines(retail_log)
    lines = retail_log.table[fits]
    assert (len(fits), len(lines)) == (len(retail_log), 3_929)
    assert set(lines["user_id"]) <= set(complete_journey.coupon_redemptions()["user_id"])
    assert round((lines["coupon_discount"] > 0).mean(), 2) == 0.30
    assert round((retail_log.table["coupon_discount"] > 0).mean(), 3) == 0.013
