"""Terms are weighed as BM25 says, and an index that changed scores as one built anew."""

from __future__ import annotations

from math import log

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogkit.datasets.errors import DataError
from catalogkit.search.lexical import LexicalIndex, Unit, letters, words

TEXTS = ["Green tea", "GREEN/black tea, tea", "Soap", ""]
SOME = st.lists(st.sampled_from(["green tea", "tea tea soap", "soap", "", "black-tea 7"]))


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    """Four documents, one of them empty."""
    return LexicalIndex.build(TEXTS)


def test_words_are_lower_case_runs_of_letters_and_digits() -> None:
    """Slashes part words; one letter is a word too."""
    assert words("A4 PAPER/Ink-jet") == ["a4", "paper", "ink", "jet"]


def test_letters_are_runs_of_three_with_a_blank_at_both_ends_of_a_word() -> None:
    """A word of one letter has one run."""
    assert letters("Tea/4") == [" te", "tea", "ea ", " 4 "]


def test_a_weight_is_that_of_the_formula(index: LexicalIndex) -> None:
    """Soap stands in one of four documents, once; it has one word where the mean is 7/4."""
    idf = log(1 + (4 - 1 + 0.5) / (1 + 0.5))
    expected = idf / (1 + 1.5 * (1 - 0.75 + 0.75 * 1 / (7 / 4)))
    assert index.scores(["soap"])[0].tolist() == pytest.approx([0, 0, expected, 0])


@pytest.mark.parametrize(("by", "cut"), [("words", words), ("letters", letters)])
def test_scores_are_those_of_bm25s(by: Unit, cut: object) -> None:
    """The library's own scoring of each query, one by one; a repeated term counts twice."""
    theirs = bm25s.BM25()
    theirs.index([cut(text) for text in TEXTS], show_progress=False)  # type: ignore[operator]
    queries = ["green tea", "tea tea", "black soap"]
    expected = [theirs.get_scores(cut(query)) for query in queries]  # type: ignore[operator]
    ours = LexicalIndex.build(TEXTS, by=by).scores(queries)
    np.testing.assert_allclose(ours, expected, rtol=1e-6)


def test_letters_find_what_words_miss() -> None:
    """A typo: no common word, but common runs of letters."""
    assert LexicalIndex.build(TEXTS).search(["grene"], 1).items.tolist() == [[-1]]
    assert LexicalIndex.build(TEXTS, by="letters").search(["grene"], 1).items.tolist() == [[0]]


def test_search_returns_only_what_shares_a_word(index: LexicalIndex) -> None:
    """Two documents have tea; a query of unknown words finds nothing."""
    ranking = index.search(["TEA!", "lamp", ""], 3)
    assert ranking.items.tolist() == [[1, 0, -1], [-1, -1, -1], [-1, -1, -1]]


@given(SOME, SOME, st.sampled_from(["words", "letters"]), st.data())
def test_an_index_that_changed_scores_as_one_built_anew(
    first: list[str], more: list[str], by: Unit, data: st.DataObject
) -> None:
    """Documents come, some go, others come: to the last bit the same weights."""
    start = LexicalIndex.build([*first, "tea"], by=by)
    gone = data.draw(st.sets(st.integers(0, len(first)))) if first else set()
    left = [text for row, text in enumerate([*first, "tea"]) if row not in gone]
    changed = start.extended(["x y"]).without([len(first) + 1, *gone]).extended([*more, "soap"])
    anew = LexicalIndex.build([*left, *more, "soap"], by=by)
    queries = ["green tea", "soap soap", "x black", "tae"]
    assert np.array_equal(changed.scores(queries), anew.scores(queries))
    assert set(changed.terms) == set(anew.terms)


def test_an_index_may_lose_all_its_documents(index: LexicalIndex) -> None:
    """Nothing is found, and documents can be added again."""
    empty = index.without(range(4))
    assert empty.search(["tea"], 2).items.tolist() == [[-1, -1]]
    assert empty.extended(["tea"]).search(["tea"], 2).items.tolist() == [[0, -1]]


def test_a_change_leaves_the_index_before_it_as_it_was(index: LexicalIndex) -> None:
    """Whoever searches in it meanwhile is not disturbed."""
    before = index.scores(["tea"])
    index.extended(["tea lamp"]).without([0])
    assert np.array_equal(LexicalIndex(index.counts, index.terms).scores(["tea"]), before)


def test_texts_without_words_are_refused() -> None:
    """There is nothing to index."""
    with pytest.raises(ValueError, match="none of 2 texts has a word"):
        LexicalIndex.build(["", "?"])


def test_what_is_no_text_is_named() -> None:
    """The row is said."""
    with pytest.raises(DataError, match="row 1"):
        LexicalIndex.build(["tea", None])  # type: ignore[list-item]
