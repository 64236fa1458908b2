"""A level of the tree becomes the catalog, and the log follows it."""

import pandas as pd
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Log
from catalogkit.datasets.rolling_up import roll_up, roll_up_log

ROWS = [
    ("b1", "drinks", "tea"),
    ("b2", "drinks", "tea"),
    ("c1", "bakery", "tea"),
    ("c2", "bakery", "bread"),
    ("d1", "garden", "pots"),
    ("d2", "bakery", "pots"),
    ("e1", "drinks", None),
]
TABLE = pd.DataFrame(ROWS, columns=["product_id", "department", "kind"])
SHOP = Catalog(TABLE.assign(text=TABLE["product_id"]), ("department", "kind"))


def make_log(products: list[str]) -> Log:
    """One user buys the products, one a day."""
    time = pd.date_range("2017-01-01", periods=len(products))
    return Log(pd.DataFrame({"user_id": "u", "product_id": products, "time": time, "value": 2.5}))


def test_a_label_stands_where_most_of_its_products_do() -> None:
    """Two teas of three are drinks; of pots at two places bakery comes first in the alphabet."""
    kinds = roll_up(SHOP, "kind")
    assert kinds.product_id.tolist() == kinds.text == ["bread", "pots", "tea"]
    assert kinds.path == [("bakery",), ("bakery",), ("drinks",)]
    assert kinds.levels == ("department",)


def test_products_and_places_of_a_label_are_counted() -> None:
    """Three teas stand at two places; the product without a kind is counted as dropped."""
    kinds = roll_up(SHOP, "kind")
    assert kinds.table["products"].tolist() == [1, 2, 3]
    assert kinds.table["places"].tolist() == [1, 2, 2]
    assert kinds.dropped == {"no label on this level": 1}


def test_the_top_level_has_no_level_above() -> None:
    """Departments are three products without a path."""
    departments = roll_up(SHOP, "department")
    assert departments.levels == ()
    assert departments.table["products"].tolist() == [3, 3, 1]


def test_events_get_the_label_and_keep_their_other_columns() -> None:
    """Two teas are two events; that of the product without a kind is counted."""
    log = roll_up_log(make_log(["b1", "c1", "e1", "d1"]), SHOP, "kind")
    assert log.product_id.tolist() == ["tea", "tea", "pots"]
    assert log.table["value"].tolist() == [2.5] * 3
    assert log.dropped == {"no label on this level": 1}


def test_an_event_outside_the_catalog_is_named() -> None:
    """Nothing is dropped silently."""
    with pytest.raises(DataError, match=r"1 of 2 events.*first row 1 \('zzz'\)"):
        roll_up_log(make_log(["b1", "zzz"]), SHOP, "kind")


def test_a_level_that_is_not_there_is_refused() -> None:
    """The message lists those there are."""
    with pytest.raises(DataError, match="no level 'aisle'; its levels are: department, kind"):
        roll_up(SHOP, "aisle")


def test_a_level_that_no_product_reaches_is_refused() -> None:
    """A catalog of nothing is no catalog."""
    empty = Catalog(SHOP.table.assign(kind=pd.Series([None] * 7, dtype=object)), SHOP.levels)
    with pytest.raises(DataError, match="no product has a 'kind'"):
        roll_up(empty, "kind")
