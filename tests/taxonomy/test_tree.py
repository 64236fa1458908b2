"""A tree keeps its invariants, whatever it is made of, and answers where things are."""

from __future__ import annotations

import re
import time
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogkit.datasets.errors import DataError
from catalogkit.taxonomy.tree import Tree

Trees = st.SearchStrategy[Tree]


def as_digraph(tree: Tree) -> nx.DiGraph[int]:
    """Hand the tree to an independent library."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(tree)))
    graph.add_edges_from((int(p), node) for node, p in enumerate(tree.parents) if p >= 0)
    return graph


def test_nodes_stand_in_preorder_siblings_by_name(shop: Tree) -> None:
    """The order is that of the sorted paths; ancestors are added."""
    assert shop.paths == (
        (), ("Food",), ("Food", "Rice"), ("Food", "Tea"), ("Food", "Tea", "Green"), ("Home",),
        ("Home", "Lamps"),
    )  # fmt: skip
    assert shop.parents.tolist() == [-1, 0, 1, 1, 3, 0, 5]
    assert shop.depths.tolist() == [0, 1, 2, 2, 3, 1, 2]
    assert shop.leaves.tolist() == [2, 4, 6]
    assert repr(shop) == "Tree(6 nodes, 3 levels, 4 products)"


def test_relatives_are_found(shop: Tree) -> None:
    """By node: children, ancestors from the parent up, descendants as a range."""
    tea = shop.find(("Food", "Tea"))
    assert shop.path(tea) == ("Food", "Tea")
    assert shop.children(shop.find(["Food"])).tolist() == [2, 3]
    assert shop.children(tea).tolist() == [4]
    assert shop.ancestors(4) == [3, 1, 0]
    assert list(shop.descendants(1)) == [2, 3, 4]
    assert shop.lowest_common_ancestor([4, 4, 2], [2, 6, 2]).tolist() == [1, 0, 2]


def test_products_are_found_on_a_node_and_below(shop: Tree) -> None:
    """And keep the order and the type they were given in."""
    assert shop.products == (1, 2, 3, 4)
    assert shop.homes.tolist() == [4, 3, 2, 6]
    assert shop.products_at(3) == (2,)
    assert shop.products_below(1) == (3, 2, 1)
    assert shop.home_of == {1: 4, 2: 3, 3: 2, 4: 6}


@pytest.mark.parametrize("node", [-1, 7])
def test_a_number_that_is_no_nodes_has_no_ancestor(shop: Tree, node: int) -> None:
    """Climbing from there would not end."""
    with pytest.raises(ValueError, match="from 0 below 7"):
        shop.lowest_common_ancestor([1, node], 2)


def test_a_path_that_is_not_there_is_named_with_the_nearest(shop: Tree) -> None:
    """A typing mistake is met with what was meant."""
    with pytest.raises(DataError, match=r"no node 'Food > Tee'.*did you mean 'Food > Tea'\?"):
        shop.find(("Food", "Tee"))


@given(data=st.data())
def test_it_agrees_with_networkx(data: st.DataObject, trees: Trees) -> None:
    """Descendants, ancestors and lowest common ancestors of drawn trees."""
    tree = data.draw(trees)
    graph = as_digraph(tree)
    assert nx.is_arborescence(graph)
    left, right = np.divmod(np.arange(len(tree) ** 2), len(tree))
    common = dict(nx.all_pairs_lowest_common_ancestor(graph))
    found = tree.lowest_common_ancestor(left, right).tolist()
    for a, b, lca in zip(left.tolist(), right.tolist(), found, strict=True):
        assert lca == common.get((a, b), common.get((b, a)))
    for node in range(len(tree)):
        assert set(tree.descendants(node)) == nx.descendants(graph, node)
        assert set(tree.ancestors(node)) == nx.ancestors(graph, node)


@given(data=st.data())
def test_the_order_of_nodes_does_not_matter(data: st.DataObject, awkward_trees: Trees) -> None:
    """Shuffled nodes make an equal tree with an equal hash."""
    tree = data.draw(awkward_trees)
    order = np.array(data.draw(st.permutations(range(len(tree)))))
    place = np.append(np.argsort(order), -1)
    again = Tree(
        tuple(tree.names[i] for i in order),
        place[tree.parents[order]],
        tuple(tree.keys[i] for i in order),
        tree.products[::-1],
        place[tree.homes][::-1],
    )
    assert again == tree
    assert hash(again) == hash(tree)
    assert again.names == tree.names


def test_trees_that_differ_are_not_equal(shop: Tree) -> None:
    """In a name, a parent, a key or a product's place."""
    names, parents, keys = shop.names, shop.parents, shop.keys
    products, homes = shop.products, shop.homes
    others = [
        Tree((*names[:-1], "Lamp"), parents, keys, products, homes),
        Tree(names, [-1, 0, 1, 1, 3, 0, 1], keys, products, homes),
        Tree(names, parents, ("", "1", *keys[2:]), products, homes),
        Tree(names, parents, keys, products, [4, 4, 2, 6]),
        Tree(names, parents, keys, products[:3], homes[:3]),
    ]
    assert not [other for other in others if other == shop]


def test_a_tree_cannot_be_written_to(shop: Tree) -> None:
    """Neither its fields nor their contents."""
    with pytest.raises(AttributeError):
        shop.names = ()  # type: ignore[misc]
    for array in (shop.parents, shop.homes, shop.depths, shop.ends, shop.leaves):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


SOUND: dict[str, Any] = {"names": ("", "a", "b"), "parents": [-1, 0, 1]}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"parents": [-1, -1, 0]}, "2 nodes have no parent: a tree has one root"),
        ({"parents": [1, 2, 0]}, "every node has a parent"),
        ({"parents": [-1, 2, 1]}, "node 1 ('a') is in a cycle or below one"),
        ({"parents": [-1, 0, 7]}, "the parent of node 2 ('b') does not exist"),
        ({"parents": [-1, 0, -2]}, "the parent of node 2 ('b') does not exist"),
        ({"parents": [-1, 0]}, "one name, one parent"),
        ({"parents": [-1, 0, 0.5]}, "parents must be whole numbers"),
        ({"names": ("", "a", "a"), "parents": [-1, 0, 0]}, "children of the root are called 'a'"),
        ({"names": ("top", "a", "b")}, "the root has no name"),
        ({"names": ("", "a", "")}, "a name is empty"),
        ({"names": ("", "a", " b")}, "the name ' b' begins or ends with a space"),
        ({"names": ("", "a", "b\nc")}, "holds a line break or control character"),
        ({"names": ("", "a", "b" * 1_001)}, "a name of 1,001 characters, 'bbbbbbbbbbbbbbbbbbbb'…"),
        ({"names": ("", "a", 3)}, "3 is not a name"),
        ({"keys": ("", "1", "1")}, "two nodes have the key '1'"),
        ({"keys": ("", "1", "a b")}, "the key 'a b' holds a space"),
        ({"keys": ("", "1", 2)}, "2 is not a key"),
        ({"keys": ("0", "", "")}, "the root has no name and no key"),
        ({"products": ("x", "x"), "homes": [1, 2]}, "product 'x' has two places"),
        ({"products": ("x", 1), "homes": [1, 2]}, "some product ids are strings"),
        ({"products": ("x",), "homes": [3]}, "product 'x' sits on no node: 3"),
        ({"products": ("x",), "homes": [-1]}, "product 'x' sits on no node: -1"),
        ({"products": ("x",), "homes": []}, "1 products and 0 homes"),
        ({"products": (1.5,), "homes": [1]}, "1.5 is not a product id"),
        ({"products": (True,), "homes": [1]}, "True is not a product id"),
        ({"products": ("",), "homes": [1]}, "is empty or holds a control character"),
        ({"products": (2**63,), "homes": [1]}, "more than 64 bits"),
    ],
)
def test_what_is_no_tree_is_refused(changed: dict[str, Any], message: str) -> None:
    """The message names the node or product and says what to do."""
    with pytest.raises(DataError, match=re.escape(message)):
        Tree(**{**SOUND, **changed})


@pytest.mark.parametrize(
    ("paths", "products", "message"),
    [
        (["Food"], None, "a path is a tuple of names"),
        ([("Food",)], [1, 2], "2 products for 1 paths"),
        ([("Food",), ("Tea",)], [1, 1], "product 1 has two places"),
    ],
)
def test_paths_that_make_no_tree_are_refused(
    paths: list[tuple[str]], products: list[int] | None, message: str
) -> None:
    """A string would otherwise be a path of letters."""
    with pytest.raises(DataError, match=message):
        Tree.from_paths(paths, products)


def test_a_product_may_sit_on_the_root() -> None:
    """A catalog's product without labels has the path ()."""
    tree = Tree.from_paths([(), ("a",)], ["x", "y"])
    assert tree.products_at(0) == ("x",)


def test_depth_is_no_limit() -> None:
    """A chain of 5,000 nodes, far beyond Python's recursion limit."""
    chain = Tree(("", *(f"n{i}" for i in range(5_000))), np.arange(-1, 5_000))
    assert chain.depths.max() == 5_000
    assert chain.lowest_common_ancestor([5_000], [17]).tolist() == [17]


def test_a_hundred_thousand_products_take_a_moment() -> None:
    """Grown and asked in a few CPU-seconds; a quadratic step would take minutes."""
    paths = [(f"d{i % 30}", f"c{i % 300}", f"t{i % 30_000}", f"s{i}") for i in range(100_000)]
    start = time.process_time()
    tree = Tree.from_paths(paths, range(100_000))
    assert len(tree.leaves) == 100_000
    assert len(tree.products_below(0)) == 100_000
    assert tree.lowest_common_ancestor(tree.homes, tree.homes[::-1]).shape == (100_000,)
    assert time.process_time() - start < 4
