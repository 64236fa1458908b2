"""Words are weighed as BM25 says, and an index answers many queries at once as it does one."""

from __future__ import annotations

from math import log

import bm25s
import numpy as np
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.search.lexical import LexicalIndex, words

TEXTS = ["Green tea", "GREEN/black tea, tea", "Soap", ""]


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    """Four documents, one of them empty."""
    return LexicalIndex.build(TEXTS)


def test_words_are_lower_case_runs_of_letters_and_digits() -> None:
    """Slashes part words; one letter is a word too."""
    assert words("A4 PAPER/Ink-jet") == ["a4", "paper", "ink", "jet"]


def test_a_weight_is_that_of_the_formula(index: LexicalIndex) -> None:
    """Soap stands in one of four documents, once; it has one word where the mean is 7/4."""
    idf = log(1 + (4 - 1 + 0.5) / (1 + 0.5))
    expected = idf / (1 + 1.5 * (1 - 0.75 + 0.75 * 1 / (7 / 4)))
    assert index.scores(["soap"])[0].tolist() == pytest.approx([0, 0, expected, 0])


def test_scores_are_those_of_bm25s(index: LexicalIndex) -> None:
    """The library's own scoring of each query, one by one; a repeated word counts twice."""
    theirs = bm25s.BM25()
    theirs.index([words(text) for text in TEXTS], show_progress=False)
    queries = ["green tea", "tea tea", "black soap"]
    expected = [theirs.get_scores(words(query)) for query in queries]
    np.testing.assert_allclose(index.scores(queries), expected, rtol=1e-6)


def test_search_returns_only_what_shares_a_word(index: LexicalIndex) -> None:
    """Two documents have tea; a query of unknown words finds nothing."""
    ranking = index.search(["TEA!", "lamp", ""], 3)
    assert ranking.items.tolist() == [[1, 0, -1], [-1, -1, -1], [-1, -1, -1]]


def test_texts_without_words_are_refused() -> None:
    """There is nothing to index."""
    with pytest.raises(ValueError, match="none of 2 texts has a word"):
        LexicalIndex.build(["", "?"])


def test_what_is_no_text_is_named() -> None:
    """The row is said."""
    with pytest.raises(DataError, match="row 1"):
        LexicalIndex.build(["tea", None])  # type: ignore[list-item]
