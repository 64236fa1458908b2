"""Plant typing errors, so that it can be measured what they cost."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from catalogkit.language.inputs import as_texts

_WORD = re.compile(r"[A-Za-z]{3,}")


def plant_typos(texts: Iterable[str], share: float, *, seed: int) -> list[str]:
    """Misspell a share of the words of three letters (A to Z) or more, one edit a word.

    Each word is drawn by itself. The edit is a letter lost, added, replaced or swapped with the
    next, all alike likely; new letters are as large as the one at their place, and an edit may
    happen to change nothing. Returns n texts. Raises ValueError for a share outside 0 to 1 and
    DataError for what is not a text. Source: the four edits of Damerau 1964.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share={share}: a share of the words lies between 0 and 1")
    rng = np.random.default_rng(seed)

    def maybe(found: re.Match[str]) -> str:
        return _misspelt(found[0], rng) if rng.random() < share else found[0]

    return [_WORD.sub(maybe, text) for text in as_texts(texts)]


def _misspelt(word: str, rng: np.random.Generator) -> str:
    """Make one edit at a random letter but the last."""
    at = int(rng.integers(len(word) - 1))
    letter = chr((65 if word[at].isupper() else 97) + int(rng.integers(26)))
    head, tail = word[:at], word[at + 1 :]
    swapped = head + tail[0] + word[at] + tail[1:]
    ways = (head + tail, head + letter + word[at:], head + letter + tail, swapped)
    return ways[int(rng.integers(len(ways)))]
