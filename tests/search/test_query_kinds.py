"""Queries are sorted by what makes them hard, and each made kind changes one thing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from catalogkit.datasets.records import Catalog, Queries
from catalogkit.datasets.search_task import SearchTask
from catalogkit.search.query_kinds import KINDS, QueryKind, abbreviate, query_kinds, replace_words

ASKED = ["linear regulator", "dongle", "linear dongle", "usb"]
SYNONYMS = {"linear": ("straight", "one-dimensional")}


@pytest.fixture(scope="module")
def kinds() -> dict[str, QueryKind]:
    """Sort queries of which all, none, half and all words stand in the one document."""
    documents = Catalog(pd.DataFrame({"product_id": ["a"], "text": ["Linear regulator, USB"]}))
    queries = Queries(pd.DataFrame({"query_id": range(4), "text": ASKED}))
    grades = sparse.csr_array(np.ones((4, 1), np.float32))
    task = SearchTask(queries, documents, grades)
    return query_kinds(task, [3, 2, 1, 0], seed=0, synonyms=SYNONYMS)


def test_all_kinds_are_there_in_order(kinds: dict[str, QueryKind]) -> None:
    """The order in which tables show them."""
    assert tuple(kinds) == KINDS


def test_found_kinds_hold_queries_as_they_are(kinds: dict[str, QueryKind]) -> None:
    """Half a query found is neither."""
    assert (kinds["exact"].rows.tolist(), kinds["exact"].text) == ([0, 3], [ASKED[0], ASKED[3]])
    assert kinds["no word in common"].text == ["dongle"]


def test_made_kinds_leave_out_what_stays_the_same(kinds: dict[str, QueryKind]) -> None:
    """Of usb there is no abbreviation and no synonym."""
    assert kinds["abbreviation"].rows.tolist() == [0]
    assert (kinds["synonym"].rows.tolist(), kinds["synonym"].text) == ([0], ["straight regulator"])


def test_misspelt_queries_differ_from_the_exact_ones(kinds: dict[str, QueryKind]) -> None:
    """Every one kept has changed."""
    right = dict(zip(kinds["exact"].rows.tolist(), kinds["exact"].text, strict=True))
    typo = kinds["typo"]
    assert all(right[r] != text for r, text in zip(typo.rows.tolist(), typo.text, strict=True))


def test_long_words_are_cut_or_lose_their_vowels() -> None:
    """Both ways come up; five letters stay whole."""
    made = {abbreviate(["adjustable input 1000"], seed=seed)[0] for seed in range(20)}
    assert made == {"adju input 1000", "adjstbl input 1000"}


def test_words_with_a_synonym_are_replaced() -> None:
    """By the first one, whatever the case; numbers stay."""
    assert replace_words(["LINEAR 5V usb"], SYNONYMS) == ["straight 5V usb"]
