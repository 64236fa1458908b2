"""Search by words: BM25 with every weight computed when the index is built."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from catalogkit.language.inputs import as_texts
from catalogkit.ranking import Ranking

Floats = npt.NDArray[np.float32]

_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """Cut a text into lower-case runs of letters and digits."""
    return _WORD.findall(text.lower())


@dataclass(frozen=True, eq=False)
class LexicalIndex:
    """Documents by their words; make one with `build`.

    vocabulary: the row of each word; weights: float32[words, documents], what a word of the query
    adds to a document's score.
    """

    vocabulary: Mapping[str, int]
    weights: sparse.csr_array

    @classmethod
    def build(cls, texts: Sequence[str], *, k1: float = 1.5, b: float = 0.75) -> LexicalIndex:
        """Index d texts; needs `bm25s`. k1 saturates repeated words, b weighs length.

        Raises DataError for what is not a string, ValueError when no text has a word. Source:
        Robertson & Zaragoza 2009, in the form that Lucene computes, precomputed as in bm25s.
        """
        import bm25s

        tokens = [words(text) for text in as_texts(texts)]
        if not any(tokens):
            raise ValueError(f"none of {len(tokens)} texts has a word: there is nothing to index")
        index = bm25s.BM25(k1=k1, b=b)
        index.index(tokens, create_empty_token=False, show_progress=False)
        parts = (index.scores["data"], index.scores["indices"], index.scores["indptr"])
        weights = sparse.csr_array(parts, shape=(len(parts[2]) - 1, len(tokens)))
        return cls(index.vocab_dict, weights)

    def scores(self, queries: Sequence[str]) -> Floats:
        """Score all documents for q queries, float32[q, d]; unknown words count nothing."""
        found = [[self.vocabulary.get(word, -1) for word in words(q)] for q in as_texts(queries)]
        word = np.array([i for row in found for i in row], dtype=np.int64)
        query = np.repeat(np.arange(len(found)), [len(row) for row in found])
        known = word >= 0
        shape = (len(found), self.weights.shape[0])
        ones = np.ones(int(known.sum()), np.float32)
        asked = sparse.coo_array((ones, (query[known], word[known])), shape=shape)
        scores: Floats = (asked.tocsr() @ self.weights).toarray()
        return scores

    def search(self, queries: Sequence[str], k: int) -> Ranking:
        """Rank the k best documents of each query; without a common word there are none."""
        scores = self.scores(queries)
        return Ranking.from_scores(np.where(scores > 0, scores, -np.inf), k)
