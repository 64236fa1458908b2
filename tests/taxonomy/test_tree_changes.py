"""Every edit returns a new tree and a record, and any two versions have a script between them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogkit.datasets.errors import DataError
from catalogkit.taxonomy.changes import (
    Add,
    Change,
    Identify,
    Merge,
    Move,
    Part,
    Place,
    Remove,
    Rename,
    Split,
    Withdraw,
    edit,
    from_json,
    replay,
    to_json,
)
from catalogkit.taxonomy.differences import ProductStep, Step, diff
from catalogkit.taxonomy.tree import ProductId, Tree

Trees = st.SearchStrategy[Tree]
Homes = dict[ProductId, tuple[str, ...]]

FOOD, TEA, GREEN, RICE = ("Food",), ("Food", "Tea"), ("Food", "Tea", "Green"), ("Food", "Rice")
HOME, LAMPS = ("Home",), ("Home", "Lamps")


def places(tree: Tree) -> Homes:
    """Give the path of every product."""
    return {product: tree.paths[node] for product, node in tree.home_of.items()}


@pytest.mark.parametrize(
    ("change", "paths", "homes"),
    [
        (Add(("Toys",), "7"), {FOOD, TEA, GREEN, RICE, HOME, LAMPS, ("Toys",)}, {}),
        (
            Rename(TEA, "Teas"),
            {FOOD, ("Food", "Teas"), ("Food", "Teas", "Green"), RICE, HOME, LAMPS},
            {1: ("Food", "Teas", "Green"), 2: ("Food", "Teas")},
        ),
        (
            Move(TEA, ("Home", "Hot")),
            {FOOD, RICE, HOME, LAMPS, ("Home", "Hot"), ("Home", "Hot", "Green")},
            {1: ("Home", "Hot", "Green"), 2: ("Home", "Hot")},
        ),
        (Merge(GREEN, TEA), {FOOD, TEA, RICE, HOME, LAMPS}, {1: TEA}),
        (
            Merge(FOOD, HOME),
            {HOME, LAMPS, ("Home", "Tea"), ("Home", "Tea", "Green"), ("Home", "Rice")},
            {1: ("Home", "Tea", "Green"), 2: ("Home", "Tea"), 3: ("Home", "Rice")},
        ),
        (
            Split(TEA, (Part("Black", (2,)), Part("Herbal", (), ("Green",)))),
            {FOOD, ("Food", "Black"), ("Food", "Herbal"), ("Food", "Herbal", "Green"), RICE, HOME,
             LAMPS},
            {1: ("Food", "Herbal", "Green"), 2: ("Food", "Black")},
        ),
        (
            Split(TEA, (Part("Black", (2,)),)),
            {FOOD, TEA, GREEN, ("Food", "Black"), RICE, HOME, LAMPS},
            {2: ("Food", "Black")},
        ),
        (Place(HOME, (3, 5)), {FOOD, TEA, GREEN, RICE, HOME, LAMPS}, {3: HOME, 5: HOME}),
    ],
)  # fmt: skip
def test_an_edit_does_what_it_says(
    shop: Tree, change: Change, paths: set[tuple[str, ...]], homes: Homes
) -> None:
    """On six nodes where the result is known; the old tree stays as it was."""
    before = places(shop)
    tree, record = edit(shop, change)
    assert set(tree.paths) - {()} == paths
    assert places(tree) == {**before, **homes}
    assert replay(shop, from_json(to_json([record]))) == tree
    assert places(shop) == before
    assert len(shop) == 7


def test_products_are_withdrawn_and_bare_leaves_removed(shop: Tree) -> None:
    """In this order only."""
    tree = replay(shop, [Withdraw(LAMPS, (4,)), Remove(LAMPS), Remove(HOME)])
    assert set(tree.paths) == {(), FOOD, TEA, GREEN, RICE}
    assert 4 not in tree.home_of


def test_children_with_equal_names_merge_in_turn() -> None:
    """Two spellings of one department, each with tea."""
    paths = [("Food", "Tea", "Green"), ("Fodd", "Tea", "Black"), ("Fodd", "Tea")]
    tree = replay(Tree.from_paths(paths, "abc"), [Merge(("Fodd",), FOOD)])
    assert places(tree) == {"a": GREEN, "b": ("Food", "Tea", "Black"), "c": TEA}


def test_a_node_may_merge_into_its_parent_although_its_child_has_its_name() -> None:
    """The name is free when the child comes up."""
    tree = Tree.from_paths([("Food", "Tea", "Tea")], ["a"])
    assert places(edit(tree, Merge(TEA, FOOD)).tree) == {"a": TEA}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (Add(TEA), "'Food' has a child 'Tea' already"),
        (Add(("Toys", "Dolls")), "there is no node 'Toys'"),
        (Add(()), "the root is there already"),
        (Add((*TEA, " x")), "the name ' x' begins or ends with a space"),
        (Add((*TEA, "x"), "a b"), "the key 'a b' holds a space"),
        (Remove(TEA), "'Food > Tea' has 1 children and 1 products"),
        (Remove(()), "has 2 children"),
        (Rename((), "x"), "the root cannot be renamed"),
        (Rename(TEA, "Rice"), "'Food' has a child 'Rice' already"),
        (Move(FOOD, ("Food", "Tea", "Food")), "'Food' cannot move below itself"),
        (Move(FOOD, (*GREEN, "Food")), "'Food' cannot move below itself"),
        (Move(FOOD, ()), "nothing can become the root"),
        (Merge(FOOD, TEA), "'Food' cannot merge into 'Food > Tea'"),
        (Merge(TEA, TEA), "which is itself or below it"),
        (Split(TEA, (Part("Tea"),)), "has a child 'Tea' already"),
        (Split(TEA, (Part("x", (3,)),)), "product 3 does not sit on the node"),
        (Split(TEA, (Part("x", (), ("Blue",)),)), "there is no node 'Food > Tea > Blue'"),
        (Identify((), "1"), "the root cannot be"),
        (Place(TEA, (1.5,)), "1.5 is not a product id"),  # type: ignore[arg-type]
        (Place(TEA, ("x",)), "some product ids are strings"),
        (Withdraw(TEA, (3,)), "product 3 does not sit there"),
    ],
)
def test_an_edit_that_makes_no_tree_is_refused(shop: Tree, change: Change, message: str) -> None:
    """The message names the node and what to do, and the tree is what it was."""
    with pytest.raises(DataError, match=re.escape(message)):
        edit(shop, change)
    assert len(shop) == 7


def test_the_change_that_fails_is_numbered(shop: Tree) -> None:
    """In a replay of several."""
    with pytest.raises(DataError, match=r"change 2, Rename\(path=\('Fod',\), name='x'\): there is"):
        replay(shop, [Rename(FOOD, "Meals"), Rename(("Fod",), "x")])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("{}", "a JSON list"),
        ('[{"change": "add", "path": ["a"]}, {"change": "shred"}]', "change 2 cannot be read"),
        ("[3]", "change 1 cannot be read (not an object)"),
        ('[{"change": "add"}]', "change 1 cannot be read"),
        ('[{"change": ["add"]}]', "change 1 cannot be read"),
        ('[{"change": "add", "path": "abc"}]', "path is not a list"),
        ('[{"change": "add", "path": [["a"]]}]', "path is not a list"),
        ('[{"change": "split", "path": ["a"], "parts": [{}]}]', "change 1 cannot be read"),
        ('[{"change": "split", "path": ["a"], "parts": 3}]', "change 1 cannot be read"),
    ],
)
def test_a_record_that_cannot_be_read_is_numbered(text: str, message: str) -> None:
    """The message lists the kinds there are."""
    with pytest.raises(DataError, match=re.escape(message)):
        from_json(text)


# ---- two versions


def test_no_difference_is_none(shop: Tree) -> None:
    """Not a single change."""
    found = diff(shop, Tree(shop.names, shop.parents, shop.keys, shop.products, shop.homes))
    assert found.changes == ()


def test_a_renamed_node_with_products_is_one_change(shop: Tree) -> None:
    """Not one removed and one added; what is below goes with it."""
    found = diff(shop, replay(shop, [Rename(TEA, "Teas")]))
    assert found.changes == (Rename(TEA, "Teas"),)
    assert found.renamed == (Step(TEA, ("Food", "Teas")),)
    assert (found.added, found.removed, found.moved, found.products_moved) == ((), (), (), ())


def test_a_moved_subtree_without_products_or_keys_is_one_change() -> None:
    """Its name tells, and what is below stands below it still."""
    paths = [("Food", "Tea", "Green"), ("Food", "Tea", "Other"), ("Food", "Other"), ("Drinks",)]
    old = Tree.from_paths(paths)
    found = diff(old, replay(old, [Move(TEA, ("Drinks", "Tea"))]))
    assert found.changes == (Move(TEA, ("Drinks", "Tea")),)
    assert found.moved == (Step(TEA, ("Drinks", "Tea")),)


def test_a_renamed_parent_is_known_by_its_children() -> None:
    """Without products or keys."""
    old = Tree.from_paths([("Food", "Tea"), ("Food", "Rice"), ("Home",)])
    assert diff(old, replay(old, [Rename(FOOD, "Meals")])).changes == (Rename(FOOD, "Meals"),)


def test_a_key_tells_what_was_renamed() -> None:
    """Where there is no other evidence at all."""
    old = Tree(("", "Tee", "Rice"), [-1, 0, 0], ("", "1", "2"))
    new = Tree(("", "Tea", "Reis"), [-1, 0, 0], ("", "1", "2"))
    assert diff(old, new).renamed == (Step(("Rice",), ("Reis",)), Step(("Tee",), ("Tea",)))


def test_the_larger_part_of_a_node_is_still_the_node() -> None:
    """Two of three products went under a new name, one under another."""
    old = Tree.from_paths([("Hot drinks",)] * 3, "abc")
    new = Tree.from_paths([("Tea",), ("Tea",), ("Coffee",)], "abc")
    found = diff(old, new)
    assert found.renamed == (Step(("Hot drinks",), ("Tea",)),)
    assert found.added == (("Coffee",),)
    assert found.products_moved == (ProductStep("c", ("Hot drinks",), ("Coffee",)),)


def test_a_name_alone_does_not_make_one_node_of_two() -> None:
    """Where both have products and share none."""
    old = Tree.from_paths([("Food", "Other"), ("Home",)], "ab")
    new = Tree.from_paths([("Food",), ("Home", "Other")], "ab")
    found = diff(old, new)
    assert (found.added, found.removed) == ((("Home", "Other"),), (("Food", "Other"),))
    assert found.moved == ()


def test_products_that_moved_are_told_from_nodes_that_moved(shop: Tree) -> None:
    """A product in a moved node has not moved."""
    new = replay(shop, [Move(TEA, ("Home", "Tea")), Place(RICE, (4,)), Withdraw(RICE, (3,))])
    found = diff(shop, new)
    assert found.moved == (Step(TEA, ("Home", "Tea")),)
    assert found.products_moved == (ProductStep(4, LAMPS, RICE),)
    assert found.products_removed == ((3, RICE),)
    assert found.products_added == ()


def test_two_nodes_that_swap_names_step_aside() -> None:
    """Keys say who is who; no step of the replay has two siblings of one name."""
    old = Tree(("", "a", "b"), [-1, 0, 0], ("", "1", "2"))
    new = Tree(("", "a", "b"), [-1, 0, 0], ("", "2", "1"))
    found = diff(old, new)
    assert found.renamed == (Step(("b",), ("a",)), Step(("a",), ("b",)))
    assert replay(old, found.changes) == new


def test_a_parent_and_its_child_may_swap() -> None:
    """No step moves a node below itself."""
    old = Tree(("", "a", "b"), [-1, 0, 1], ("", "1", "2"))
    new = Tree(("", "b", "a"), [-1, 0, 1], ("", "2", "1"))
    assert replay(old, diff(old, new).changes) == new


@given(data=st.data())
@settings(max_examples=150)
def test_a_difference_leads_from_any_tree_to_any_other(data: st.DataObject, trees: Trees) -> None:
    """Also by way of JSON."""
    old, new = data.draw(trees), data.draw(trees)
    found = diff(old, new)
    assert replay(old, from_json(to_json(found.changes))) == new
    assert len(new) == len(old) + len(found.added) - len(found.removed)
    if old == new:
        assert found.changes == ()


@given(data=st.data())
def test_a_rename_or_move_of_keyed_nodes_is_found_again(data: st.DataObject, trees: Trees) -> None:
    """Whatever the tree: the difference is that one change."""
    tree = data.draw(trees)
    keyed = Tree(tree.names, tree.parents, ("", *map(str, range(1, len(tree)))))
    node = data.draw(st.integers(1, len(tree) - 1))
    path = tree.paths[node]
    above = data.draw(st.sampled_from([p for p in tree.paths if p[: len(path)] != path]))
    change = data.draw(st.sampled_from([Rename(path, "new"), Move(path, (*above, "new"))]))
    found = diff(keyed, replay(keyed, [change]))
    assert [type(step) for step in found.changes] in ([Rename], [Move])
    assert replay(keyed, found.changes) == replay(keyed, [change])
