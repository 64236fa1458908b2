"""Index 17,231 parts and answer queries, beside bm25s and usearch used directly."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from catalogkit.datasets.part_search import part_search
from catalogkit.search.approximate import ApproximateIndex, empty_graph
from catalogkit.search.dense import DenseIndex
from catalogkit.search.lexical import LexicalIndex, words

QUERIES, K, REPEATS = 500, 10, 5
DIMENSIONS = 384
Vectors = npt.NDArray[np.float32]
Work = Callable[[], object]


def measure() -> dict[str, Any]:
    """Take CPU seconds, medians of REPEATS turns, one thread: build and search, by words and near.

    The vectors are drawn around 500 centres, so that the encoder has no part in the ratios. Returns
    the ratios for the timings page under "rows", and "recall" of the graph at K.
    """
    task = part_search()
    documents, queries = task.documents.text, task.text[:QUERIES]
    vectors, asked = _vectors(len(documents)), _vectors(QUERIES, seed=1)
    graph = ApproximateIndex.build(vectors)
    rows = [
        _row(f"index {len(documents):,} texts by words",
             lambda: LexicalIndex.build(documents).weights, "bm25s", lambda: _bm25s(documents)),
        _search_by_words(documents, queries),
        _row(f"link {len(documents):,} vectors", lambda: ApproximateIndex.build(vectors),
             "usearch", lambda: _graph(vectors)),
        _row(f"{QUERIES} queries one by one, {K} near vectors, exact scores",
             lambda: [graph.search(one[None], K) for one in asked],
             "usearch", lambda: [graph.graph.search(one, K, threads=1) for one in asked]),
        _row(f"{QUERIES} queries one by one, {K} near vectors, by the graph",
             lambda: [graph.search(one[None], K) for one in asked],
             "comparing all", lambda: _compared(graph.exact, asked)),
    ]  # fmt: skip
    return {"rows": rows, "recall": round(float(graph.recall(asked, K).mean()), 4)}


def _search_by_words(documents: list[str], queries: list[str]) -> dict[str, Any]:
    ours, theirs = LexicalIndex.build(documents), _bm25s(documents)
    cut = [words(query) for query in queries]
    return _row(
        f"{QUERIES} queries by words, {K} documents each",
        lambda: [ours.search([query], K) for query in queries],
        "bm25s",
        lambda: [theirs.retrieve([one], k=K, show_progress=False, n_threads=0) for one in cut],
    )


def _bm25s(documents: list[str]) -> Any:  # noqa: ANN401 (bm25s' own class)
    import bm25s

    index = bm25s.BM25()
    index.index([words(text) for text in documents], show_progress=False)
    return index


def _graph(vectors: Vectors) -> object:
    graph = empty_graph(vectors.shape[1])
    return graph.add(np.arange(len(vectors)), vectors, threads=1)


def _compared(index: DenseIndex, asked: Vectors) -> list[object]:
    return [index.search(one[None], K) for one in asked]


def _vectors(rows: int, seed: int = 0) -> Vectors:
    """Draw unit vectors around 500 centres, the same for every seed."""
    centres = np.random.default_rng(9).standard_normal((500, DIMENSIONS))
    rng = np.random.default_rng(seed)
    drawn = centres[rng.integers(0, 500, rows)] + 0.5 * rng.standard_normal((rows, DIMENSIONS))
    unit: Vectors = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _row(what: str, ours: Work, against: str, theirs: Work) -> dict[str, Any]:
    taken = {"ours": list[float](), "theirs": list[float]()}
    for _ in range(REPEATS):
        for name, work in (("ours", ours), ("theirs", theirs)):
            start = time.process_time()
            work()
            taken[name].append(time.process_time() - start)
    mine, other = (median(each) for each in taken.values())
    return {
        "what": f"{what}, CPU seconds",
        "ours": round(mine, 4),
        "against": against,
        "theirs": round(other, 4),
        "ratio": round(other / mine, 2),
    }
