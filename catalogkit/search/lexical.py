"""Search by words, or by runs of three letters: BM25 over counts that products join and leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

from catalogkit.datasets.search_task import words
from catalogkit.language.inputs import as_texts
from catalogkit.ranking import Ranking

__all__ = ["CUT", "LexicalIndex", "Unit", "letters", "words"]

Floats = npt.NDArray[np.float32]
Unit = Literal["words", "letters"]


def letters(text: str) -> list[str]:
    """Cut each word of a text, a blank before and after it, into its runs of three letters.

    Most runs of a misspelt word are those of the right one. Source: Cavnar & Trenkle 1994.
    """
    padded = [f" {word} " for word in words(text)]
    return [word[at : at + 3] for word in padded for at in range(len(word) - 2)]


CUT: Mapping[Unit, Callable[[str], list[str]]] = {"words": words, "letters": letters}
"""What cuts a text into terms."""


@dataclass(frozen=True, eq=False)
class LexicalIndex:
    """Documents by their terms, words or runs of three letters; make one with `build`.

    counts: float32[documents, terms], how often a term stands in a document; terms: strings [t];
    by: what the terms are; k1 saturates repeated terms, b weighs length.
    Weights follow from the counts alone, when they are first asked for. So an index from which
    documents were taken, and to which others were added, scores exactly as one built anew, though
    no text is read again: a change costs a copy of the counts, and the next query the weights.
    """

    counts: sparse.csr_array
    terms: npt.NDArray[np.object_]
    by: Unit = "words"
    k1: float = 1.5
    b: float = 0.75

    @classmethod
    def build(
        cls, texts: Sequence[str], *, by: Unit = "words", k1: float = 1.5, b: float = 0.75
    ) -> LexicalIndex:
        """Index d texts.

        Raises DataError for what is not a string, ValueError when no text has a word.
        """
        empty = cls(sparse.csr_array((0, 0), dtype=np.float32), np.array([], object), by, k1, b)
        index = empty.extended(texts)
        if not len(index.terms):
            size = index.counts.shape[0]
            raise ValueError(f"none of {size} texts has a word: there is nothing to index")
        return index

    def extended(self, texts: Sequence[str]) -> LexicalIndex:
        """Add documents after the others. Raises DataError for what is not a string."""
        number = dict(self.vocabulary)
        where, columns, repeats = [0], list[int](), list[int]()
        for text in as_texts(texts):
            counted = Counter(CUT[self.by](text))
            columns += [number.setdefault(term, len(number)) for term in counted]
            repeats += counted.values()
            where.append(len(columns))
        parts = np.array(repeats, np.float32), np.array(columns, np.int32), np.array(where)
        added = sparse.csr_array(parts, shape=(len(where) - 1, len(number)))
        known = sparse.csr_array(self.counts, copy=True)
        known.resize(known.shape[0], len(number))
        counts = sparse.csr_array(sparse.vstack([known, added], "csr"))
        return replace(self, counts=counts, terms=np.array(list(number), object))

    def without(self, rows: npt.ArrayLike) -> LexicalIndex:
        """Take documents away, int[r]; those after them move up. Terms that nobody has go too."""
        kept = np.delete(np.arange(self.counts.shape[0]), np.asarray(rows, np.intp))
        counts = self.counts[kept]
        used = np.bincount(counts.indices, minlength=len(self.terms)) > 0
        return replace(self, counts=sparse.csr_array(counts[:, used]), terms=self.terms[used])

    @cached_property
    def vocabulary(self) -> Mapping[str, int]:
        """The number of each term."""
        return {term: at for at, term in enumerate(self.terms.tolist())}

    @cached_property
    def weights(self) -> sparse.csr_array:
        """What a term of the query adds to a document's score, float32[terms, documents].

        Source: Robertson & Zaragoza 2009, in the form that Lucene computes, precomputed as in
        bm25s (Lù 2024).
        """
        counts, documents = self.counts.astype(np.float64), self.counts.shape[0]
        having = np.bincount(counts.indices, minlength=len(self.terms))
        rarity = np.log1p((documents - having + 0.5) / (having + 0.5))
        length = np.asarray(counts.sum(axis=1)).ravel()
        norm = (
            self.k1 * (1 - self.b + self.b * length / max(length.mean(), 1))
            if documents
            else length
        )
        tempered = counts.data / (counts.data + np.repeat(norm, np.diff(counts.indptr)))
        counts.data = rarity[counts.indices] * tempered
        return sparse.csr_array(counts.T.tocsr().astype(np.float32))

    def scores(self, queries: Sequence[str]) -> Floats:
        """Score all documents for q queries, float32[q, d]; unknown terms count nothing."""
        weights = self.weights
        scores = np.zeros((len(queries), weights.shape[1]), np.float32)
        for row, query in enumerate(as_texts(queries)):
            for term in CUT[self.by](query):
                if (at := self.vocabulary.get(term)) is not None:
                    part = slice(weights.indptr[at], weights.indptr[at + 1])
                    scores[row, weights.indices[part]] += weights.data[part]
        return scores

    def search(self, queries: Sequence[str], k: int) -> Ranking:
        """Rank the k best documents of each query; without a common term there are none."""
        scores = self.scores(queries)
        return Ranking.from_scores(np.where(scores > 0, scores, -np.inf), k)
