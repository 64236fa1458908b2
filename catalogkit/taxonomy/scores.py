"""How good is a taxonomy: its clusters, its edges, its placements, held against the true one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from catalogkit.evaluation.classification import HierarchicalScores, hierarchical_scores
from catalogkit.evaluation.ranking import Judged, judge
from catalogkit.ranking import Ranking
from catalogkit.taxonomy.invariants import Nodes
from catalogkit.taxonomy.tree import ROOT, ProductId, Tree

__all__ = [
    "HierarchicalScores",
    "adjusted_mutual_information",
    "ancestor_scores",
    "dendrogram_purity",
    "edge_scores",
    "hierarchical_scores",
    "judge_placement",
    "match_by_products",
    "wu_palmer",
]

FloatArray = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Pairs: TypeAlias = tuple[npt.NDArray[Any], npt.NDArray[Any]]


def adjusted_mutual_information(truth: Sequence[Hashable], clusters: Sequence[Hashable]) -> float:
    """Tell how much two partitions agree: 1 when equal, 0 on average for random ones.

    truth, clusters: one label an item, such as paths. A cluster of noise counts as a cluster.
    Raises ValueError when the lengths differ or there is nothing.
    Source: Vinh, Epps & Bailey 2010, normalised by the arithmetic mean (scikit-learn's default).
    """
    from sklearn.metrics import adjusted_mutual_info_score

    if len(truth) != len(clusters) or not len(truth):
        raise ValueError(f"need one cluster per label: {len(truth)} and {len(clusters)}")
    return float(adjusted_mutual_info_score(_codes(truth), _codes(clusters)))


def dendrogram_purity(tree: Tree, labels: Sequence[Hashable]) -> float:
    """Average, over all pairs of products with one label, how pure the smallest common subtree is.

    labels: the true class of each of tree.products, in their order. For each pair the lowest common
    ancestor is found; its purity is the share of the products below it that have the pair's
    label. Products on one node meet there. 1 when every class has a subtree of its own.
    Exact, whatever the size: pairs are counted by node and class from the deepest level up, in
    O(m log m) a level for m products. Raises ValueError when no two products share a label.
    Source: Heller & Ghahramani 2005, section 4 (there by sampling).
    """
    if len(labels) != len(tree.products):
        raise ValueError(f"{len(labels)} labels for {len(tree.products)} products of the tree")
    label = _codes(labels)
    classes = int(label.max(initial=-1)) + 1
    pairs = float(_choose_two(np.bincount(label)).sum())
    if not pairs:
        raise ValueError("no two products share a label: there is no pair to average over")
    below = _products_below(tree)
    order = np.argsort(tree.depths[tree.homes], kind="stable")
    starts = np.searchsorted(tree.depths[tree.homes][order], np.arange(tree.depths.max() + 2))
    own = tree.homes.astype(np.int64) * classes + label
    total, cells, counts = 0.0, np.zeros(0, dtype=np.int64), np.zeros(0)
    for depth in range(int(tree.depths.max()), -1, -1):
        here = own[order[starts[depth] : starts[depth + 1]]]
        cells, counts, meeting = _meet(cells, counts, here)
        node, kind = np.divmod(cells, classes)
        total += float((meeting * counts / below[node]).sum())
        cells = tree.parents[node] * np.int64(classes) + kind
    return total / pairs


def edge_scores(
    truth: Tree, predicted: Tree, match: npt.ArrayLike | None = None
) -> HierarchicalScores:
    """Precision, recall and F1 of the pairs (parent, child); edge-F1.

    match: intp[len(predicted)], the node of the truth that each predicted one is, -1 for none, as
    `match_by_products` finds it; without it nodes with one name are one term, wherever they stand.
    The nameless root belongs to no pair: all trees would share those. Raises ValueError when the
    truth has no pair. Source: Bordea, Lefever & Buitelaar 2016 (TExEval-2), section 4.
    """
    return _overlap(truth, predicted, match, _edges)


def ancestor_scores(
    truth: Tree, predicted: Tree, match: npt.ArrayLike | None = None
) -> HierarchicalScores:
    """Precision, recall and F1 of the pairs (ancestor, node), at any distance; ancestor-F1.

    Arguments and errors are those of `edge_scores`. A node missing in between costs its own pairs
    only. Source: Mao et al. 2018, "End-to-end reinforcement learning for automatic taxonomy
    induction", section 4.2.
    """
    return _overlap(truth, predicted, match, _ancestries)


def match_by_products(truth: Tree, predicted: Tree, least: float = 0.5) -> Nodes:
    """Find the true node that each predicted node is, by the products below them.

    Pairs of nodes are taken in order of their Jaccard index, each node once, down to `least`; of
    equal pairs the higher nodes come first. Roots match. Products that only one tree has count
    against a pair. Returns int32[len(predicted)], -1 for none; `edge_scores` and `ancestor_scores`
    take it where names cannot agree. Raises ValueError unless 0 < least <= 1.
    """
    if not 0 < least <= 1:
        raise ValueError(f"least is a Jaccard index above 0 and at most 1, not {least}")
    ids = {product: i for i, product in enumerate({**predicted.home_of, **truth.home_of})}
    shared = sparse.coo_array(_holdings(predicted, ids) @ _holdings(truth, ids).T)
    one, two = shared.coords
    union = _products_below(predicted)[one] + _products_below(truth)[two] - shared.data
    jaccard = shared.data / union
    match = np.full(len(predicted), -1, dtype=np.int32)
    taken = np.zeros(len(truth), dtype=bool)
    match[0], taken[0] = 0, True
    for pair in np.lexsort((two, one, -jaccard))[: np.count_nonzero(jaccard >= least)]:
        if match[one[pair]] < 0 and not taken[two[pair]]:
            match[one[pair]], taken[two[pair]] = two[pair], True
    return match


def judge_placement(ranking: Ranking, parents: npt.ArrayLike, nodes: int) -> Judged:
    """Hold ranked candidate parents against the true ones.

    ranking: candidates among `nodes` nodes for each of n new ones; parents: int[n], their true
    parent. hit_rate(k) is hit@k of each, reciprocal_rank() the mean of which is MRR.
    Raises ValueError when the numbers differ or a parent is none of the nodes.
    """
    true = np.asarray(parents)
    if true.ndim != 1 or true.dtype.kind not in "iu" or not ((true >= 0) & (true < nodes)).all():
        raise ValueError(f"parents must be a row of whole numbers from 0 below {nodes}")
    rows = np.arange(len(true) + 1)
    return judge(ranking, sparse.csr_array((np.ones(len(true)), true, rows), (len(true), nodes)))


def wu_palmer(tree: Tree, left: npt.ArrayLike, right: npt.ArrayLike) -> FloatArray:
    """Similarity of nodes by how deep they part, float64 of the arrays' common shape, in (0, 1].

    Twice the depth of the lowest common ancestor over the sum of both depths. The root's depth
    counts as 1, as in WordNet's implementations, so that two departments are not wholly unlike.
    Source: Wu & Palmer 1994, "Verb semantics and lexical selection", section 3.
    """
    depths = tree.depths + 1.0
    common = depths[tree.lowest_common_ancestor(left, right)]
    return np.asarray(2 * common / (depths[np.asarray(left)] + depths[np.asarray(right)]))


def _codes(labels: Sequence[Hashable]) -> Codes:
    """Give each label a number, by first occurrence."""
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(label, len(known)) for label in labels], dtype=np.int64)


def _choose_two(counts: npt.NDArray[Any]) -> FloatArray:
    return np.asarray(counts * (counts - 1.0) / 2)


def _products_below(tree: Tree) -> Codes:
    """Count the products on each node and below it, [n]."""
    before = np.concatenate([[0], np.cumsum(np.bincount(tree.homes, minlength=len(tree)))])
    return np.asarray(before[tree.ends] - before[:-1])


def _meet(cells: Codes, counts: FloatArray, own: Codes) -> tuple[Codes, FloatArray, FloatArray]:
    """Join what came up from the children with the node's own products.

    Returns the cells (node and class) there are, their products, and their pairs that meet here.
    """
    joined: Codes
    joined, inverse = np.unique(np.concatenate([cells, own]), return_inverse=True)
    single = np.ones(len(own))
    products = np.bincount(inverse, np.concatenate([counts, single]), len(joined)).astype(float)
    met = np.bincount(inverse[: len(cells)], _choose_two(counts), len(joined))
    return joined, products, _choose_two(products) - met


def _overlap(
    truth: Tree, predicted: Tree, match: npt.ArrayLike | None, pairs: Callable[[Tree], Pairs]
) -> HierarchicalScores:
    terms = _terms(truth, predicted, match)
    size = max(int(codes.max()) for codes in terms) + 1
    actual, chosen = (
        np.unique(codes[above] * size + codes[below])
        for codes, (above, below) in zip(terms, map(pairs, (truth, predicted)), strict=True)
    )
    if not len(actual):
        raise ValueError("the true tree has one level: it has no pair of parent and child")
    shared = len(np.intersect1d(actual, chosen, assume_unique=True))
    return HierarchicalScores(
        precision=shared / len(chosen) if len(chosen) else 0.0,
        recall=shared / len(actual),
        f1=2 * shared / (len(chosen) + len(actual)),
    )


def _terms(truth: Tree, predicted: Tree, match: npt.ArrayLike | None) -> tuple[Codes, Codes]:
    """Give the nodes of both trees numbers, equal where two are one."""
    if match is None:
        codes = _codes([*truth.names, *predicted.names])
        return codes[: len(truth)], codes[len(truth) :]
    same = np.asarray(match)
    if same.shape != (len(predicted),) or (same.max(initial=0) >= len(truth)):
        raise ValueError(f"match must give each of {len(predicted)} nodes one of {len(truth)}")
    fresh = len(truth) + np.arange(len(predicted))
    return np.arange(len(truth)), np.where(same >= 0, same, fresh).astype(np.int64)


def _edges(tree: Tree) -> Pairs:
    """Parent and child, without the root's."""
    below = np.flatnonzero(tree.parents > ROOT)
    return tree.parents[below], below


def _ancestries(tree: Tree) -> Pairs:
    """Ancestor and node at any distance, without the root's."""
    above, below = _edges(tree)
    found = [(above, below)]
    while len(above):
        above = tree.parents[above]
        above, below = above[above > ROOT], below[above > ROOT]
        found.append((above, below))
    return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])


def _holdings(tree: Tree, ids: Mapping[ProductId, int]) -> sparse.csr_array:
    """Mark the products below each node, CSR [n, products]."""
    column = np.array([ids[product] for product in tree.products], dtype=np.int64)
    node, rows, columns = tree.homes, [tree.homes], [column]
    while (node > ROOT).any():
        node, column = tree.parents[node[node > ROOT]], column[node > ROOT]
        rows.append(node)
        columns.append(column)
    row, column = np.concatenate(rows), np.concatenate(columns)
    return sparse.csr_array((np.ones(len(row)), (row, column)), (len(tree), len(ids)))
