"""Explain a classifier by leaving words out, and test the explanation by leaving more out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from catalogkit.language.inputs import as_texts

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Probabilities = Callable[[list[str]], npt.ArrayLike]
"""Of n texts: the probability of each class, [n, classes]."""


def occlusion(probabilities: Probabilities, texts: Iterable[str]) -> list[FloatArray]:
    """Score each word by how far the text's most likely class falls when the word is left out.

    Words are what blanks part. Returns one float64[words] a text, in probability; the model reads
    one variant a word, all in one call. Raises DataError on a text that is not a string,
    ValueError on a text of fewer than two words. Source: Li, Monroe & Jurafsky 2016, section 3.
    """
    rows = as_texts(texts)
    for row, text in enumerate(rows):
        if len(text.split()) < 2:
            raise ValueError(f"text {row} is {text!r}: leaving a word out needs two words or more")
    counts = [len(text.split()) for text in rows]
    one_out = [without(text, [i]) for text, n in zip(rows, counts, strict=True) for i in range(n)]
    whole, fallen = _of_likeliest(probabilities, rows, one_out, np.repeat(range(len(rows)), counts))
    return np.split(np.repeat(whole, counts) - fallen, np.cumsum(counts)[:-1])


def deletion(
    probabilities: Probabilities, texts: Iterable[str], words: Sequence[Sequence[int]]
) -> FloatArray:
    """Say how far each text's most likely class falls when the named words are left out together.

    words: positions of a text's words, for each of the n texts. Returns float64[n], in
    probability. An explanation that is true of the model makes it fall further than as many words
    drawn at random. Raises ValueError when the numbers of texts differ. Source: Petsiuk, Das &
    Saenko 2018, section 4.1 (for pixels).
    """
    rows = as_texts(texts)
    if len(words) != len(rows):
        raise ValueError(f"{len(rows)} texts, words to delete for {len(words)}: give one list each")
    cut = [without(text, positions) for text, positions in zip(rows, words, strict=True)]
    whole, fallen = _of_likeliest(probabilities, rows, cut, np.arange(len(rows)))
    return whole - fallen


def without(text: str, positions: Iterable[int]) -> str:
    """Return the text without its words at these positions, counted from 0, blanks squeezed."""
    out = set(map(int, positions))
    return " ".join(word for i, word in enumerate(text.split()) if i not in out)


def _of_likeliest(
    probabilities: Probabilities, texts: list[str], variants: list[str], of: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Give the probability of each text's likeliest class, of the text and of its variants."""
    table = np.asarray(probabilities([*texts, *variants]), np.float64)
    whole, rest = np.split(table, [len(texts)])
    likeliest = whole.argmax(axis=1)
    return whole.max(axis=1), rest[np.arange(len(rest)), likeliest[of]]
