"""A query is spelled as the catalog spells, and what the catalog has is never touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogkit.search.spelling import CatalogSpelling

TEXTS = ["MOSFET driver", "mosfet switch", "dual mosfest", "diode 1N4148", "jfet", "led lamp"]


@pytest.fixture(scope="module")
def spelling() -> CatalogSpelling:
    """Six texts about parts."""
    return CatalogSpelling.learn(TEXTS)


def test_an_unknown_word_becomes_the_catalogs_nearest(spelling: CatalogSpelling) -> None:
    """A letter lost, swapped, replaced or added."""
    asked = ["mosft drievr", "dioxe", "swittch"]
    assert spelling.correct(asked) == ["mosfet driver", "diode", "switch"]


def test_of_two_near_words_the_commoner_is_meant(spelling: CatalogSpelling) -> None:
    """Both mosfet (two texts) and mosfest (one) are one edit from mosfeet."""
    assert spelling.correct(["mosfeet"]) == ["mosfet"]


def test_codes_short_words_and_known_words_stay(spelling: CatalogSpelling) -> None:
    """1N4149 is another part, lad may be a code, and mosfest stands in the catalog."""
    asked = ["1N4149 lad", "MOSFEST"]
    assert spelling.correct(asked) == asked


def test_what_the_catalog_lacks_the_english_list_corrects(spelling: CatalogSpelling) -> None:
    """Nothing in the catalog is near to kitchen."""
    assert spelling.correct(["ktichen"]) == ["kitchen"]


@given(st.lists(st.sampled_from(" ".join(TEXTS).split()), max_size=5))
def test_a_query_in_the_catalogs_own_words_is_left_as_it_is(words: list[str]) -> None:
    """Whatever their order and case."""
    query = " ".join(words)
    assert CatalogSpelling.learn(TEXTS).correct([query]) == [query]
