"""What makes arrays of names and parents a tree: one root, no cycle, siblings that differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from catalogkit.datasets.errors import DataError
from catalogkit.taxonomy.names import demand, key_fault, name_fault, product_fault

Nodes = npt.NDArray[np.int32]


def as_nodes(values: npt.ArrayLike, what: str) -> Nodes:
    """Copy node numbers to int32[n]. Raises DataError when they are not whole numbers in a row."""
    given = np.asarray(values)
    if given.ndim != 1 or (given.size and given.dtype.kind not in "iu"):
        raise DataError(f"{what} must be whole numbers in one row, not {given.dtype}{given.shape}.")
    return given.astype(np.int32)


def frozen(values: npt.ArrayLike) -> Nodes:
    """Copy node numbers to a read-only int32 array."""
    array = np.array(values, dtype=np.int32)
    array.flags.writeable = False
    return array


def preorder(names: Sequence[str], parents: Nodes) -> Nodes:
    """Order the nodes so that parents precede children and siblings stand by name, int32[n].

    Raises DataError when there is not one root, a parent does not exist, or nodes hang in a cycle.
    """
    roots = np.flatnonzero(parents == -1)
    if len(roots) != 1:
        what = f"{len(roots)} nodes have no parent" if len(roots) else "every node has a parent"
        raise DataError(f"{what}: a tree has one root; put all but one below another node.")
    if len(parents) and (parents.min() < -1 or parents.max() >= len(parents)):
        bad = int(np.flatnonzero((parents < -1) | (parents >= len(parents)))[0])
        raise DataError(f"the parent of node {bad} ({names[bad]!r}) does not exist.")
    children: list[list[int]] = [[] for _ in names]
    for node, parent in enumerate(parents.tolist()):
        if parent >= 0:
            children[parent].append(node)
    order, stack = [], roots.tolist()
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(sorted(children[node], key=names.__getitem__, reverse=True))
    if len(order) < len(names):
        lost = min(set(range(len(names))) - set(order))
        raise DataError(f"node {lost} ({names[lost]!r}) is in a cycle or below one: cut it.")
    return frozen(order)


def check_nodes(names: Sequence[str], parents: Sequence[int], keys: Sequence[str]) -> None:
    """Check names, keys and siblings of nodes in preorder. Raises DataError at the first fault."""
    if names[0] or keys[0]:
        raise DataError(f"the root has no name and no key, not {names[0]!r} and {keys[0]!r}.")
    for name in names[1:]:
        demand(name_fault(name))
    for key in keys:
        demand(key_fault(key))
    for one, two in pairwise(sorted(zip(parents[1:], names[1:], strict=True))):
        if one == two:
            above = names[one[0]] or "the root"
            raise DataError(f"two children of {above} are called {one[1]!r}: merge or rename them.")
    if twice := _repeated(key for key in keys if key):
        raise DataError(f"two nodes have the key {twice[0]!r}: keys are unique.")


def check_products(products: Sequence[str | int], homes: Nodes, nodes: int) -> None:
    """Check ids and places of products. Raises DataError at the first fault."""
    if len(products) != len(homes):
        raise DataError(f"{len(products)} products and {len(homes)} homes: give each one home.")
    for product in products:
        demand(product_fault(product))
    if len({isinstance(product, str) for product in products}) > 1:
        raise DataError("some product ids are strings, some numbers: make all of them strings.")
    if twice := _repeated(products):
        raise DataError(f"product {twice[0]!r} has two places: a product sits on one node.")
    lost = np.flatnonzero((homes < 0) | (homes >= nodes))
    if len(lost):
        raise DataError(f"product {products[lost[0]]!r} sits on no node: {homes[lost[0]]}.")


def _repeated(values: Iterable[Hashable]) -> list[Hashable]:
    return [value for value, count in Counter(values).items() if count > 1]
