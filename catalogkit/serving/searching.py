"""Search that remembers what it was asked: answers until the index changes, vectors for good."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock

import numpy as np

from catalogkit.search.dense import Floats
from catalogkit.search.engine import Search, TextEncoder
from catalogkit.serving.histories import Listed

KEPT = 8192
"""Answers, and vectors of queries, that are kept; of 384 numbers each they take 12 MB."""


class Searching:
    """A search engine whose answers are kept until its index is another."""

    def __init__(self, engine: Search) -> None:
        self._engine, self._changing = engine, Lock()
        self._index, self._kept = engine.index, lru_cache(KEPT)(self._searched)

    def found(self, query: str, k: int) -> Listed:
        """Return the k best products for a query."""
        index = self._engine.index
        with self._changing:
            if index is not self._index:
                self._index, self._kept = index, lru_cache(KEPT)(self._searched)
            kept = self._kept
        return kept(query, k)

    def _searched(self, query: str, k: int) -> Listed:
        found = self._engine.search([query], k)
        return Listed(tuple(found.products[0]), tuple(found.scores[0]))


class RememberedQueries:
    """An encoder that keeps the vectors of single texts, such as queries; batches pass through."""

    def __init__(self, encoder: TextEncoder) -> None:
        self._encoder = encoder
        self._one = lru_cache(KEPT)(self._encoded)

    @property
    def name(self) -> str:
        """What `Encoder.load` finds it by."""
        return self._encoder.name

    def encode(self, texts: Sequence[str], /) -> Floats:
        """Encode n texts, float32[n, d]; the array of a single one is for reading only."""
        return self._one(texts[0]) if len(texts) == 1 else self._encoder.encode(texts)

    def _encoded(self, text: str) -> Floats:
        vectors: Floats = np.asarray(self._encoder.encode([text]))
        vectors.flags.writeable = False
        return vectors
