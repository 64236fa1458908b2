"""Queries are drawn from purchases, and relevant is what the household bought."""

from __future__ import annotations

import pandas as pd
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Log
from catalogkit.datasets.retail_search import new_to_household, purchase_queries
from catalogkit.datasets.search_task import SearchTask

TYPES = ["GREEN TEA", "BLACK TEA", "OJ", "TEA POTS"]


def log(*pairs: tuple[int, str]) -> Log:
    """Make a log of purchases on one day."""
    table = pd.DataFrame(pairs, columns=["user_id", "product_id"])
    return Log(table.assign(time=pd.Timestamp("2017-01-02")))


@pytest.fixture
def task() -> SearchTask:
    """Household 1 buys two teas (one twice) and juice, household 2 pots."""
    types = Catalog(pd.DataFrame({"product_id": TYPES, "text": TYPES}))
    bought = [(1, "GREEN TEA"), (1, "BLACK TEA"), (1, "OJ"), (2, "TEA POTS"), (1, "GREEN TEA")]
    return purchase_queries(types, log(*bought), queries=100, seed=0)


def test_relevant_is_what_the_household_bought_and_has_the_word(task: SearchTask) -> None:
    """Tea brings household 1 both teas and household 2 its pots, never the other's."""
    expected = {
        (1, "green"): ["GREEN TEA"], (1, "black"): ["BLACK TEA"],
        (1, "tea"): ["GREEN TEA", "BLACK TEA"], (2, "tea"): ["TEA POTS"],
        (2, "pots"): ["TEA POTS"],
    }  # fmt: skip
    table = task.queries.table
    for row, key in enumerate(zip(table.user_id, table.text, strict=True)):
        columns = task.grades[[row]].nonzero()[1]
        assert [TYPES[c] for c in columns] == expected[key]


def test_no_query_is_told_twice_and_what_gives_none_is_counted(task: SearchTask) -> None:
    """Four pairs are drawn; juice has no word of three letters."""
    pairs = task.queries.table[["user_id", "text"]]
    assert not pairs.duplicated().any()
    assert len(task) + task.queries.dropped["no word, or asked already"] == 4


def test_what_the_household_had_before_is_not_new(task: SearchTask) -> None:
    """Household 1 had both teas, so only household 2 still asks."""
    new = new_to_household(task, log((1, "GREEN TEA"), (1, "BLACK TEA"), (2, "OJ")))
    assert set(new.queries.table.user_id) == {2}
    assert new.queries.dropped["nothing new"] == len(task) - len(new)


def test_a_type_that_is_no_document_is_refused() -> None:
    """The message names it."""
    types = Catalog(pd.DataFrame({"product_id": ["TEA"], "text": ["TEA"]}))
    with pytest.raises(DataError, match="'SOAP'"):
        purchase_queries(types, log((1, "SOAP")), queries=1, seed=0)


def test_nothing_new_at_all_is_refused(task: SearchTask) -> None:
    """No query would be left."""
    earlier = log(*((user, kind) for user in (1, 2) for kind in TYPES))
    with pytest.raises(DataError, match="no query is left"):
        new_to_household(task, earlier)
