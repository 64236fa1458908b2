"""Grow a tree from vectors alone: Ward's method on the vectors, or on cells when there are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogkit.datasets.errors import DataError
from catalogkit.taxonomy.naming import name_clusters
from catalogkit.taxonomy.tree import ProductId, Tree

Labels = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

CELLS = 2500
"""Distinct vectors up to which Ward sees each one: its time and memory grow with their square."""

LEAF = 10
"""Distinct products that a leaf of `balanced_levels` holds on average."""


@dataclass(frozen=True, eq=False)
class Clusters:
    """Nested clusters of n products.

    labels: int32[n, levels], coarse to fine, numbered from 0; a cluster lies in one coarser one.
    cells: int32[n], the point of the dendrogram each product belongs to: equal vectors share one,
    and beyond CELLS distinct vectors so do near ones. merges: float64[points - 1, 4], the
    dendrogram in SciPy's form, for drawing or other cuts.
    """

    labels: Labels
    cells: Labels
    merges: Floats


@dataclass(frozen=True, eq=False)
class Induced:
    """A named tree with every product on its leaf, and the clusters it was made from."""

    tree: Tree
    clusters: Clusters


def induce(
    texts: Sequence[str],
    vectors: npt.ArrayLike,
    levels: Sequence[int] | None = None,
    *,
    products: Sequence[ProductId] | None = None,
    seed: int = 0,
) -> Induced:
    """Grow a tree of n products from their vectors, and name its nodes by their texts.

    texts: n strings, which only name. vectors: [n, d], what makes products alike (see `evidence`);
    levels: as for `cluster`; products: ids for the tree, None numbers them from 0.
    A level that does not divide a cluster adds no node there. Raises DataError as `cluster` does,
    and when texts and vectors differ in number.
    """
    points = _checked(vectors)
    if len(texts) != len(points):
        raise DataError(f"{len(texts)} texts for {len(points)} vectors: give each product both.")
    clusters = cluster(points, levels, seed=seed)
    ids = range(len(texts)) if products is None else products
    return Induced(Tree.from_paths(name_clusters(texts, clusters.labels), ids), clusters)


def cluster(
    vectors: npt.ArrayLike,
    levels: Sequence[int] | None = None,
    *,
    cells: int = CELLS,
    seed: int = 0,
) -> Clusters:
    """Cluster n vectors by Ward's method (1963) and cut the dendrogram into nested levels.

    vectors: [n, d], compared by Euclidean distance as they are. levels: numbers of clusters, coarse
    to fine; each is an upper bound, which few or tied vectors do not reach; None: balanced_levels.
    cells: when more vectors than this are distinct, mini-batch k-means (Sculley 2010) gathers them
    in so many cells, whose means Ward merges, all alike: time then grows with n, not its square.
    Only that step is random, and seed decides it.
    Raises DataError when vectors are not a finite matrix with a row, or levels do not rise.
    """
    from scipy.cluster.hierarchy import fcluster, ward

    points, cell = _deduplicated(_checked(vectors))
    if len(points) > cells:
        points, gathered = _gathered(points, cells, seed)
        cell = gathered[cell]
    counts = _checked_levels(balanced_levels(len(points)) if levels is None else levels)
    if len(points) == 1:
        return Clusters(np.zeros((len(cell), len(counts)), np.int32), cell, np.zeros((0, 4)))
    merges = ward(points.astype(np.float64))
    cuts = np.stack([fcluster(merges, count, "maxclust") for count in counts], axis=1)
    return Clusters((cuts[cell] - 1).astype(np.int32), cell, merges)


def balanced_levels(products: int, depth: int = 2, leaf: float = LEAF) -> tuple[int, ...]:
    """Return numbers of clusters for a tree whose nodes all have about as many children.

    products: how many distinct ones; leaf: how many a leaf holds. A rule of thumb, set before any
    tree was scored: 2,376 product types get (16, 238) where the shop has 29 departments and 292
    categories.
    """
    leaves = max(1.0, products / leaf)
    return tuple(sorted({round(leaves ** (level / depth)) for level in range(1, depth + 1)}))


def _checked(vectors: npt.ArrayLike) -> npt.NDArray[np.floating]:
    array = np.asarray(vectors)
    if array.ndim != 2 or 0 in array.shape:
        raise DataError(f"vectors have the shape {array.shape}: give one row for each product.")
    if not np.issubdtype(array.dtype, np.floating):
        array = array.astype(np.float64)
    bad = np.flatnonzero(~np.isfinite(array).all(axis=1))
    if len(bad):
        raise DataError(
            f"{len(bad)} of {len(array)} vectors hold NaN or infinity, the first in row {bad[0]}: "
            "repair them, or leave these products out."
        )
    return array


def _checked_levels(levels: Sequence[int]) -> tuple[int, ...]:
    counts = tuple(levels)
    rises = all(a < b for a, b in zip((0, *counts), counts, strict=False))
    if not counts or not rises:
        raise DataError(f"levels are {counts}: give rising numbers of clusters such as (30, 250).")
    return counts


def _deduplicated(
    vectors: npt.NDArray[np.floating],
) -> tuple[npt.NDArray[np.floating], Labels]:
    """Return distinct rows in order of their first appearance, and for each row its place there."""
    known: dict[bytes, int] = {}
    places = (known.setdefault(row.tobytes(), len(known)) for row in vectors + 0.0)  # no -0.0
    place = np.fromiter(places, np.int32, len(vectors))
    first = np.unique(place, return_index=True)[1]
    return vectors[first], place


def _gathered(
    points: npt.NDArray[np.floating], cells: int, seed: int
) -> tuple[npt.NDArray[np.floating], Labels]:
    """Return the means of at most so many cells of near points, and the cell of each point."""
    from sklearn.cluster import MiniBatchKMeans

    model = MiniBatchKMeans(
        cells, init="random", n_init=1, batch_size=4096, max_iter=2, max_no_improvement=None,
        reassignment_ratio=0, random_state=seed,
    )  # fmt: skip
    used, cell = np.unique(model.fit_predict(points), return_inverse=True)
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], np.arange(len(used)))
    means = np.add.reduceat(points[order], starts) / np.bincount(cell)[:, None]
    return means.astype(points.dtype), cell.astype(np.int32)
