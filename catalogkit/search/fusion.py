"""Make one list of several: by scores brought to one scale, or by ranks alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from catalogkit.ranking import Ranking

Floats = npt.NDArray[np.float32]


def blend_scores(tables: Sequence[npt.ArrayLike], weights: Sequence[float]) -> Floats:
    """Add up scores [q, d] of several methods, each row scaled to reach from 0 to 1.

    A row of equal scores becomes 0. Raises ValueError when shapes or numbers of weights differ, or
    a score is not finite.
    """
    arrays = [np.asarray(table, np.float32) for table in tables]
    if not arrays or len({a.shape for a in arrays}) != 1 or len(arrays) != len(weights):
        shapes = ", ".join(str(a.shape) for a in arrays) or "none"
        raise ValueError(f"need tables of one shape and a weight for each: {shapes}; {weights}")
    if not all(np.isfinite(a).all() for a in arrays):
        raise ValueError("scores must be finite: blend before -inf marks what is left out")
    total = np.zeros_like(arrays[0])
    for array, weight in zip(arrays, weights, strict=True):
        total += weight * _scaled(array)
    return total


def reciprocal_rank_fusion(
    rankings: Sequence[Ranking], k: int, documents: int, *, constant: float = 60.0
) -> Ranking:
    """Score a document 1 / (constant + rank), added up over the lists that hold it; keep k.

    documents: size of the catalog. constant: how little the first ranks stand out. Raises
    ValueError when the lists do not answer the same number of queries or exceed the catalog.
    Source: Cormack, Clarke & Büttcher 2009.
    """
    if len({len(ranking) for ranking in rankings}) != 1:
        raise ValueError(f"need rankings of the same queries, got {[len(r) for r in rankings]}")
    scores = np.zeros((len(rankings[0]), documents), np.float32)
    for ranking in rankings:
        ranking.check_range(documents)
        row, position = np.nonzero(ranking.items >= 0)
        scores[row, ranking.items[row, position]] += 1 / (constant + position + 1)
    return Ranking.from_scores(np.where(scores > 0, scores, -np.inf), k)


def standardised(scores: npt.ArrayLike) -> Floats:
    """Bring each row of [q, c] to mean 0 and standard deviation 1; a row of equals becomes 0."""
    table = np.asarray(scores, np.float32)
    centred, spread = table - table.mean(axis=1, keepdims=True), table.std(axis=1, keepdims=True)
    return np.asarray(centred / np.where(spread > 0, spread, 1))


def _scaled(scores: Floats) -> Floats:
    low, high = scores.min(axis=1, keepdims=True), scores.max(axis=1, keepdims=True)
    scaled: Floats = (scores - low) / np.where(high > low, high - low, 1)
    return scaled
