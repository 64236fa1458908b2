"""Search remembers, and forgets when the catalog changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from catalogkit.datasets.records import Catalog
from catalogkit.search.engine import Search
from catalogkit.serving.searching import RememberedQueries, Searching


class Counting:
    """An encoder that counts what it is asked."""

    name = "counting"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], /) -> np.ndarray:
        """Put texts with an e on one axis, others on the other."""
        self.asked += texts
        return np.eye(2, dtype=np.float32)[[int("e" in text) for text in texts]]


def catalog(*texts: str) -> Catalog:
    """Make a catalog of products numbered from zero."""
    return Catalog(pd.DataFrame({"product_id": range(len(texts)), "text": texts}))


def test_the_same_query_is_searched_once() -> None:
    """The second answer comes from memory; another k is another question."""
    encoder = Counting()
    searching = Searching(Search.build(catalog("red tea", "rum"), encoder))
    encoder.asked.clear()
    assert searching.found("tea", 2) == searching.found("tea", 2)
    assert encoder.asked == ["tea"]
    assert searching.found("tea", 2).products[0] == 0


def test_a_changed_catalog_is_seen_at_once() -> None:
    """A product that was added is found, one that was deleted is not, by the same query."""
    engine = Search.build(catalog("red tea", "rum"), None)
    searching = Searching(engine)
    assert searching.found("green tea", 1).products == (0,)
    engine.upsert(Catalog(pd.DataFrame({"product_id": [7], "text": ["green tea"]})))
    assert searching.found("green tea", 1).products == (7,)
    engine.delete([7])
    assert searching.found("green tea", 1).products == (0,)


def test_a_query_is_encoded_once_whatever_the_catalog_does() -> None:
    """Its vector does not depend on the index; batches are not kept."""
    encoder = Counting()
    remembered = RememberedQueries(encoder)
    assert np.array_equal(remembered.encode(["tea"]), remembered.encode(["tea"]))
    assert encoder.asked == ["tea"]
    remembered.encode(["tea", "rum"])
    assert encoder.asked == ["tea", "tea", "rum"]
    assert remembered.name == "counting"
