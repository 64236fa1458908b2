"""Abbreviations are written out, and a table of translations is learned from pairs alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogkit.search.expansion import Translation, append_other_forms
from catalogkit.search.lexical import LexicalIndex

SHORT = {"led": "light emitting diode", "n/a": "not applicable", "mcu": "microcontroller"}
QUERIES = ["fast bulb", "fast motor", "old bulb", "old motor"]
DOCUMENTS = ["quick lamp", "quick engine", "used lamp", "used engine"]


@pytest.fixture(scope="module")
def translation() -> Translation:
    """Four pairs, each word of which has one counterpart."""
    return Translation.learn(QUERIES, DOCUMENTS, rounds=20)


def test_both_forms_of_an_abbreviation_are_appended() -> None:
    """Short to long and long to short; what the query says already is not repeated."""
    asked = ["red LED", "Light emitting diode", "led light emitting diode", "ledger"]
    assert append_other_forms(asked, SHORT) == [
        "red LED light emitting diode",
        "Light emitting diode led",
        "led light emitting diode",
        "ledger",
    ]


def test_an_abbreviation_with_a_slash_is_one_word() -> None:
    """The slash belongs to it."""
    assert append_other_forms(["N/A"], SHORT) == ["N/A not applicable"]


def test_without_abbreviations_nothing_is_appended() -> None:
    """An empty dictionary finds no empty word."""
    assert append_other_forms(["red led"], {}) == ["red led"]


@pytest.mark.parametrize(
    ("word", "meant"), [("fast", "quick"), ("bulb", "lamp"), ("old", "used"), ("motor", "engine")]
)
def test_words_find_their_counterparts(translation: Translation, word: str, meant: str) -> None:
    """No pair says which word translates which; together they do."""
    [(found, chance)] = translation.likely(word, 1).items()
    assert (found, chance > 0.9) == (meant, True)


def test_an_unknown_word_translates_to_nothing(translation: Translation) -> None:
    """Nor is it an error."""
    assert translation.likely("lamp", 3) == {}


@given(st.lists(st.tuples(st.sampled_from(QUERIES), st.sampled_from(DOCUMENTS)), min_size=1))
def test_chances_add_up_to_one_at_most(pairs: list[tuple[str, str]]) -> None:
    """For every word of a query, whatever the pairs."""
    learned = Translation.learn(*zip(*pairs, strict=True))
    total = learned.chance.sum(axis=1)
    assert (total <= 1 + 1e-5).all()
    assert (total > 0).all()


def test_documents_score_by_what_a_query_translates_to(translation: Translation) -> None:
    """Bulb reaches the two lamps and nothing else, as far as the word lamp weighs."""
    index = LexicalIndex.build(DOCUMENTS)
    found = translation.scores(["bulb", "stone"], index)
    weight = index.scores(["lamp"])[0] * translation.likely("bulb", 1)["lamp"]
    np.testing.assert_allclose(found[0], weight, atol=0.05)
    assert not found[1].any()


def test_the_querys_own_words_are_not_counted_again() -> None:
    """Where both sides say the same, there is nothing to add."""
    index = LexicalIndex.build(["green tea", "soap"])
    learned = Translation.learn(["tea", "soap"], ["tea", "soap"])
    assert not learned.scores(["tea"], index).any()


@pytest.mark.parametrize(
    ("queries", "documents"), [(["a"], ["b", "c"]), (["?"], ["b"]), (["a"], ["?"]), ([], [])]
)
def test_pairs_that_teach_nothing_are_refused(queries: list[str], documents: list[str]) -> None:
    """Numbers that differ, and a side without words."""
    with pytest.raises(ValueError, match="pair"):
        Translation.learn(queries, documents)
