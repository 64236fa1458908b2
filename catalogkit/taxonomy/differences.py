"""What changed between two versions of a taxonomy, in words and as changes that can be replayed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from catalogkit.taxonomy.changes import Add, Change, Identify, Move, Place, Remove, Rename, Withdraw
from catalogkit.taxonomy.draft import Draft
from catalogkit.taxonomy.matching import Matching
from catalogkit.taxonomy.tree import ROOT, Path, ProductId, Tree


class Step(NamedTuple):
    """A node's path in the old version and in the new."""

    old: Path
    new: Path


class ProductStep(NamedTuple):
    """A product and the paths of its nodes in the old version and in the new."""

    product: ProductId
    old: Path
    new: Path


@dataclass(frozen=True)
class Difference:
    """What leads from one version to the next; see `diff`.

    added, removed: paths of nodes in the new, the old version. renamed: nodes with another name,
    moved: nodes with another parent; a node can be both, and nodes below go with it unmentioned.
    rekeyed: nodes with another key. products_moved: those whose node is another; products_added,
    products_removed: with their new, their old path. changes: what `replay` turns old into new by.
    """

    added: tuple[Path, ...]
    removed: tuple[Path, ...]
    renamed: tuple[Step, ...]
    moved: tuple[Step, ...]
    rekeyed: tuple[Step, ...]
    products_moved: tuple[ProductStep, ...]
    products_added: tuple[tuple[ProductId, Path], ...]
    products_removed: tuple[tuple[ProductId, Path], ...]
    changes: tuple[Change, ...]


def diff(old: Tree, new: Tree) -> Difference:
    """Find what changed, so that replaying the changes on the old tree gives the new one.

    Nodes are recognised by key, path, products, name and children (`matching.Matching`), so that a
    renamed node is not one removed and one added. Time grows with nodes and products.
    """
    pairs = Matching(old, new)
    steps = [(Step(old.paths[one], new.paths[two]), one, two) for one, two in _both(pairs)]
    kept = old.home_of.keys() & new.home_of.keys()
    return Difference(
        added=tuple(new.paths[two] for two, one in enumerate(pairs.back) if one < 0),
        removed=tuple(old.paths[one] for one, two in enumerate(pairs.forth) if two < 0),
        renamed=tuple(step for step, one, two in steps if old.names[one] != new.names[two]),
        moved=tuple(
            step for step, one, two in steps if pairs.forth[old.parents[one]] != new.parents[two]
        ),
        rekeyed=tuple(step for step, one, two in steps if old.keys[one] != new.keys[two]),
        products_moved=tuple(
            ProductStep(product, old.paths[home], new.paths[new.home_of[product]])
            for product, home in old.home_of.items()
            if product in kept and pairs.forth[home] != new.home_of[product]
        ),
        products_added=tuple((p, new.paths[h]) for p, h in new.home_of.items() if p not in kept),
        products_removed=tuple((p, old.paths[h]) for p, h in old.home_of.items() if p not in kept),
        changes=tuple(_Script(pairs)),
    )


def _both(pairs: Matching) -> Iterator[tuple[int, int]]:
    """Yield the nodes that both versions have, without the root."""
    return ((one, two) for two, one in enumerate(pairs.back) if one > ROOT)


class _Script:
    """The changes in an order in which each can be made.

    Nodes get their place from the root down: the new parent then is in its final place, so that
    nothing ever moves below itself. A node that still occupies another's place steps aside first.
    """

    def __init__(self, pairs: Matching) -> None:
        self.old, self.new, self.pairs = pairs.old, pairs.new, pairs
        self.draft = Draft(pairs.old)
        self.node = list(pairs.back)  # of the draft, for each new node

    def __iter__(self) -> Iterator[Change]:
        for two in range(1, len(self.new)):
            yield from self._settle(two)
        yield from self._products()
        for one in range(len(self.old) - 1, ROOT, -1):
            if self.pairs.forth[one] < 0:
                yield self._made(Remove(self.draft.path(one)))

    def _made(self, change: Change) -> Change:
        change.apply_to(self.draft)
        return change

    def _settle(self, two: int) -> Iterator[Change]:
        """Add or move a new version's node, or leave it where it is."""
        parent, name = self.node[self.new.parents[two]], self.new.names[two]
        key, path, one = self.new.keys[two], self.new.paths[two], self.node[two]
        siblings = self.draft.children[parent]
        if siblings.get(name, one) != one:
            yield from self._step_aside(siblings[name])
        if one < 0:
            yield self._made(Add(path, key))
            self.node[two] = siblings[name]
            return
        if self.draft.parents[one] != parent:
            yield self._made(Move(self.draft.path(one), path))
        elif self.draft.names[one] != name:
            yield self._made(Rename(self.draft.path(one), name))
        if self.draft.keys[one] != key:
            yield self._made(Identify(path, key))

    def _step_aside(self, node: int) -> Iterator[Change]:
        siblings, name = self.draft.children[self.draft.above(node)], self.draft.names[node]
        number = 2
        while f"{name} ({number})" in siblings:
            number += 1
        yield self._made(Rename(self.draft.path(node), f"{name} ({number})"))

    def _products(self) -> Iterator[Change]:
        """Withdraw and place products, those of one node in one change."""
        out: dict[int, list[ProductId]] = {}
        for product, home in self.old.home_of.items():
            if product not in self.new.home_of:
                out.setdefault(home, []).append(product)
        placed: dict[int, list[ProductId]] = {}
        for product, two in self.new.home_of.items():
            if self.draft.homes.get(product) != self.node[two]:
                placed.setdefault(two, []).append(product)
        for home, products in out.items():
            yield self._made(Withdraw(self.draft.path(home), tuple(products)))
        for two, products in placed.items():
            yield self._made(Place(self.new.paths[two], tuple(products)))
