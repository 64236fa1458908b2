"""A graph of neighbours finds nearly what comparing all finds, also after changes."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from types import ModuleType

import numpy as np
import pytest

from catalogkit.search import approximate
from catalogkit.search.approximate import ApproximateIndex, vector_index
from catalogkit.search.dense import DenseIndex


def unit(rows: int, seed: int = 0) -> np.ndarray:
    """Draw vectors of length one in 16 dimensions."""
    drawn = np.random.default_rng(seed).standard_normal((rows, 16)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


VECTORS, QUERIES = unit(2000), unit(50, seed=1)


def test_nearly_all_of_the_nearest_are_found() -> None:
    """More than .95 of ten among 2,000; ten at random would share .005."""
    assert ApproximateIndex.build(VECTORS).recall(QUERIES, 10).mean() > 0.95


def test_scores_are_exact_whatever_the_graph_stores() -> None:
    """The graph's half precision orders nothing and is not returned."""
    found = ApproximateIndex.build(VECTORS[:100]).search(QUERIES, 5)
    exact = DenseIndex(VECTORS[:100]).search(QUERIES, 5)
    assert np.array_equal(found.items, exact.items)
    np.testing.assert_allclose(found.scores, exact.scores, rtol=1e-5)


def test_after_changes_it_finds_what_one_built_anew_finds() -> None:
    """A third goes, others come; rows are those of the documents that are left."""
    changed = ApproximateIndex.build(VECTORS).without(np.arange(0, 2000, 3)).extended(unit(300, 2))
    left = np.concatenate([np.delete(VECTORS, np.arange(0, 2000, 3), axis=0), unit(300, 2)])
    assert np.array_equal(changed.vectors, left)
    assert changed.recall(QUERIES, 10).mean() > 0.95
    assert changed.recall(unit(300, 2), 1).mean() > 0.98


def test_a_deleted_document_is_not_found_again() -> None:
    """Its own vector finds others."""
    index = ApproximateIndex.build(VECTORS[:100])
    changed = index.without([99]).extended(VECTORS[:1])
    assert changed.search(VECTORS[99:100], 100).items.max() == 99
    assert changed.search(VECTORS[99:100], 1).scores[0, 0] < 1


def test_an_index_from_before_a_change_numbers_documents_as_it_did() -> None:
    """It may miss what was taken out since; what it finds bears its own row."""
    before = ApproximateIndex.build(VECTORS[:100])
    before.without(range(10)).extended(unit(40, 3))
    found = before.search(VECTORS[:100], 100).items
    own = before.search(VECTORS[50:51], 1)
    assert own.items.tolist() == [[50]]
    assert found.max() < 100


def test_a_graph_of_which_half_is_gone_is_built_anew() -> None:
    """Else it would fill with what is not there."""
    index = ApproximateIndex.build(VECTORS[:100])
    assert index.without(range(40)).graph is index.graph
    smaller = index.without(range(51))
    assert smaller.graph is not index.graph
    assert len(smaller.graph) == 49


def test_all_documents_may_go() -> None:
    """Nothing is found until others come."""
    empty = ApproximateIndex.build(VECTORS[:10]).without(range(10))
    assert empty.search(QUERIES[:1], 2).items.tolist() == [[-1, -1]]
    assert empty.extended(VECTORS[:3]).search(VECTORS[1:2], 1).items.tolist() == [[1]]


def test_few_documents_are_all_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit there is a graph."""
    monkeypatch.setattr(approximate, "SMALL", 10)
    assert isinstance(vector_index(VECTORS[:10]), DenseIndex)
    assert isinstance(vector_index(VECTORS[:11]), ApproximateIndex)


def test_without_usearch_all_are_compared_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With what to install."""
    real = builtins.__import__

    def absent(
        name: str,
        names: Mapping[str, object] | None = None,
        scope: Mapping[str, object] | None = None,
        wanted: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        if name == "usearch":
            raise ImportError(name)
        return real(name, names, scope, wanted or (), level)

    monkeypatch.setattr(approximate, "SMALL", 10)
    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.warns(UserWarning, match="usearch is not installed"):
        assert isinstance(vector_index(VECTORS), DenseIndex)
