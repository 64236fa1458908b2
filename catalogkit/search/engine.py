"""Search a catalog that changes: products by id, found by words, letters and meaning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog
from catalogkit.language.inputs import as_texts
from catalogkit.ranking import Ranking
from catalogkit.search import storing
from catalogkit.search.catalog_index import BALANCED, CatalogIndex, Weights
from catalogkit.search.dense import Floats


class TextEncoder(Protocol):
    """What reads texts: an Encoder, or anything that encodes texts as vectors of length one."""

    @property
    def name(self) -> str:
        """What `Encoder.load` finds it by."""

    def encode(self, texts: Sequence[str], /) -> Floats:
        """Encode n texts, float32[n, d]."""


class Found(NamedTuple):
    """For each query its products, best first, and their scores; at most k, maybe none."""

    products: list[list[Any]]
    scores: list[list[float]]


class Search:
    """A catalog to search in; make one with `build` or `load`.

    Any number of threads may search while one changes the catalog: a search sees all of a change
    or nothing of it. A search after a change finds what it would in an index built anew.
    """

    def __init__(self, index: CatalogIndex, encoder: TextEncoder | None, weights: Weights) -> None:
        self.index, self.encoder, self.weights = index, encoder, weights
        self._changing = Lock()

    @classmethod
    def build(
        cls, catalog: Catalog, encoder: TextEncoder | None, *, weights: Weights = BALANCED
    ) -> Search:
        """Index a catalog's texts; without an encoder by words and letters only.

        weights: of the three ways. Raises ValueError when no text has a word.
        """
        vectors = None if encoder is None else encoder.encode(catalog.text)
        index = CatalogIndex.build(pd.Index(catalog.product_id), catalog.text, vectors)
        return cls(index, encoder, weights)

    def __len__(self) -> int:
        return len(self.index.products)

    @property
    def products(self) -> pd.Index:
        """The products' ids, in the order of rows."""
        return self.index.products

    def text(self, product: object) -> str:
        """Return a product's text. Raises KeyError when it is not in the catalog."""
        index = self.index
        return str(index.texts[index.products.get_loc(product)])

    def search(self, queries: Sequence[str], k: int) -> Found:
        """Find the k best products of each query; a blank query finds none.

        Raises DataError naming the first query that is no text.
        """
        index, texts = self.index, as_texts(queries)
        ranking = self._rank(index, texts, k)
        ids = index.products
        full = (ranking.items >= 0).sum(axis=1)
        rows = list(zip(ranking.items, ranking.scores, full, strict=True))
        return Found(
            [ids.take(items[:size]).tolist() for items, _, size in rows],
            [scores[:size].tolist() for _, scores, size in rows],
        )

    def rank(self, queries: Sequence[str], k: int) -> Ranking:
        """Rank the rows of `products` instead, for metrics and re-rankers."""
        return self._rank(self.index, as_texts(queries), k)

    def upsert(self, catalog: Catalog) -> int:
        """Add products, or put new texts in place of known ones'; return how many are new.

        Products whose text is what it was stay as they are; only the others are encoded.
        Raises DataError when one side's ids are whole numbers and the other's are strings.
        """
        with self._changing:
            index, ids = self.index, pd.Index(catalog.product_id)
            _demand_one_kind(index.products, ids)
            row, texts = index.products.get_indexer(ids), np.array(catalog.text, object)
            changed = row < 0
            changed[~changed] = index.texts[row[~changed]] != texts[~changed]
            if changed.any():
                vectors = self._encode(texts[changed].tolist())
                more = index.extended(ids[changed], texts[changed].tolist(), vectors)
                self.index = more.without(row[changed & (row >= 0)])
        return int((row < 0).sum())

    def delete(self, products: Iterable[object]) -> int:
        """Take products out; ids that are not in the catalog are passed over. Return how many."""
        with self._changing:
            row = self.index.products.get_indexer(pd.Index(list(products), dtype=object))
            gone = np.unique(row[row >= 0])
            if len(gone):
                self.index = self.index.without(gone)
        return len(gone)

    def save(self, path: str | Path) -> None:
        """Write the index to one file; until it is whole, whatever was there stays.

        Raises DataError for a missing directory, and when the file cannot be written.
        """
        name = None if self.encoder is None else self.encoder.name
        with self._changing:  # the graph is shared with the index that a change makes
            storing.write(Path(path), self.index, {"encoder": name, "weights": list(self.weights)})

    @classmethod
    def load(cls, path: str | Path, encoder: TextEncoder | None = None) -> Search:
        """Read what `save` wrote; without an encoder, load the one that the file names.

        Load only files of your own: the graph of neighbours is read as it is.
        Raises DataError when the file is absent, cut short, damaged, newer or no index, and when
        the encoder is another than the one that read the texts.
        """
        index, facts = storing.read(Path(path))
        named = facts["encoder"]
        if encoder is not None and encoder.name != named:
            raise DataError(
                f"{path}: its texts were read by {named or 'no encoder'}, not by {encoder.name}: "
                "name that one, or index the catalog anew."
            )
        if encoder is None and named is not None:
            from catalogkit.language.encoders import Encoder

            encoder = Encoder.load(named)
        return cls(index, encoder, Weights(*facts["weights"]))

    def _encode(self, texts: list[str]) -> Floats | None:
        return None if self.encoder is None else self.encoder.encode(texts)

    def _rank(self, index: CatalogIndex, queries: list[str], k: int) -> Ranking:
        return index.rank(queries, self._encode(queries), k, self.weights)


def _demand_one_kind(known: pd.Index, new: pd.Index) -> None:
    kinds = [ids.inferred_type for ids in (known, new)]
    if len(known) and len(new) and kinds[0] != kinds[1]:
        raise DataError(
            f"product_id: {kinds[1]} ids ({new[0]!r}) for a catalog of {kinds[0]} ids "
            f"({known[0]!r}): write them as the catalog does."
        )
