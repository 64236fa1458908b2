"""Prices are medians of what was paid for one piece, compared within a kind."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Log
from catalogkit.recommenders.features.prices import PriceBand, unit_prices
from catalogkit.recommenders.interactions import Interactions
from tests.recommenders.conftest import make_catalog, make_log

ITEMS = ["tea", "tea deluxe", "boat", "air"]
ROWS = [
    ("u", "tea", 4.0, 2),
    ("u", "tea", 3.0, 1),
    ("u", "tea", 9.0, 0),
    ("v", "tea deluxe", 8.0, 1),
    ("v", "boat", 900.0, 1),
    ("v", "air", 0.0, 1),
]
TABLE = pd.DataFrame(ROWS, columns=["user_id", "product_id", "value", "quantity"])
LOG = Log(TABLE.assign(time=pd.Timestamp("2017-01-01")))
KINDS = ["drink", "drink", "vehicle", "drink"]
SHOP = Catalog(pd.DataFrame({"product_id": ITEMS, "text": ITEMS, "kind": KINDS}))


def test_a_price_is_the_median_paid_for_a_piece() -> None:
    """Tea cost 2 and 3; nine for none tells no price, nor does nothing for one."""
    assert np.array_equal(unit_prices(LOG, SHOP), [2.5, 8, 900, np.nan], equal_nan=True)


def test_without_quantities_the_value_is_the_price() -> None:
    """A stranger's log may have values alone."""
    log = Log(LOG.table.drop(columns="quantity"))
    assert unit_prices(log, SHOP)[0] == 4


def test_a_log_without_values_is_refused() -> None:
    """The message names the column."""
    with pytest.raises(DataError, match="log has no column 'value'"):
        unit_prices(make_log([("u", "tea", 0)]), make_catalog(["tea"]))


def test_bands_are_places_within_a_kind() -> None:
    """The boat is the only vehicle; of two priced drinks the deluxe one is the dearest."""
    band = PriceBand.of(LOG, SHOP, within="kind").band
    assert np.array_equal(band, [0.5, 1, 1, np.nan], equal_nan=True)
    assert PriceBand.of(LOG, SHOP).band[:3] == pytest.approx([1 / 3, 2 / 3, 1])


def test_an_item_is_compared_with_the_usual_band() -> None:
    """User u drinks plain tea, so the deluxe one is half the shelf dearer; strangers have none."""
    known = Interactions.of(LOG, SHOP)
    found = PriceBand.of(LOG, SHOP, "kind")(known, np.array([0, 0, 2]), np.array([1, 3, 1]))
    assert found["log price"][0] == pytest.approx(np.log(8))
    expected = [0.5, np.nan, np.nan]
    assert np.array_equal(found["price band above usual"], expected, equal_nan=True)
