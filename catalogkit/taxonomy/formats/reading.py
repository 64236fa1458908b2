"""From the rows of a file to a tree, with every fault by its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path as File

from catalogkit.datasets.errors import DataError
from catalogkit.taxonomy.names import SEPARATOR, key_fault, name_fault, product_fault, show
from catalogkit.taxonomy.tree import Path, ProductId, Tree

SHOWN = 10

_LOOSE = re.compile(r"(?<![^ ])>(?![^ ])")


@dataclass(frozen=True)
class Entry:
    """What one row says: a node, perhaps its key, perhaps a product on it."""

    where: int
    path: Path
    key: str = ""
    product: ProductId | None = None


@dataclass
class Reading:
    """The entries of a file and the faults met so far; place turns an entry's where into words."""

    entries: list[Entry] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    place: Callable[[int], str] = "line {}".format

    def fault(self, where: int, what: str) -> None:
        """Note a fault and what to do about it."""
        self.faults.append((where, what))


class BrokenFile(DataError):  # noqa: N818 - named after what it reports, like DataError's kin
    """A file that holds no tree; faults are all there are, the message the first few."""

    def __init__(self, faults: Sequence[str]) -> None:
        more = len(faults) - SHOWN
        rest = [f"… and {more} more."] if more > 0 else []
        super().__init__("\n".join([*faults[:SHOWN], *rest]))
        self.faults = tuple(faults)


def escape(name: str) -> str:
    """Write a name so that no ">" in it separates and no backslash escapes."""
    return _LOOSE.sub(r"\\>", name.replace("\\", "\\\\"))


def unescape(text: str) -> str:
    """Read a name that was escaped; a backslash before anything else is itself."""
    return re.sub(r"\\([\\>#-])", r"\1", text)


def join(path: Iterable[str]) -> str:
    """Write a path as a full name."""
    return SEPARATOR.join(map(escape, path))


def split(text: str) -> Path:
    """Read a full name; "" is the root's."""
    return tuple(map(unescape, text.split(SEPARATOR))) if text else ()


def read_lines(file: File) -> list[str]:
    """Read a UTF-8 file's lines without their ends. Raises DataError with the byte that is not."""
    data = file.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"not UTF-8 at byte {error.start}; save the file again as UTF-8."
        raise DataError(f"{file}, line {line}: {what}") from error
    return [line.removesuffix("\r") for line in text.split("\n")]


def assemble(file: File, reading: Reading) -> Tree:
    """Make the tree. Raises BrokenFile with all faults in the file's order."""
    _check_names(reading)
    keys, homes = _keys(reading), _homes(reading)
    if not reading.entries and not reading.faults:
        raise BrokenFile([f"{file}: there is no node: the file is empty."])
    if reading.faults:
        faults = sorted(reading.faults)
        raise BrokenFile([f"{file}, {reading.place(where)}: {what}." for where, what in faults])
    nodes = Tree.from_paths(entry.path for entry in reading.entries)
    number = {path: node for node, path in enumerate(nodes.paths)}
    return Tree(
        names=nodes.names,
        parents=nodes.parents,
        keys=tuple(keys.get(path, ("", 0))[0] for path in nodes.paths),
        products=tuple(homes),
        homes=[number[entry.path] for entry in homes.values()],  # type: ignore[arg-type]
    )


def check_once(reading: Reading) -> None:
    """Note paths that stand in a list of nodes twice."""
    seen: dict[Path, int] = {}
    for entry in reading.entries:
        first = seen.setdefault(entry.path, entry.where)
        if first != entry.where:
            what = f"{show(entry.path)} stands on {reading.place(first)} already: remove one"
            reading.fault(entry.where, what)


def _check_names(reading: Reading) -> None:
    """Look at every name once: one that is wrong is reported where it first occurs."""
    seen: set[object] = set()
    for entry in reading.entries:
        for name in entry.path:
            if name not in seen:
                seen.add(name)
                if what := name_fault(name):
                    reading.fault(entry.where, what)


def _keys(reading: Reading) -> dict[Path, tuple[str, int]]:
    """Find the key of each path and where it was given."""
    keys: dict[Path, tuple[str, int]] = {}
    owners: dict[str, Path] = {}
    for entry in reading.entries:
        if not entry.key:
            continue
        key, where = keys.setdefault(entry.path, (entry.key, entry.where))
        owner = owners.setdefault(entry.key, entry.path)
        if what := key_fault(entry.key):
            reading.fault(entry.where, what)
        elif not entry.path:
            reading.fault(entry.where, f"the root cannot have a key ({entry.key!r}): remove it")
        elif key != entry.key:
            what = f"{show(entry.path)} has the key {key!r} on {reading.place(where)}"
            reading.fault(entry.where, f"{what}, and {entry.key!r} here: keep one")
        elif owner != entry.path:
            what = (
                f"the key {entry.key!r} is that of {show(owner)} ({reading.place(keys[owner][1])})"
            )
            reading.fault(entry.where, f"{what}: give {show(entry.path)} another")
    return keys


def _homes(reading: Reading) -> dict[ProductId, Entry]:
    homes: dict[ProductId, Entry] = {}
    for entry in reading.entries:
        if entry.product is None:
            continue
        if what := product_fault(entry.product):
            reading.fault(entry.where, what)
            continue
        first = homes.setdefault(entry.product, entry)
        if first is not entry:
            what = f"product {entry.product!r} stands on {reading.place(first.where)} already"
            reading.fault(entry.where, f"{what}, in {show(first.path)}: keep one of the two")
    return homes
