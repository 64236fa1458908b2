"""Widen a query: write its abbreviations out, and add what its words translate to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from catalogkit.language.inputs import as_texts
from catalogkit.search.lexical import LexicalIndex, words

Floats = npt.NDArray[np.float32]
Cells = npt.NDArray[np.int64]

_NOTHING = ""
"""The word that stands in every query and explains what no other word of it does."""
_LEAST = 0.01
"""Translations less likely than this are forgotten: they are many, and mostly chance."""


def append_other_forms(queries: Sequence[str], abbreviations: Mapping[str, str]) -> list[str]:
    """Append to each query the long form of its abbreviations and the short form of its words.

    abbreviations: short to long form, lower case. What the query says already is not repeated.
    Raises DataError for what is not a string.
    """
    forms: dict[str, list[str]] = {}
    for short, long in abbreviations.items():
        forms.setdefault(short, []).append(long)
        forms.setdefault(long, []).append(short)
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")

    def widened(query: str) -> str:
        low = query.lower()
        other = [form for found in pattern.findall(low) for form in forms[found] if found]
        new = (form for form in other if not re.search(rf"(?<!\w){re.escape(form)}(?!\w)", low))
        return " ".join([query, *dict.fromkeys(new)])

    return [widened(query) for query in as_texts(queries)]


@dataclass(frozen=True, eq=False)
class Translation:
    """How likely a query's word speaks of a document's word; make one with `learn`.

    source, target: the row of each query word and the column of each document word; chance:
    float32[source, target], rows that add up to 1 at most.
    """

    source: Mapping[str, int]
    target: Mapping[str, int]
    chance: sparse.csr_array

    @classmethod
    def learn(
        cls, queries: Sequence[str], documents: Sequence[str], *, rounds: int = 5
    ) -> Translation:
        """Learn from n pairs, each a query and a document that answers it, by rounds of EM.

        Each word of a document is taken to come from one word of the query, or from none; nothing
        says from which, so every round shares it out by what the last one learned.
        Raises DataError for what is not a string, ValueError when the numbers differ, or there is
        no pair with words. Source: Brown et al. 1993, model 1; for search, Berger & Lafferty 1999.
        """
        asked, answers = as_texts(queries), as_texts(documents)
        if len(asked) != len(answers):
            raise ValueError(f"{len(asked)} queries and {len(answers)} documents: pair them")
        said = [sorted({_NOTHING, *words(query)}) for query in asked]
        meant = [sorted(set(words(answer))) for answer in answers]
        source, target = _numbered(said), _numbered(meant)
        if not target or len(source) < 2:
            raise ValueError(f"none of {len(asked)} pairs has words on both sides")
        cells = _cells([[source[w] for w in row] for row in said],
                       [[target[w] for w in row] for row in meant])  # fmt: skip
        return cls(source, target, _expectation_maximisation(cells, len(source), rounds))

    def likely(self, word: str, k: int) -> dict[str, float]:
        """Return the k likeliest words for a query's word with their chances, best first."""
        if word not in self.source:
            return {}
        row = self.chance[[self.source[word]]].toarray()[0]
        names = list(self.target)
        best = np.argsort(-row, kind="stable")[:k]
        return {names[at]: float(row[at]) for at in best if row[at] > 0}

    def scores(self, queries: Sequence[str], index: LexicalIndex) -> Floats:
        """Score all documents for what q queries translate to, float32[q, d].

        Each word of a document counts its weight in the index times its chance, added up over the
        query's words; the query's own words are left out, so that this adds to `index.scores`.
        """
        rows = [set(words(query)) for query in as_texts(queries)]
        at = [(i, self.source[w]) for i, row in enumerate(rows) for w in row if w in self.source]
        place = np.array(at, np.int64).reshape(-1, 2).T
        shape = (len(rows), len(self.source))
        asked = sparse.csr_array((np.ones(len(at), np.float32), tuple(place)), shape=shape)
        wanted = asked @ self.chance @ self._columns(index)
        own = [(i, index.vocabulary[w]) for i, row in enumerate(rows) for w in row
               if w in index.vocabulary]  # fmt: skip
        wanted = wanted.tolil()
        for i, word in own:
            wanted[i, word] = 0
        return np.asarray((wanted.tocsr() @ index.weights).toarray(), np.float32)

    def _columns(self, index: LexicalIndex) -> sparse.csr_array:
        """Lead from our document words to those of the index, 1 or nothing, [target, words]."""
        both = [(t, index.vocabulary[w]) for w, t in self.target.items() if w in index.vocabulary]
        place = np.array(both, np.int64).reshape(-1, 2).T
        shape = (len(self.target), index.weights.shape[0])
        return sparse.csr_array((np.ones(len(both), np.float32), tuple(place)), shape=shape)


def _numbered(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    return {word: i for i, word in enumerate(sorted({word for row in rows for word in row}))}


def _cells(said: Sequence[Sequence[int]], meant: Sequence[Sequence[int]]) -> tuple[Cells, ...]:
    """Return each query word beside each document word of its pair, and which token it explains."""
    parts = []
    first = 0
    for left, right in zip(said, meant, strict=True):
        token = np.arange(first, first + len(right))
        parts.append((np.repeat(left, len(right)), np.tile(right, len(left)),
                      np.tile(token, len(left))))  # fmt: skip
        first += len(right)
    source, target, token = (np.concatenate([p[i] for p in parts]).astype(int) for i in range(3))
    return source, target, token


def _expectation_maximisation(
    cells: tuple[Cells, ...], sources: int, rounds: int
) -> sparse.csr_array:
    """Share each token out among the query words of its pair, and count anew, several times."""
    source, target, token = cells
    width = int(target.max()) + 1
    pair, cell = np.unique(source * width + target, return_inverse=True)
    row = pair // width
    chance = np.ones(len(pair))
    for _ in range(rounds):
        share = chance[cell] / np.bincount(token, chance[cell])[token]
        counts = np.bincount(cell, share, len(pair))
        chance = counts / np.bincount(row, counts, sources)[row]
    kept = chance >= _LEAST
    entries = (chance[kept].astype(np.float32), (row[kept], pair[kept] % width))
    return sparse.csr_array(entries, shape=(sources, width))
