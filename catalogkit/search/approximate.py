"""Search by vectors through a graph of neighbours: a little less exact, and much faster."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from catalogkit.ranking import Ranking
from catalogkit.search.dense import DenseIndex, Floats

SMALL = 5_000
"""Documents up to which all are compared: that takes a fifth of a millisecond."""
NEIGHBOURS, BREADTH_BUILDING, BREADTH_SEARCHING = 16, 128, 64
"""Of the graph: links a node, and how many candidates are kept while building and searching."""
SPARE = 16
"""Neighbours fetched beyond k: the graph's half precision may misplace the last ones."""

Keys = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ApproximateIndex:
    """Documents by their vectors and by a graph of near neighbours; make one with `build`.

    exact: the vectors; keys: int64[d], rising, what the graph calls each document; given: keys that
    were ever given; graph: usearch's own, in half precision. The scores that are returned are
    exact; a near document may be missing: `recall` measures how rarely. `extended` and `without`
    change the graph in place: an index from before goes on finding what is left of its own.
    Source: Malkov & Yashunin 2020 (HNSW).
    """

    exact: DenseIndex
    keys: Keys
    given: int
    graph: Any = field(repr=False)
    lock: Any = field(default_factory=Lock, repr=False)

    @classmethod
    def build(cls, vectors: npt.ArrayLike) -> ApproximateIndex:
        """Link the documents [d, n], of length one; needs `usearch`, .1 to .5 ms a document."""
        exact = DenseIndex(np.asarray(vectors, np.float32))
        keys = np.arange(len(exact.vectors), dtype=np.int64)
        graph = empty_graph(exact.vectors.shape[1])
        if len(keys):
            graph.add(keys, exact.vectors, threads=1)
        return cls(exact, keys, len(keys), graph)

    @property
    def vectors(self) -> Floats:
        """The documents' vectors, float32[d, n]."""
        return self.exact.vectors

    def search(self, queries: npt.ArrayLike, k: int) -> Ranking:
        """Rank the k documents of each query vector [q, n] that the graph finds nearest."""
        asked = self.exact.asked(queries)
        items = np.full((len(asked), k), -1, np.int32)
        scores = np.full((len(asked), k), -np.inf, np.float32)
        for row, query in enumerate(asked):
            near = self._near(query, k + SPARE)
            exact = self.vectors[near] @ query
            best = np.lexsort((near, -exact))[:k]
            items[row, : len(best)], scores[row, : len(best)] = near[best], exact[best]
        return Ranking(items, scores)

    def recall(self, queries: npt.ArrayLike, k: int) -> npt.NDArray[np.float64]:
        """Share of the k nearest documents that `search` finds, for each query, float64[q]."""
        found, truth = self.search(queries, k), self.exact.search(queries, k)
        shared = (found.items[:, :, None] == truth.items[:, None, :]) & (truth.items >= 0)[:, None]
        return np.asarray(shared.any(axis=1).sum(axis=1) / (truth.items >= 0).sum(axis=1))

    def extended(self, vectors: npt.ArrayLike) -> ApproximateIndex:
        """Add documents [r, n] after the others."""
        exact = self.exact.extended(vectors)
        given = self.given + len(exact.vectors) - len(self.keys)
        keys = np.arange(self.given, given, dtype=np.int64)
        if len(keys):
            with self.lock:
                self.graph.add(keys, exact.vectors[len(self.keys) :], threads=1)
        return replace(self, exact=exact, keys=np.concatenate([self.keys, keys]), given=given)

    def without(self, rows: npt.ArrayLike) -> ApproximateIndex:
        """Take documents away, int[r]; a graph of which half is gone is built anew."""
        gone = np.asarray(rows, np.intp)
        exact, keys = self.exact.without(gone), np.delete(self.keys, gone)
        if self.given > 2 * len(keys):
            return self.build(exact.vectors)
        with self.lock:
            self.graph.remove(self.keys[gone], threads=1)
        return replace(self, exact=exact, keys=keys)

    def _near(self, query: Floats, number: int) -> npt.NDArray[np.intp]:
        """Return the rows of the documents that the graph finds."""
        with self.lock:
            found = self.graph.search(query, number, threads=1).keys.astype(np.int64)
        row = np.searchsorted(self.keys, found)
        known = row < len(self.keys)
        known[known] = self.keys[row[known]] == found[known]
        rows: npt.NDArray[np.intp] = row[known]
        return rows


def vector_index(vectors: npt.ArrayLike) -> DenseIndex | ApproximateIndex:
    """Index documents [d, n]: exactly up to SMALL of them or without usearch, else by a graph.

    Warns when it is exact for want of usearch.
    """
    exact = DenseIndex(np.asarray(vectors, np.float32))
    if len(exact.vectors) <= SMALL or not has_usearch():
        return exact
    return ApproximateIndex.build(exact.vectors)


def has_usearch() -> bool:
    """Tell whether usearch can be imported; warn when it cannot."""
    try:
        import usearch  # noqa: F401
    except ImportError:
        warnings.warn(
            "usearch is not installed: every query is compared with every product, which is exact "
            "and slower; pip install 'catalogkit-book[search]'",
            stacklevel=3,
        )
        return False
    return True


def empty_graph(dimensions: int) -> Any:  # noqa: ANN401 (usearch's own class)
    """Make a graph without nodes, for vectors of length one."""
    from usearch.index import Index

    return Index(
        ndim=dimensions,
        metric="ip",
        dtype="f16",
        connectivity=NEIGHBOURS,
        expansion_add=BREADTH_BUILDING,
        expansion_search=BREADTH_SEARCHING,
    )
