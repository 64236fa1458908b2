"""Columns of tables reach the pairs, labels as codes in which missing is a value."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog
from catalogkit.recommenders.features.columns import ItemColumns, UserColumns, coded
from catalogkit.recommenders.interactions import Interactions
from tests.recommenders.conftest import make_catalog, make_log

SHOP = Interactions.of(make_log([("u", "a", 0), ("v", "b", 0)]), make_catalog(["a", "b"]))
USERS, ITEMS = np.array([0, 1, 2]), np.array([1, 0, 1])
PEOPLE = pd.DataFrame(
    {"user_id": ["v", "x"], "age": pd.Categorical(["old", "young"], ["young", "old"], ordered=True)}
)


def test_labels_become_codes_and_missing_is_zero() -> None:
    """Strings in alphabetical order, ordered categories in theirs, numbers as they are."""
    assert coded(pd.Series(["b", None, "a"])).tolist() == [2, 0, 1]
    assert coded(PEOPLE["age"]).tolist() == [2, 1]
    assert coded(pd.Series([3, 1])).tolist() == [3, 1]


def test_columns_of_the_catalog_follow_the_item() -> None:
    """Pairs of items b, a, b."""
    table = pd.DataFrame(
        {"product_id": ["a", "b"], "text": "", "brand": ["own", None], "n": [5, 7]}
    )
    with pytest.warns(UserWarning, match="empty"):
        catalog = Catalog(table)
    columns = ItemColumns.of(catalog, ["brand", "n"])(SHOP, USERS, ITEMS)
    assert {name: values.tolist() for name, values in columns.items()} == {
        "brand": [0, 1, 0],
        "n": [7, 5, 7],
    }


def test_columns_about_users_follow_the_user() -> None:
    """User u is not in the table, nor is the stranger; v is old."""
    columns = UserColumns.of(PEOPLE.assign(kids=[2, 0]))(SHOP, USERS, ITEMS)
    assert columns["age"].tolist() == [0, 2, 0]
    assert np.array_equal(columns["kids"], [np.nan, 2, np.nan], equal_nan=True)


def test_a_user_who_is_there_twice_is_refused() -> None:
    """Nobody can say which of the two ages holds."""
    with pytest.raises(DataError, match="user 'v' is in the table twice"):
        UserColumns.of(PEOPLE.assign(user_id="v"))


def test_a_column_that_is_not_there_is_named() -> None:
    """With those there are."""
    with pytest.raises(DataError, match="catalog has no column 'brand'; its columns are: product"):
        ItemColumns.of(make_catalog(["a"]), ["brand"])
    with pytest.raises(DataError, match="table of users has no column 'income'"):
        UserColumns.of(PEOPLE, ["income"])


def test_a_feature_of_another_catalog_is_refused() -> None:
    """One value for two items."""
    with pytest.raises(ValueError, match="knows 1 items, the interactions 2"):
        ItemColumns({"n": np.ones(1)})(SHOP, USERS, ITEMS)
