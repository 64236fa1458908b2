"""Explanations of a model whose workings are known."""

import numpy as np
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.explanation import deletion, occlusion, without

WORTH = {"great": 0.4, "good": 0.2, "awful": -0.3}


def additive(texts: list[str]) -> np.ndarray:
    """Add up what the words are worth: the probability of the second class, from one half."""
    second = np.array([0.5 + sum(WORTH.get(word, 0) for word in text.split()) for text in texts])
    return np.column_stack([1 - second, second])


def test_a_word_is_scored_by_what_it_is_worth() -> None:
    """Words for the likeliest class score above zero, words against it below, others zero."""
    scores = occlusion(additive, ["great but awful tea", "awful tea"])
    assert scores[0] == pytest.approx([0.4, 0, -0.3, 0])
    assert scores[1] == pytest.approx([0.3, 0])


def test_deleting_words_together_sums_what_they_are_worth() -> None:
    """In an additive model the fall is the sum, and a text without deletions does not fall."""
    fall = deletion(additive, ["great good tea", "great tea"], [[0, 1], []])
    assert fall == pytest.approx([0.6, 0])


def test_the_rest_of_the_text_keeps_its_order() -> None:
    """Positions count words from 0; blanks are squeezed."""
    assert without("a  b c d", [1, 3]) == "a c"


@pytest.mark.parametrize("text", ["", "tea"])
def test_a_text_too_short_to_explain_is_named(text: str) -> None:
    """Nothing is left of one word when it is left out."""
    with pytest.raises(ValueError, match="text 1"):
        occlusion(additive, ["good tea", text])


def test_bad_input_is_named() -> None:
    """A missing text names its row, missing positions their number."""
    with pytest.raises(DataError, match="row 1"):
        occlusion(additive, ["good tea", None])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="2 texts"):
        deletion(additive, ["good tea", "tea"], [[0]])
