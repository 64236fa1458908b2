"""A taxonomy as an immutable tree whose nodes stand in preorder, so that a subtree is a range."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt

from catalogkit.datasets.errors import DataError
from catalogkit.taxonomy.invariants import (
    Nodes,
    as_nodes,
    check_nodes,
    check_products,
    frozen,
    preorder,
)
from catalogkit.taxonomy.names import show

Path: TypeAlias = tuple[str, ...]
ProductId: TypeAlias = str | int

ROOT = 0


def _no_nodes() -> Nodes:
    return np.zeros(0, dtype=np.int32)


@dataclass(frozen=True, eq=False, repr=False)
class Tree:
    """Named nodes below one nameless root, and the products that sit on them.

    names: n names, that of the root is ""; parents: int32[n], -1 for the root.
    keys: an identity for each node that outlives renaming, such as Google's number; "" for none.
    products: m ids, whole numbers or strings; homes: int32[m], the node each one sits on.
    Nodes may be given in any order; they are kept in preorder, siblings sorted by name, so that
    node 0 is the root, a parent precedes its children and equal trees have equal arrays. Products
    keep their order. A node's path is the names from below the root down to it; the root's is ().
    Raises DataError unless there is one root, all nodes hang on it, siblings differ in name, keys
    and products are unique and every product has a node.
    """

    names: tuple[str, ...]
    parents: Nodes
    keys: tuple[str, ...] = ()
    products: tuple[ProductId, ...] = ()
    homes: Nodes = field(default_factory=_no_nodes)

    def __post_init__(self) -> None:
        parents, homes = as_nodes(self.parents, "parents"), as_nodes(self.homes, "homes")
        keys = self.keys or ("",) * len(self.names)
        if not len(self.names) == len(parents) == len(keys):
            raise DataError("a tree needs one name, one parent and (or no) key for each node.")
        check_products(self.products, homes, len(parents))
        order = preorder(self.names, parents)
        place = np.full(len(order) + 1, -1, dtype=np.int32)  # the last one is the root's parent
        place[order] = np.arange(len(order))
        canonical = {
            "names": tuple(self.names[i] for i in order.tolist()),
            "parents": frozen(place[parents[order]]),
            "keys": tuple(keys[i] for i in order.tolist()),
            "products": tuple(self.products),
            "homes": frozen(place[homes]),
        }
        for name, value in canonical.items():
            object.__setattr__(self, name, value)
        check_nodes(self.names, self._parents, self.keys)

    @classmethod
    def from_paths(
        cls, paths: Iterable[Sequence[str]], products: Iterable[ProductId] | None = None
    ) -> Self:
        """Grow a tree from paths such as ("GROCERY", "CHEESE"); ancestors are added.

        products: one id for each path, put on the path's node; None makes nodes only. A catalog's
        tree is from_paths(catalog.path, catalog.product_id.tolist()).
        Raises DataError for a path that is a string, a name or product that is not allowed, and
        products that do not match the paths in number.
        """
        names, parents = [""], [-1]
        known: dict[Path, int] = {(): ROOT}
        ends = [_grow(path, names, parents, known) for path in paths]
        if products is None:
            return cls(tuple(names), np.array(parents, dtype=np.int32))
        ids = tuple(products)
        if len(ids) != len(ends):
            raise DataError(f"{len(ids)} products for {len(ends)} paths: give each one path.")
        homes = np.array(ends, dtype=np.int32)
        return cls(tuple(names), np.array(parents, dtype=np.int32), products=ids, homes=homes)

    def __len__(self) -> int:
        """Count the nodes, the root included."""
        return len(self.names)

    def __repr__(self) -> str:
        levels = int(self.depths.max())
        return f"Tree({len(self) - 1} nodes, {levels} levels, {len(self.products)} products)"

    def __eq__(self, other: object) -> bool:
        """Tell whether nodes, keys and the products' places agree; product order is no matter."""
        if not isinstance(other, Tree):
            return NotImplemented
        same = self.names == other.names and self.keys == other.keys
        same = same and np.array_equal(self.parents, other.parents)
        return same and self.home_of == other.home_of

    def __hash__(self) -> int:
        return hash((self.names, self.keys, self.parents.tobytes(), len(self.products)))

    @cached_property
    def depths(self) -> Nodes:
        """Edges between the root and each node, int32[n]."""
        depths = [-1] * (len(self) + 1)  # the last one is the root's parent
        for node, parent in enumerate(self.parents.tolist()):
            depths[node] = depths[parent] + 1
        return frozen(depths[:-1])

    @cached_property
    def ends(self) -> Nodes:
        """One past the last node of each node's subtree, int32[n]."""
        sizes = [1] * (len(self) + 1)
        for node in range(len(self) - 1, 0, -1):
            sizes[self._parents[node]] += sizes[node]
        return frozen(np.arange(len(self)) + sizes[:-1])

    @cached_property
    def leaves(self) -> Nodes:
        """Nodes without children, int32; the root is one only when it is alone."""
        return frozen(np.flatnonzero(self.ends == np.arange(len(self)) + 1))

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """The path of every node, n tuples of names."""
        paths: list[Path] = [()]
        for parent, name in zip(self._parents[1:], self.names[1:], strict=True):
            paths.append((*paths[parent], name))
        return tuple(paths)

    @cached_property
    def home_of(self) -> dict[ProductId, int]:
        """The node of each product."""
        return dict(zip(self.products, self.homes.tolist(), strict=True))

    def find(self, path: Sequence[str]) -> int:
        """Return the node with this path. Raises DataError that names the nearest path there is."""
        node = ROOT
        for depth, name in enumerate(path):
            if (node, name) not in self._slots:
                raise DataError(self._not_found(tuple(path), node, depth))
            node = self._slots[node, name]
        return node

    def path(self, node: int) -> Path:
        """Return the names from below the root down to the node."""
        return tuple(self.names[above] for above in reversed([node, *self.ancestors(node)][:-1]))

    def children(self, node: int) -> Nodes:
        """Return the nodes right below, int32, sorted by name."""
        order, starts = self._below
        return order[starts[node] : starts[node + 1]]

    def ancestors(self, node: int) -> list[int]:
        """Return parent, grandparent … up to the root, which itself has none."""
        above = []
        while node != ROOT:
            node = self._parents[node]
            above.append(node)
        return above

    def descendants(self, node: int) -> range:
        """Return all nodes below, without the node itself."""
        return range(node + 1, int(self.ends[node]))

    def lowest_common_ancestor(self, left: npt.ArrayLike, right: npt.ArrayLike) -> Nodes:
        """Return the deepest node above or equal to both, for arrays of nodes that broadcast.

        A parent precedes its children: the later one of two different nodes is not above the
        other and may climb. Takes as many steps as both depths together, whatever the arrays' size.
        Raises ValueError for a number that is no node's.
        """
        a, b = (np.asarray(nodes, dtype=np.int32) for nodes in (left, right))
        if any(((nodes < 0) | (nodes >= len(self))).any() for nodes in (a, b)):
            raise ValueError(f"nodes are numbered from 0 below {len(self)}")
        a, b = np.minimum(a, b), np.maximum(a, b)
        while (a != b).any():
            b = np.where(a != b, self.parents[b], b)
            a, b = np.minimum(a, b), np.maximum(a, b)
        return a

    def products_at(self, node: int) -> tuple[ProductId, ...]:
        """Return the products that sit on the node itself."""
        return self._products_between(node, node + 1)

    def products_below(self, node: int) -> tuple[ProductId, ...]:
        """Return the products that sit on the node or anywhere below it."""
        return self._products_between(node, int(self.ends[node]))

    @cached_property
    def _parents(self) -> list[int]:
        return list(self.parents.tolist())

    @cached_property
    def _slots(self) -> dict[tuple[int, str], int]:
        """The node under a parent with a name."""
        pairs = zip(self._parents[1:], self.names[1:], strict=True)
        return {pair: node for node, pair in enumerate(pairs, start=1)}

    @cached_property
    def _below(self) -> tuple[Nodes, npt.NDArray[np.intp]]:
        """Nodes ordered by parent, and where each parent's children start."""
        order = np.argsort(self.parents, kind="stable")[1:]
        starts = np.searchsorted(self.parents[order], np.arange(len(self) + 1))
        return order.astype(np.int32), starts

    @cached_property
    def _by_home(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        order = np.argsort(self.homes, kind="stable")
        return order, np.searchsorted(self.homes[order], np.arange(len(self) + 1))

    def _products_between(self, first: int, end: int) -> tuple[ProductId, ...]:
        order, starts = self._by_home
        return tuple(self.products[i] for i in order[starts[first] : starts[end]].tolist())

    def _not_found(self, path: Path, node: int, depth: int) -> str:
        names = [self.names[child] for child in self.children(node)]
        near = get_close_matches(path[depth], names, n=1, cutoff=0.5)
        hint = f"; did you mean {show((*path[:depth], near[0]))}?" if near else "."
        return f"no node {show(path)}: nothing is called {path[depth]!r} there{hint}"


def _grow(path: Sequence[str], names: list[str], parents: list[int], known: dict[Path, int]) -> int:
    """Return the node of a path; it and its ancestors are added where they are missing."""
    if isinstance(path, str):
        raise DataError(f"a path is a tuple of names such as ('GROCERY', 'CHEESE'), not {path!r}.")
    whole = tuple(path)
    depth = len(whole)
    while whole[:depth] not in known:
        depth -= 1
    for end in range(depth, len(whole)):
        names.append(whole[end])
        parents.append(known[whole[:end]])
        known[whole[: end + 1]] = len(names) - 1
    return known[whole]
