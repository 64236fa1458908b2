"""One state of a catalog, indexed by words, by letters and by meaning; a change makes a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from catalogkit.ranking import Ranking
from catalogkit.search.approximate import ApproximateIndex, vector_index
from catalogkit.search.dense import DenseIndex, Floats
from catalogkit.search.fusion import blend_scores
from catalogkit.search.lexical import LexicalIndex

CANDIDATES = 100
"""Products that each of the three ways proposes, at least."""

Rows = npt.NDArray[np.intp]
Vectors: TypeAlias = DenseIndex | ApproximateIndex


class Weights(NamedTuple):
    """How much each way of searching counts, on scores that reach from 0 to 1."""

    words: float = 0.3
    letters: float = 0.2
    meaning: float = 0.5


BALANCED = Weights()
"""Half for meaning, half for what is written."""


@dataclass(frozen=True, eq=False)
class CatalogIndex:
    """Products by id, with their texts and three indexes of these, row by row.

    products: unique ids [d]; texts: strings [d]; by_meaning: None where no encoder reads texts.
    """

    products: pd.Index
    texts: npt.NDArray[np.object_]
    by_words: LexicalIndex
    by_letters: LexicalIndex
    by_meaning: Vectors | None

    @classmethod
    def build(
        cls, products: pd.Index, texts: Sequence[str], vectors: Floats | None
    ) -> CatalogIndex:
        """Index d products; vectors: float32[d, n], of length one.

        Raises ValueError when no text has a word.
        """
        return cls(
            products,
            np.array(texts, object),
            LexicalIndex.build(texts),
            LexicalIndex.build(texts, by="letters"),
            None if vectors is None else vector_index(vectors),
        )

    def extended(
        self, products: pd.Index, texts: Sequence[str], vectors: Floats | None
    ) -> CatalogIndex:
        """Add products that are not there yet, after the others."""
        both = self.products.append(products) if len(self.products) else products
        return replace(
            self,
            products=both,
            texts=np.append(self.texts, np.array(texts, object)),
            by_words=self.by_words.extended(texts),
            by_letters=self.by_letters.extended(texts),
            by_meaning=self._with(vectors),
        )

    def without(self, rows: Rows) -> CatalogIndex:
        """Take products away; those after them move up."""
        return replace(
            self,
            products=self.products.delete(rows),
            texts=np.delete(self.texts, rows),
            by_words=self.by_words.without(rows),
            by_letters=self.by_letters.without(rows),
            by_meaning=None if self.by_meaning is None else self.by_meaning.without(rows),
        )

    def _with(self, vectors: Floats | None) -> Vectors | None:
        """Add vectors; a catalog that outgrows SMALL gets its graph now."""
        if self.by_meaning is None or vectors is None:
            return None
        added = self.by_meaning.extended(vectors)
        return vector_index(added.vectors) if isinstance(added, DenseIndex) else added

    def rank(
        self, queries: Sequence[str], vectors: Floats | None, k: int, weights: Weights
    ) -> Ranking:
        """Rank the k best rows of each query, by the weighted sum of scaled scores.

        Each way proposes CANDIDATES products or k; their scores are scaled to reach from 0 to 1
        among all that were proposed for the query. A blank query proposes nothing.
        """
        items = np.full((len(queries), k), -1, np.int32)
        scores = np.full((len(queries), k), -np.inf, np.float32)
        for row, query in enumerate(queries):
            vector = None if vectors is None or not query.strip() else vectors[row]
            found, blended = self._blend(query, vector, max(k, CANDIDATES), weights)
            best = np.lexsort((found, -blended))[:k]
            items[row, : len(best)], scores[row, : len(best)] = found[best], blended[best]
        return Ranking(items, scores)

    def _blend(
        self, query: str, vector: Floats | None, number: int, weights: Weights
    ) -> tuple[Rows, Floats]:
        """Find the rows that any way proposes, rising, and score them."""
        tables = [index.scores([query])[0] for index in (self.by_words, self.by_letters)]
        proposed = [_most(table, number) for table in tables]
        if vector is not None and self.by_meaning is not None:
            near = self.by_meaning.search(vector[None], number).items[0]
            proposed.append(near[near >= 0])
        found: Rows = np.unique(np.concatenate(proposed)).astype(np.intp)
        if not len(found):
            return found, np.zeros(0, np.float32)
        parts = [table[found] for table in tables]
        if vector is not None and self.by_meaning is not None:
            parts.append(self.by_meaning.vectors[found] @ vector)
        return found, blend_scores([part[None] for part in parts], weights[: len(parts)])[0]


def _most(scores: Floats, number: int) -> Rows:
    """Return the rows of the highest scores above 0, at most so many, in no order."""
    rows = np.flatnonzero(scores > 0)
    if len(rows) <= number:
        return rows
    return rows[np.argpartition(-scores[rows], number)[:number]]
