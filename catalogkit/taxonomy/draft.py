"""A tree under the pencil: edits one after another, and one check when it is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from catalogkit.datasets.errors import DataError
from catalogkit.taxonomy.names import demand, key_fault, name_fault, product_fault, show
from catalogkit.taxonomy.tree import ROOT, Path, ProductId, Tree

GONE = -2  # the parent of a node that hangs nowhere


class Draft:
    """A mutable copy of a tree, whose nodes keep the numbers they have in it.

    An edit costs no more than what it touches, so that thousands of changes are replayed in about
    the time of one. Every edit raises DataError when it cannot be made; the draft may then be half
    changed and is to be thrown away.
    """

    def __init__(self, tree: Tree) -> None:
        self.names = list(tree.names)
        self.keys = list(tree.keys)
        self.parents: list[int] = tree.parents.tolist()
        self.children: list[dict[str, int]] = [{} for _ in self.names]
        self.held: list[dict[ProductId, None]] = [{} for _ in self.names]
        self.homes = dict(tree.home_of)
        for node, parent in enumerate(tree.parents.tolist()[1:], start=1):
            self.children[parent][self.names[node]] = node
        for product, home in self.homes.items():
            self.held[home][product] = None

    def tree(self) -> Tree:
        """Return the tree as it stands now. Raises DataError when keys are not unique."""
        kept = [node for node, parent in enumerate(self.parents) if parent != GONE]
        place = np.full(len(self.names) + 1, -1, dtype=np.int32)
        place[kept] = np.arange(len(kept))
        return Tree(
            names=tuple(self.names[node] for node in kept),
            parents=place[[self.parents[node] for node in kept]],
            keys=tuple(self.keys[node] for node in kept),
            products=tuple(self.homes),
            homes=place[np.fromiter(self.homes.values(), dtype=np.int32)],
        )

    def find(self, path: Sequence[str]) -> int:
        """Return the node with this path."""
        node: int | None = ROOT
        for name in path:
            node = None if node is None else self.children[node].get(name)
        if node is None:
            raise DataError(f"there is no node {show(path)}.")
        return node

    def path(self, node: int) -> Path:
        """Return the path of a node."""
        names: list[str] = []
        while node != ROOT:
            names.append(self.names[node])
            node = self.above(node)
        return tuple(reversed(names))

    def above(self, node: int) -> int:
        """Return the parent of a node other than the root."""
        parent = self.parents[node]
        if parent < 0:
            raise DataError("the root cannot be renamed, moved, merged, split or removed.")
        return parent

    def add(self, parent: int, name: str, key: str = "") -> int:
        """Add a node and return it."""
        demand(key_fault(key))
        node = len(self.names)
        self.names.append(name)
        self.keys.append(key)
        self.parents.append(GONE)
        self.children.append({})
        self.held.append({})
        self._attach(node, parent, name)
        return node

    def identify(self, node: int, key: str) -> None:
        """Give a node a key, or "" for none."""
        demand(key_fault(key))
        self.above(node)
        self.keys[node] = key

    def remove(self, node: int) -> None:
        """Remove a node on which nothing hangs."""
        if self.children[node] or self.held[node]:
            raise DataError(
                f"{show(self.path(node))} has {len(self.children[node])} children and "
                f"{len(self.held[node])} products: move them first, or merge it into another."
            )
        self._detach(node)

    def move(self, node: int, parent: int, name: str) -> None:
        """Hang a node, with all below it, under a parent, by a name that may be new."""
        if self._is_within(parent, node):
            what = f"{show(self.path(node))} cannot move below itself"
            raise DataError(f"{what}, to {show((*self.path(parent), name))}.")
        self._detach(node)
        self._attach(node, parent, name)

    def merge(self, node: int, into: int) -> None:
        """Give all that hangs on a node to another; children with equal names merge in turn."""
        if self._is_within(into, node):
            what = f"{show(self.path(node))} cannot merge into {show(self.path(into))}"
            raise DataError(f"{what}, which is itself or below it.")
        self._detach(node)
        pairs = [(node, into)]
        while pairs:
            source, target = pairs.pop()
            self.place(list(self.held[source]), target)
            for name, child in list(self.children[source].items()):
                self._detach(child)
                if name in self.children[target]:
                    pairs.append((child, self.children[target][name]))
                else:
                    self._attach(child, target, name)

    def place(self, products: Iterable[ProductId], node: int) -> None:
        """Put products, known or new, on a node."""
        for product in products:
            demand(product_fault(product))
            if product in self.homes:
                del self.held[self.homes[product]][product]
            self.homes[product] = node
            self.held[node][product] = None

    def withdraw(self, products: Iterable[ProductId]) -> None:
        """Take products out of the tree."""
        for product in products:
            if product not in self.homes:
                raise DataError(f"there is no product {product!r} to withdraw.")
            del self.held[self.homes.pop(product)][product]

    def _attach(self, node: int, parent: int, name: str) -> None:
        demand(name_fault(name))
        if name in self.children[parent]:
            what = f"{show(self.path(parent))} has a child {name!r} already"
            raise DataError(f"{what}: choose another name, or merge the two.")
        self.children[parent][name] = node
        self.parents[node] = parent
        self.names[node] = name

    def _detach(self, node: int) -> None:
        del self.children[self.above(node)][self.names[node]]
        self.parents[node] = GONE

    def _is_within(self, node: int, top: int) -> bool:
        while node not in (top, ROOT):
            node = self.above(node)
        return node == top
