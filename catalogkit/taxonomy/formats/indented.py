"""Indented text: a name a line, deeper than its parent's by spaces or tabs."""

from __future__ import annotations

from collections.abc import Sequence

from catalogkit.taxonomy.formats.full_names import as_line
from catalogkit.taxonomy.formats.reading import Entry, Reading, check_once, escape, unescape
from catalogkit.taxonomy.tree import Tree

STEP = "  "


def read(lines: Sequence[str]) -> Reading:
    """Read names by their indent; blank lines and those that begin with "#" say nothing."""
    reading = Reading()
    above: list[tuple[str, str]] = []  # indent and name of the node and its ancestors
    for where, line in enumerate(lines, start=1):
        name = line.lstrip(" \t")
        if not name.strip() or name.startswith("#"):
            continue
        indent = line[: len(line) - len(name)]
        if not _fits(above, indent):
            reading.fault(where, "the indent fits no line above: use that of a sibling, or deeper")
            continue
        above.append((indent, unescape(name)))
        reading.entries.append(Entry(where, tuple(name for _, name in above)))
    check_once(reading)
    return reading


def write(tree: Tree) -> tuple[str, int]:
    """Write a line for each node, two spaces a level; no keys are held."""
    named = zip(tree.depths.tolist()[1:], tree.names[1:], strict=True)
    return "".join(f"{STEP * (depth - 1)}{as_line(escape(name))}\n" for depth, name in named), 0


def _fits(above: list[tuple[str, str]], indent: str) -> bool:
    """Go up to the parent of a line with this indent; tell whether there is one."""
    deeper = True
    while above and len(above[-1][0]) > len(indent):
        above.pop()
        deeper = False
    if above and above[-1][0] == indent:
        above.pop()
        return True
    return deeper and indent.startswith(above[-1][0] if above else "")
