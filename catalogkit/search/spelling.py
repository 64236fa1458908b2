"""Right a query's words by the words that the catalog itself has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from catalogkit.language.inputs import as_texts
from catalogkit.language.spelling import correct
from catalogkit.search.lexical import words

if TYPE_CHECKING:
    from symspellpy import SymSpell

_LETTERS = re.compile(r"[^\W\d_]+")
_SHORTEST = 4
"""Letters of the words that are corrected: nearly any three letters are some code."""


@dataclass(frozen=True, eq=False)
class CatalogSpelling:
    """The words of a catalog, lower case, and how many of its texts have each; see `learn`."""

    texts_with: Mapping[str, int]

    @classmethod
    def learn(cls, texts: Sequence[str]) -> CatalogSpelling:
        """Count the words of n texts. Raises DataError for what is not a string."""
        counts = Counter(word for text in as_texts(texts) for word in set(words(text)))
        return cls(dict(counts))

    def correct(self, queries: Sequence[str]) -> list[str]:
        """Write each unknown word as the catalog's commonest word one edit away.

        Where the catalog has none, the English list decides (see language.spelling). Left alone:
        words that the catalog has, words of fewer than four letters and those with a digit, which
        are codes. Source: SymSpell (Garbe 2012) on the catalog's own words.
        """
        return [_LETTERS.sub(lambda found: self._word(found[0]), q) for q in as_texts(queries)]

    def _word(self, word: str) -> str:
        low = word.lower()
        if low in self.texts_with or len(low) < _SHORTEST:
            return word
        from symspellpy import Verbosity

        near = self._near.lookup(low, Verbosity.TOP, max_edit_distance=1)
        return near[0].term if near else correct(word)

    @cached_property
    def _near(self) -> SymSpell:
        """Index the catalog's words without digits for look-up by one edit."""
        from symspellpy import SymSpell

        speller = SymSpell(max_dictionary_edit_distance=1, prefix_length=7)
        for word, count in self.texts_with.items():
            if word.isalpha() and len(word) >= _SHORTEST - 1:
                speller.create_dictionary_entry(word, count)
        return speller
