"""Scores of a taxonomy on cases whose answer is known, and beside independent libraries."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.corpus.reader.wordnet import Synset
from sklearn.metrics import adjusted_mutual_info_score

from catalogkit.evaluation import classification
from catalogkit.ranking import Ranking
from catalogkit.taxonomy import scores
from catalogkit.taxonomy.scores import (
    HierarchicalScores,
    adjusted_mutual_information,
    ancestor_scores,
    dendrogram_purity,
    edge_scores,
    judge_placement,
    match_by_products,
    wu_palmer,
)
from catalogkit.taxonomy.tree import Tree

Trees = st.SearchStrategy[Tree]


def by_hand(tree: Tree, labels: list[str]) -> float:
    """Dendrogram purity from its definition, pair by pair."""
    purities = []
    for i, j in combinations(range(len(labels)), 2):
        if labels[i] == labels[j]:
            lca = int(tree.lowest_common_ancestor(tree.homes[i], tree.homes[j]))
            below = [labels[tree.products.index(p)] for p in tree.products_below(lca)]
            purities.append(below.count(labels[i]) / len(below))
    return float(np.mean(purities))


# ---- clusters


def test_equal_partitions_agree_fully_and_independent_ones_not() -> None:
    """Labels may be paths; scikit-learn gives the value in between."""
    truth = [("a",), ("a",), ("b",), ("b",)]
    assert adjusted_mutual_information(truth, ["x", "x", "y", "y"]) == 1
    assert adjusted_mutual_information(truth, [1, 2, 1, 2]) < 0
    uneven = [0, 0, 1, 1, 2, 2, 0], [0, 0, 1, 2, 2, 2, 1]
    assert adjusted_mutual_information(*uneven) == adjusted_mutual_info_score(*uneven)


@pytest.mark.parametrize(("truth", "clusters"), [([1, 2], [1]), ([], [])])
def test_partitions_of_different_things_are_refused(truth: list[int], clusters: list[int]) -> None:
    """And of nothing."""
    with pytest.raises(ValueError, match="one cluster per label"):
        adjusted_mutual_information(truth, clusters)


def test_purity_is_one_when_each_class_has_a_subtree() -> None:
    """However deep the subtree is cut."""
    tree = Tree.from_paths([("a", "x"), ("a", "y"), ("b",), ("b",)], range(4))
    assert dendrogram_purity(tree, ["A", "A", "B", "B"]) == 1


def test_purity_of_five_products_by_hand() -> None:
    """A: one pair meets in a, 2/3, two at the root, 3/5; B: one pair at the root, 2/5."""
    tree = Tree.from_paths([("a",), ("a",), ("a",), ("b",), ("b",)], range(5))
    expected = (2 / 3 + 3 / 5 + 3 / 5 + 2 / 5) / 4
    assert dendrogram_purity(tree, list("AABBA")) == pytest.approx(expected, abs=1e-12)


@given(data=st.data())
def test_purity_agrees_with_its_definition(data: st.DataObject, trees: Trees) -> None:
    """On drawn trees with products on inner nodes too."""
    tree = data.draw(trees.filter(lambda tree: len(tree.products) > 2))
    size = len(tree.products)
    labels = data.draw(st.lists(st.sampled_from("AB"), min_size=size, max_size=size))
    assert dendrogram_purity(tree, labels) == pytest.approx(by_hand(tree, labels), abs=1e-12)


def test_a_flat_tree_has_the_purity_of_the_classes_shares() -> None:
    """100,000 products on the root: exact, no sample."""
    labels = ["A"] * 60_000 + ["B"] * 40_000
    pairs = np.array([60_000 * 59_999, 40_000 * 39_999])
    tree = Tree.from_paths([()] * 100_000, range(100_000))
    expected = float(pairs @ [0.6, 0.4] / pairs.sum())
    assert dendrogram_purity(tree, labels) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("labels", "message"), [(list("ABCD"), "no two products share"), (["A"], "1 labels for 4")]
)
def test_purity_without_pairs_is_refused(shop: Tree, labels: list[str], message: str) -> None:
    """It would be 0 / 0."""
    with pytest.raises(ValueError, match=message):
        dendrogram_purity(shop, labels)


# ---- edges and ancestors

TRUE = Tree.from_paths([("Food", "Tea", "Green"), ("Food", "Rice")])
SKIPPED = Tree.from_paths([("Food", "Green"), ("Food", "Rice"), ("Tea",)])


def test_edges_by_hand() -> None:
    """True: Food-Tea, Tea-Green, Food-Rice; predicted: Food-Green, Food-Rice; one in common."""
    assert edge_scores(TRUE, SKIPPED) == HierarchicalScores(1 / 2, 1 / 3, 2 / 5)


def test_ancestors_by_hand() -> None:
    """True: the three edges and Food-Green; predicted: Food-Green, Food-Rice; two in common."""
    assert ancestor_scores(TRUE, SKIPPED) == HierarchicalScores(1.0, 1 / 2, 2 / 3)


def test_a_flat_tree_finds_no_pair() -> None:
    """And scores 0; as truth it is refused."""
    flat = Tree.from_paths([("Food",), ("Tea",)])
    assert edge_scores(TRUE, flat) == HierarchicalScores(0.0, 0.0, 0.0)
    with pytest.raises(ValueError, match="the true tree has one level"):
        ancestor_scores(flat, TRUE)


@given(data=st.data())
def test_pairs_agree_with_sets_of_names(data: st.DataObject, trees: Trees) -> None:
    """Drawn trees in which names repeat, counted with Python's sets."""
    deep = trees.filter(lambda tree: bool(tree.depths.max() > 1))
    truth, predicted = data.draw(deep), data.draw(trees)
    for score, far in ((edge_scores, 1), (ancestor_scores, 99)):
        actual, chosen = (
            {
                (path[start], path[-1])
                for path in tree.paths
                for start in range(max(0, len(path) - 1 - far), len(path) - 1)
            }
            for tree in (truth, predicted)
        )
        found = score(truth, predicted)
        assert found.recall == len(actual & chosen) / len(actual)
        assert found.precision == (len(actual & chosen) / len(chosen) if chosen else 0)
        assert found.f1 == 2 * len(actual & chosen) / (len(actual) + len(chosen))


def test_nodes_without_names_are_matched_by_their_products() -> None:
    """A cluster is the true node with which it shares more than half; the rest is none."""
    truth = Tree.from_paths([("a", "x")] * 3 + [("a", "y")] * 3 + [("b",)] * 2, range(8))
    paths = [("1", "2")] * 3 + [("1", "3")] * 2 + [("4",)] + [("5",), ("6",)]
    predicted = Tree.from_paths(paths, range(8))
    match = match_by_products(truth, predicted)
    assert [truth.paths[node] if node >= 0 else None for node in match] == [
        (), ("a",), ("a", "x"), ("a", "y"), None, ("b",), None
    ]  # fmt: skip
    assert edge_scores(truth, predicted, match) == HierarchicalScores(1.0, 1.0, 1.0)
    strict = match_by_products(truth, predicted, least=0.7)
    assert edge_scores(truth, predicted, strict) == HierarchicalScores(1 / 2, 1 / 2, 1 / 2)


@given(data=st.data())
def test_a_tree_with_other_names_matches_itself(data: st.DataObject, trees: Trees) -> None:
    """Where every node has a product of its own."""
    drawn = data.draw(trees)
    nodes = range(len(drawn))
    tree = Tree(drawn.names, drawn.parents, products=nodes, homes=nodes)
    renamed = Tree(("", *(f"{9 - i % 9}-{i}" for i in nodes[1:])), drawn.parents,
                   products=nodes, homes=nodes)  # fmt: skip
    match = match_by_products(tree, renamed)
    assert [tree.products_at(node) for node in match] == [renamed.products_at(n) for n in nodes]


@pytest.mark.parametrize("match", [[0], [0, 9, 1, 2]])
def test_a_match_of_other_trees_is_refused(match: list[int]) -> None:
    """It must give each predicted node a true one."""
    with pytest.raises(ValueError, match="match must give each of 5 nodes one of 5"):
        edge_scores(TRUE, SKIPPED, match)


def test_a_match_needs_something_in_common() -> None:
    """Zero would match what shares nothing."""
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        match_by_products(TRUE, TRUE, least=0)


# ---- placement and likeness


def test_placement_is_hit_at_k_and_mrr() -> None:
    """True parents on position 1, 3 and nowhere."""
    ranking = Ranking([[4, 2, 0], [1, 2, 3], [1, 2, -1]], [[3, 2, 1], [3, 2, 1], [2, 1, -np.inf]])
    judged = judge_placement(ranking, [4, 3, 0], nodes=5)
    assert judged.hit_rate(1).tolist() == [1, 0, 0]
    assert judged.hit_rate(3).tolist() == [1, 1, 0]
    assert judged.reciprocal_rank().tolist() == [1, 1 / 3, 0]


@pytest.mark.parametrize("parents", [[5], [-1], [0.5], [[1]]])
def test_a_parent_that_is_no_node_is_refused(parents: list[float]) -> None:
    """Nodes are numbered from 0."""
    with pytest.raises(ValueError, match="from 0 below 5"):
        judge_placement(Ranking([[1]], [[1.0]]), parents, nodes=5)


def test_wu_palmer_by_hand(shop: Tree) -> None:
    """Green (depth 4 with the root's 1) and Rice (3) part at Food (2): 4 / 7."""
    green, rice = shop.find(("Food", "Tea", "Green")), shop.find(("Food", "Rice"))
    lamps = shop.find(("Home", "Lamps"))
    found = wu_palmer(shop, [green, green, rice], [rice, green, lamps])
    np.testing.assert_allclose(found, [4 / 7, 1, 1 / 3], atol=1e-15)


class Entry(Synset):  # type: ignore[misc]
    """A node of ours as WordNet's reader in nltk sees one; the data of WordNet are not needed."""

    def __init__(self, tree: Tree, node: int) -> None:
        super().__init__(None)
        self.tree, self.node = tree, node
        self._name, self._pos = f"{node}.n.01", "n"

    def _related(self, relation_symbol: str) -> list[Entry]:
        """Return the parent for "@", what a node is a kind of, and nothing for any other."""
        above = self.tree.ancestors(self.node)[:1] if relation_symbol == "@" else []
        return [Entry(self.tree, node) for node in above]

    def _needs_root(self) -> bool:
        return False


@given(data=st.data())
@settings(max_examples=40)
def test_wu_palmer_agrees_with_nltk(data: st.DataObject, trees: Trees) -> None:
    """All pairs of a drawn tree."""
    tree = data.draw(trees)
    left, right = np.divmod(np.arange(len(tree) ** 2), len(tree))
    expected = [
        Entry(tree, int(a)).wup_similarity(Entry(tree, int(b)), simulate_root=False)
        for a, b in zip(left, right, strict=True)
    ]
    np.testing.assert_allclose(wu_palmer(tree, left, right), expected, atol=1e-12)


def test_hierarchical_scores_are_the_evaluations() -> None:
    """No second definition."""
    assert scores.hierarchical_scores is classification.hierarchical_scores
