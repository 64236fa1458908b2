"""Change a taxonomy step by step, on record: every edit returns a new tree and what was done."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from catalogkit.datasets.errors import DataError
from catalogkit.taxonomy.draft import Draft
from catalogkit.taxonomy.tree import Path, ProductId, Tree


@dataclass(frozen=True)
class Change:
    """One step from a tree to the next; paths are those at that moment."""

    path: Path

    def apply_to(self, draft: Draft) -> None:
        """Do it. Raises DataError when the draft has no such node or the result is no tree."""
        raise NotImplementedError


@dataclass(frozen=True)
class Add(Change):
    """A new node at path, whose parent is there already."""

    key: str = ""

    def apply_to(self, draft: Draft) -> None:
        """Add the node."""
        if not self.path:
            raise DataError("the root is there already: name the path of the new node.")
        draft.add(draft.find(self.path[:-1]), self.path[-1], self.key)


@dataclass(frozen=True)
class Remove(Change):
    """A node without children and products is gone."""

    def apply_to(self, draft: Draft) -> None:
        """Remove the node."""
        draft.remove(draft.find(self.path))


@dataclass(frozen=True)
class Rename(Change):
    """The node has another name."""

    name: str

    def apply_to(self, draft: Draft) -> None:
        """Give the node its name."""
        node = draft.find(self.path)
        draft.move(node, draft.above(node), self.name)


@dataclass(frozen=True)
class Move(Change):
    """The node, with all below it, has the path `to`, whose parent is there already."""

    to: Path

    def apply_to(self, draft: Draft) -> None:
        """Hang the node elsewhere."""
        if not self.to:
            raise DataError("nothing can become the root: give the node's whole new path.")
        draft.move(draft.find(self.path), draft.find(self.to[:-1]), self.to[-1])


@dataclass(frozen=True)
class Merge(Change):
    """All that hung on the node hangs on `into`; children with equal names have merged too."""

    into: Path

    def apply_to(self, draft: Draft) -> None:
        """Merge the node."""
        draft.merge(draft.find(self.path), draft.find(self.into))


class Part(NamedTuple):
    """A new sibling that a split makes, and what it takes: product ids, names of children."""

    name: str
    products: tuple[ProductId, ...] = ()
    children: tuple[str, ...] = ()


@dataclass(frozen=True)
class Split(Change):
    """Each part became a sibling of the node; the node is gone when nothing was left on it."""

    parts: tuple[Part, ...]

    def apply_to(self, draft: Draft) -> None:
        """Divide the node."""
        node = draft.find(self.path)
        parent = draft.above(node)
        for part in self.parts:
            new = draft.add(parent, part.name)
            for product in part.products:
                if draft.homes.get(product) != node:
                    raise DataError(f"product {product!r} does not sit on the node that is split.")
            draft.place(part.products, new)
            for name in part.children:
                draft.move(draft.find((*self.path, name)), new, name)
        if not draft.held[node] and not draft.children[node]:
            draft.remove(node)


@dataclass(frozen=True)
class Identify(Change):
    """The node has another key; "" is none."""

    key: str

    def apply_to(self, draft: Draft) -> None:
        """Give the node its key."""
        draft.identify(draft.find(self.path), self.key)


@dataclass(frozen=True)
class Place(Change):
    """The products, known or new, sit on the node."""

    products: tuple[ProductId, ...]

    def apply_to(self, draft: Draft) -> None:
        """Put the products there."""
        draft.place(self.products, draft.find(self.path))


@dataclass(frozen=True)
class Withdraw(Change):
    """The products, which sat on the node, are in the tree no more."""

    products: tuple[ProductId, ...]

    def apply_to(self, draft: Draft) -> None:
        """Take the products out."""
        node = draft.find(self.path)
        for product in self.products:
            if draft.homes.get(product) != node:
                raise DataError(f"product {product!r} does not sit there.")
        draft.withdraw(self.products)


CHANGES: dict[str, type[Change]] = {
    kind.__name__.lower(): kind
    for kind in (Add, Remove, Rename, Move, Merge, Split, Identify, Place, Withdraw)
}
"""Every kind of change, by the name it has in JSON."""


LISTS: dict[str, Any] = {"path": str, "to": str, "into": str, "products": str | int}


class Edit(NamedTuple):
    """The tree after an edit, and the record that leads to it."""

    tree: Tree
    change: Change


def edit(tree: Tree, change: Change) -> Edit:
    """Make one change and return the new tree with its record.

    tree, record = edit(tree, Rename(("Food", "Tee"), "Tea"))

    The tree given stays as it is. Raises DataError that names the change and why it cannot be made.
    Time and memory grow with the tree; use `replay` for many changes.
    """
    return Edit(replay(tree, [change]), change)


def replay(tree: Tree, changes: Iterable[Change]) -> Tree:
    """Make changes one after another and return the new tree, or raise and make none.

    Raises DataError that names the change (the first is 1) and why it cannot be made.
    """
    draft = Draft(tree)
    for number, change in enumerate(changes, start=1):
        try:
            change.apply_to(draft)
        except DataError as error:
            raise DataError(f"change {number}, {change}: {error}") from None
    return draft.tree()


def to_json(changes: Sequence[Change]) -> str:
    """Write changes as a JSON list, one change a line."""
    lines = [json.dumps(as_record(change), ensure_ascii=False) for change in changes]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def as_record(change: Change) -> dict[str, Any]:
    """Turn a change into what JSON can hold: its kind under "change", then its fields."""
    fields = asdict(change)
    if isinstance(change, Split):
        fields["parts"] = [part._asdict() for part in change.parts]
    return {"change": type(change).__name__.lower(), **fields}


def from_json(text: str) -> tuple[Change, ...]:
    """Read what `to_json` wrote. Raises DataError that names the change (the first is 1)."""
    try:
        records = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DataError(f"the changes are not JSON: {error}.") from None
    if not isinstance(records, list):
        raise DataError("changes are a JSON list, as to_json writes it.")
    return tuple(_from_record(record, number) for number, record in enumerate(records, start=1))


def _from_record(record: object, number: int) -> Change:
    try:
        kind, fields = _fields(record)
        return kind(**fields)
    except (TypeError, KeyError, AttributeError) as error:
        kinds = ", ".join(CHANGES)
        what = f"change {number} cannot be read ({error}): {str(record)[:80]}"
        raise DataError(
            f"{what}; it needs a field 'change' (one of {kinds}) and its fields."
        ) from None


def _fields(record: object) -> tuple[type[Change], Mapping[str, Any]]:
    if not isinstance(record, dict):
        raise TypeError("not an object")
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in record.items()
    }
    kind = CHANGES[fields.pop("change")]
    for name, kind_of in LISTS.items():
        values = fields.get(name, ())
        if not (isinstance(values, tuple) and all(isinstance(v, kind_of) for v in values)):
            raise TypeError(f"{name} is not a list of {kind_of}")
    if "parts" in fields:
        fields["parts"] = tuple(_part(part) for part in fields["parts"])
    return kind, fields


def _part(part: Mapping[str, Any]) -> Part:
    return Part(part["name"], tuple(part.get("products", ())), tuple(part.get("children", ())))
