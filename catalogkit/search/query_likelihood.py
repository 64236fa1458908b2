"""Ask how likely a document, or the group that it stands in, would bring forth the query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from catalogkit.language.inputs import as_texts
from catalogkit.search.lexical import CUT, LexicalIndex, Unit

Floats = npt.NDArray[np.float32]

_FLOOR = 1e-5
"""The chance of a term that nothing has; without it one such term would rule all out."""


@dataclass(frozen=True, eq=False)
class QueryLikelihood:
    """Documents and their groups as sources of queries; make one with `build`.

    A term's chance is a weighted sum: whether the document has it, the share of its group that
    has it, and the share of all documents. So a group that speaks of a thing speaks for each of its
    documents, and a term that is everywhere tells little. Nothing is learned from queries.
    index: the documents' terms; group: int[d]; own, shared, common: the three weights.
    Source: Jelinek & Mercer 1980 (the sum); Liu & Croft 2004 (groups). Terms count once.
    """

    index: LexicalIndex
    group: npt.NDArray[np.intp]
    own: float = 0.1
    shared: float = 0.3
    common: float = 0.05

    @classmethod
    def build(
        cls, texts: Sequence[str], groups: Sequence[str], *, by: Unit = "words"
    ) -> QueryLikelihood:
        """Index d texts, each with its group.

        Raises ValueError when the numbers differ or no text has a word, DataError for what is not
        a string.
        """
        if len(texts) != len(groups):
            raise ValueError(f"{len(texts)} texts and {len(groups)} groups: give one a text")
        index = LexicalIndex.build(texts, by=by)
        return cls(index, pd.factorize(np.asarray(as_texts(groups), object))[0])

    def scores(self, queries: Sequence[str]) -> Floats:
        """Mean logarithm of the chances of a query's distinct terms, float32[q, d].

        A query without a term scores 0 everywhere. Only what a document adds to its group's
        chance is added up document by document, and most documents add nothing.
        """
        asked, terms = self._asked(queries)
        has = self._marks(terms)
        place = (self.group, np.arange(len(self.group)))
        member = sparse.csr_array((np.ones(len(self.group), np.float32), place))
        in_group = (member @ has).toarray() / member.sum(axis=1)[:, None]
        everywhere = np.asarray(has.mean(axis=0)).ravel()
        chance = self.shared * in_group + self.common * everywhere + _FLOOR
        document, term = has.nonzero()
        gain = np.log1p(self.own / chance[self.group[document], term]).astype(np.float32)
        added = asked @ sparse.csr_array((gain, (term, document)), shape=has.shape[::-1])
        from_group = (asked @ np.log(chance).T).astype(np.float32)
        return np.asarray(from_group[:, self.group] + added.toarray(), np.float32)

    def _asked(self, queries: Sequence[str]) -> tuple[sparse.csr_array, list[str]]:
        """Share each query out among its distinct terms, float32[q, t], and name the terms."""
        rows = [sorted(set(CUT[self.index.by](query))) for query in as_texts(queries)]
        terms = sorted({term for row in rows for term in row})
        at = {term: i for i, term in enumerate(terms)}
        sizes = [len(row) for row in rows]
        share = np.repeat([1 / max(size, 1) for size in sizes], sizes).astype(np.float32)
        columns = np.array([at[term] for row in rows for term in row], np.int64)
        parts = (share, columns, np.cumsum([0, *sizes]))
        return sparse.csr_array(parts, shape=(len(rows), len(terms))), terms

    def _marks(self, terms: Sequence[str]) -> sparse.csr_array:
        """Mark which documents have each term, float32[d, t]; one unknown has none."""
        vocabulary = self.index.vocabulary
        known = [(vocabulary[term], i) for i, term in enumerate(terms) if term in vocabulary]
        place = np.array(known, np.int64).reshape(-1, 2).T
        shape = (len(vocabulary), len(terms))
        pick = sparse.csr_array((np.ones(len(known), np.float32), tuple(place)), shape=shape)
        marks = sparse.csr_array(self.index.counts @ pick)
        marks.data[:] = 1
        return marks
