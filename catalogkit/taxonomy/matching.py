"""Which node of one version is which node of the next? By key, by path, by what hangs on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from catalogkit.taxonomy.tree import ROOT, Tree


class Matching:
    """Pairs of nodes, each node in at most one: forth[old] is new, back[new] is old, -1 for none.

    Evidence, strongest first: equal keys; equal names under matched parents (from the root down:
    equal paths); more than half of the products of both, of those that both versions have, in
    common; a name left over just once on either side, unless both nodes have products and share
    none; more than half of all children in common. A renamed leaf without products has none of
    these: one node goes, another comes.
    """

    def __init__(self, old: Tree, new: Tree) -> None:
        self.old, self.new = old, new
        self.forth, self.back = [-1] * len(old), [-1] * len(new)
        self._pair(ROOT, ROOT)
        self._keys()
        self._names_below()
        shared = self._shared_products()
        self._products(shared)
        self._lonely_names(shared)
        self._names_below()
        self._children()
        self._names_below()

    def _pair(self, one: int, two: int) -> None:
        self.forth[one], self.back[two] = two, one

    def _keys(self) -> None:
        known = {key: node for node, key in enumerate(self.new.keys) if key}
        for one, key in enumerate(self.old.keys):
            if key in known:
                self._pair(one, known[key])

    def _names_below(self) -> None:
        """Pair children with equal names of paired parents; preorder meets the parents first."""
        slots = {
            (parent, name): node
            for node, (parent, name) in enumerate(
                zip(self.new.parents.tolist(), self.new.names, strict=True)
            )
        }
        for one, parent in enumerate(self.old.parents.tolist()):
            if self.forth[one] < 0:
                two = slots.get((self.forth[parent], self.old.names[one]), ROOT)
                if self.back[two] < 0:
                    self._pair(one, two)

    def _shared_products(self) -> Counter[tuple[int, int]]:
        """Count the products that unpaired nodes share."""
        old, new = self.old.home_of, self.new.home_of
        pairs = ((home, new[product]) for product, home in old.items() if product in new)
        return Counter(self._unpaired(pairs))

    def _products(self, shared: Counter[tuple[int, int]]) -> None:
        sides = ((self.old, self.new), (self.new, self.old))
        sizes = [
            Counter(home for product, home in tree.home_of.items() if product in other.home_of)
            for tree, other in sides
        ]
        for (one, two), both in shared.items():
            if 3 * both > sizes[0][one] + sizes[1][two]:  # intersection over half of the union
                self._pair(one, two)

    def _lonely_names(self, shared: Counter[tuple[int, int]]) -> None:
        left = [
            {name: nodes[0] for name, nodes in _by_name(tree, paired).items() if len(nodes) == 1}
            for tree, paired in ((self.old, self.forth), (self.new, self.back))
        ]
        full = [set(tree.homes.tolist()) for tree in (self.old, self.new)]
        for name in left[0].keys() & left[1].keys():
            one, two = left[0][name], left[1][name]
            if (one, two) in shared or not (one in full[0] and two in full[1]):
                self._pair(one, two)

    def _children(self) -> None:
        """Pair parents whose children are paired, from the leaves up."""
        sizes = [Counter(tree.parents.tolist()) for tree in (self.old, self.new)]
        votes: dict[int, Counter[int]] = {}
        for one in range(len(self.old) - 1, ROOT, -1):
            for two, both in votes.get(one, {}).items() if self.forth[one] < 0 else ():
                if self.back[two] < 0 and 3 * both > sizes[0][one] + sizes[1][two]:
                    self._pair(one, two)
            if self.forth[one] >= 0:
                parents = int(self.old.parents[one]), int(self.new.parents[self.forth[one]])
                votes.setdefault(parents[0], Counter())[parents[1]] += 1

    def _unpaired(self, pairs: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        return (pair for pair in pairs if self.forth[pair[0]] < 0 > self.back[pair[1]])


def _by_name(tree: Tree, paired: list[int]) -> dict[str, list[int]]:
    nodes: dict[str, list[int]] = {}
    for node, name in enumerate(tree.names):
        if paired[node] < 0:
            nodes.setdefault(name, []).append(node)
    return nodes
