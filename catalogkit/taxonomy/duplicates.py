"""Nodes that may be one: names alike, children shared, bought together with the same things."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy import sparse

from catalogkit.datasets.errors import DataError
from catalogkit.taxonomy.changes import Merge
from catalogkit.taxonomy.proposals import Proposal, ranked
from catalogkit.taxonomy.tree import Path, Tree

Floats = npt.NDArray[np.float64]


def find_duplicates(
    tree: Tree, profiles: npt.ArrayLike | None = None, *, least: float = 0.6
) -> tuple[Proposal, ...]:
    """Propose to merge pairs of nodes of one depth whose names differ.

    profiles: float[products, d], a vector for each of tree.products, such as co-purchase vectors.
    A pair is looked at when its letters (cosine of character n-gram TF-IDF) or its shared children
    (names in both, over the smaller number; two at least) reach `least`. The score is the mean of
    letters, shared children (when both have some) and cosine of mean profiles (when given). Merges
    the node with fewer products, or nodes, below it into the other.
    Raises DataError when profiles do not match the products.
    """
    below = holdings(tree)
    means = None if profiles is None else _means(tree, below, profiles)
    spelled, children = spellings(tree), _children(tree)
    counts = np.asarray(children.sum(axis=1))
    size = np.asarray(below.sum(axis=0)) * len(tree) + (tree.ends - np.arange(len(tree)))
    found = []
    for left, right, letters, both in _pairs(tree, spelled, children, counts, least):
        evidence = {"letters": letters}
        if counts[left] and counts[right]:
            evidence["shared children"] = both
        if means is not None:
            evidence["bought with"] = float(means[left] @ means[right])
        small, large = (left, right) if size[left] <= size[right] else (right, left)
        found.append(_proposal((tree.paths[small], tree.paths[large]), evidence))
    return ranked(found)


def _proposal(nodes: tuple[Path, Path], evidence: dict[str, float]) -> Proposal:
    rounded = {name: round(value, 3) for name, value in evidence.items()}
    score = round(sum(evidence.values()) / len(evidence), 4)
    return Proposal("duplicate", nodes, rounded, score, (Merge(*nodes),))


def _means(tree: Tree, below: sparse.csr_array, profiles: npt.ArrayLike) -> Floats:
    """Return the direction of each node's mean profile, float64[nodes, d]."""
    vectors = np.asarray(profiles, dtype=np.float64)
    if vectors.ndim != 2 or len(vectors) != len(tree.products):
        raise DataError(f"profiles of the shape {vectors.shape} for {len(tree.products)} products.")
    sums = below.T @ vectors
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.where(lengths > 0, lengths, 1))


def holdings(tree: Tree) -> sparse.csr_array:
    """Tell which products are on or below each node, bool as float[products, nodes]."""
    rows, nodes = [], []
    here, products = tree.homes.astype(np.int64), np.arange(len(tree.products))
    while len(here):
        rows.append(products)
        nodes.append(here)
        products, here = products[here > 0], tree.parents[here[here > 0]].astype(np.int64)
    shape = (len(tree.products), len(tree))
    if not rows:
        return sparse.csr_array(shape)
    cells = (np.concatenate(rows), np.concatenate(nodes))
    return sparse.csr_array((np.ones(len(cells[0])), cells), shape=shape)


def spellings(tree: Tree) -> sparse.csr_array:
    """Return unit vectors of the names' letters, csr[nodes, n-grams]."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    return sparse.csr_array(letters.fit_transform(name or "-" for name in tree.names))


def _children(tree: Tree) -> sparse.csr_array:
    """Tell which node has a child of which name, float[nodes, names]."""
    codes: dict[str, int] = {}
    columns = [codes.setdefault(name, len(codes)) for name in tree.names[1:]]
    cells = (tree.parents[1:], columns)
    return sparse.csr_array((np.ones(len(columns)), cells), shape=(len(tree), len(codes) or 1))


def _pairs(
    tree: Tree, spelled: sparse.csr_array, children: sparse.csr_array, counts: Floats, least: float
) -> Iterator[tuple[int, int, float, float]]:
    """Yield pairs that reach `least`: two nodes, their letters and share of children in common."""
    for depth in range(1, int(tree.depths.max()) + 1):
        nodes = np.flatnonzero(tree.depths == depth)
        alike = spelled[nodes] @ spelled[nodes].T
        common = children[nodes] @ children[nodes].T
        near = sparse.csr_array(alike >= least) + sparse.csr_array(common >= 2)
        rows, columns = sparse.triu(near, k=1).nonzero()
        letters, both = alike[rows, columns], common[rows, columns]
        for i, j, cosine, number in zip(rows, columns, letters, both, strict=True):
            left, right = int(nodes[i]), int(nodes[j])
            share = number / max(min(counts[left], counts[right]), 1)
            close = cosine >= least or (number >= 2 and share >= least)
            if close and tree.names[left] != tree.names[right]:
                yield left, right, float(cosine), float(share)
