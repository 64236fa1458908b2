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
        weights = self.weights
        scores = np.zeros((len(queries), weights.shape[1]), np.float32)
        for row, query in enumerate(as_texts(queries)):
            for word in words(query):
                if (at := self.vocabulary.get(word)) is not None:
                    part = slice(weights.indptr[at], weights.indptr[at + 1])
                    scores[row, weights.indices[part]] += weights.data[part]
        return scores

    def search(self, queries: Sequence[str], k: int) -> Ranking:
        """Rank the k best documents of each query; without a common word there are none."""
        scores = self.scores(queries)
        return Ranking.from_scores(np.where(scores > 0, scores, -np.inf), k)
