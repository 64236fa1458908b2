"""Sort queries by what makes them hard, and make hard ones of easy ones.

Two kinds are found: queries whose words all stand in what answers them, and queries of which no
word does. Three are made of the first by one change each, so that a change in quality has one
cause: words cut short, replaced by synonyms, or misspelt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogkit.datasets import wordnet
from catalogkit.datasets.search_task import SearchTask, word_overlap
from catalogkit.language.typos import plant_typos

KINDS = ("exact", "abbreviation", "synonym", "typo", "no word in common")
MISSPELT = 0.5
"""Share of words that the kind "typo" misspells."""

_LONG = re.compile(r"[A-Za-z]{6,}")
_LETTERS = re.compile(r"[A-Za-z]{3,}")
_VOWELS = re.compile(r"[aeiou]", re.IGNORECASE)
_KEPT = 4


@dataclass(frozen=True, eq=False)
class QueryKind:
    """Queries of one kind: rows of the task (int64[k], ascending) and what is asked, k texts."""

    rows: npt.NDArray[np.int64]
    text: list[str]


def query_kinds(
    task: SearchTask, rows: npt.ArrayLike, *, seed: int, synonyms: Mapping[str, Sequence[str]]
) -> dict[str, QueryKind]:
    """Sort some of a task's queries into KINDS; queries between the two found kinds are in none.

    exact: every word stands in some relevant document. abbreviation, synonym, typo: the exact ones
    as `abbreviate`, `replace_words` and `plant_typos` (half of the words) change them, without
    those that stay the same. no word in common: with any relevant document. rows: int [k].
    synonyms: see `synonyms_for`.
    """
    of = np.sort(np.asarray(rows, np.int64))
    found = word_overlap(task)["found"].to_numpy()[of]
    text = np.array(task.text, object)
    plain, foreign = of[found == 1], of[found == 0]
    asked = [str(query) for query in text[plain]]
    made = {
        "exact": asked,
        "abbreviation": abbreviate(asked, seed=seed),
        "synonym": replace_words(asked, synonyms),
        "typo": plant_typos(asked, MISSPELT, seed=seed),
    }
    kinds = {name: _changed(plain, asked, texts, name) for name, texts in made.items()}
    return {**kinds, "no word in common": QueryKind(foreign, [str(q) for q in text[foreign]])}


def abbreviate(texts: Iterable[str], *, seed: int) -> list[str]:
    """Shorten every word of six letters (A to Z) or more, as labels and drawings do.

    Drawn for each word, alike likely: its first four letters (regulator: regu), or the word without
    its vowels but a first one (rgltr). Returns n texts.
    """
    rng = np.random.default_rng(seed)

    def shorten(match: re.Match[str]) -> str:
        word = match[0]
        cut, squeezed = word[:_KEPT], word[0] + _VOWELS.sub("", word[1:])
        return cut if rng.random() < 0.5 else squeezed

    return [_LONG.sub(shorten, text) for text in texts]


def replace_words(texts: Iterable[str], synonyms: Mapping[str, Sequence[str]]) -> list[str]:
    """Put its first synonym in place of every word of three letters or more that has one.

    synonyms: lower-case words to others, best first. Returns n texts.
    """
    return [
        _LETTERS.sub(lambda match: next(iter(synonyms.get(match[0].lower(), ())), match[0]), text)
        for text in texts
    ]


def synonyms_for(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Look up the texts' words of three letters or more in WordNet, see wordnet.synonyms.

    Most words of a trade are missing there, or stand in their everyday sense: "gate" is a barrier.
    That is what a searcher from outside the trade would type. Raises SourceUnavailable.
    """
    return wordnet.synonyms({word for text in texts for word in _LETTERS.findall(text)})


def _changed(
    rows: npt.NDArray[np.int64], before: Sequence[str], after: Sequence[str], name: str
) -> QueryKind:
    pairs = zip(before, after, strict=True)
    kept = np.array([name == "exact" or a != b for a, b in pairs], dtype=bool)
    return QueryKind(rows[kept], [text for text, keep in zip(after, kept, strict=True) if keep])
