"""Full names, one node a line, as Google and Shopify publish their taxonomies."""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalogkit.datasets.errors import DataError
from catalogkit.taxonomy.formats.reading import Entry, Reading, check_once, join, split
from catalogkit.taxonomy.names import SEPARATOR, show
from catalogkit.taxonomy.tree import Tree

_GOOGLE = re.compile(r"(\d+) - ")
_SHOPIFY = re.compile(r"(\S+)\s+: ")


def are_shopifys(lines: Sequence[str]) -> bool:
    """Tell whether the first line that is no comment begins with a global id."""
    first = next((line for line in lines if _says_something(line)), "")
    return first.startswith("gid://") and _SHOPIFY.match(first) is not None


def are_googles(lines: Sequence[str]) -> bool:
    """Tell whether no line is indented and some line has an id or a separator."""
    said = [line for line in lines if _says_something(line)]
    full = any(SEPARATOR in line or _GOOGLE.match(line) for line in said)
    return full and not any(line[0].isspace() for line in said)


def read_google(lines: Sequence[str]) -> Reading:
    """Read "166 - Food > Tea" or "Food > Tea"; ancestors without a line of their own are added."""
    reading = Reading()
    for where, line in enumerate(lines, start=1):
        if _says_something(line):
            number = _GOOGLE.match(line)
            name = line[number.end() :] if number else line
            reading.entries.append(Entry(where, split(name), number[1] if number else ""))
    check_once(reading)
    return reading


def read_shopify(lines: Sequence[str]) -> Reading:
    """Read "gid://shopify/TaxonomyCategory/ap : Animals > Birds"."""
    reading = Reading()
    for where, line in enumerate(lines, start=1):
        key = _SHOPIFY.match(line)
        if key and _says_something(line):
            reading.entries.append(Entry(where, split(line[key.end() :]), key[1]))
        elif _says_something(line):
            reading.fault(where, f"{line[:40]!r} is not of the form 'id : Food > Tea': add the id")
    check_once(reading)
    return reading


def write_google(tree: Tree) -> tuple[str, int]:
    """Write a line for each node, with the key where it is a number."""
    numbers = [key if re.fullmatch(r"[0-9]+", key) else "" for key in tree.keys]
    lines = [
        f"{number} - {join(path)}" if number else as_line(join(path))
        for number, path in zip(numbers[1:], tree.paths[1:], strict=True)
    ]
    return _text(lines), sum(map(bool, numbers))


def write_shopify(tree: Tree) -> tuple[str, int]:
    """Write a line for each node, ids padded to one width as Shopify does."""
    bare = next((node for node in range(1, len(tree)) if not tree.keys[node]), None)
    if bare is not None:
        what = f"{show(tree.path(bare))} has no key and Shopify's format gives every node one"
        raise DataError(f"{what}: give it one, or write another format.")
    width = max(map(len, tree.keys))
    named = zip(tree.keys[1:], tree.paths[1:], strict=True)
    return _text([f"{key:<{width}} : {join(path)}" for key, path in named]), len(tree) - 1


def as_line(text: str) -> str:
    """Escape what at the start of a line would be a comment or an id."""
    if text.startswith("#"):
        return "\\" + text
    return _GOOGLE.sub(r"\1 \\- ", text, count=1) if _GOOGLE.match(text) else text


def _says_something(line: str) -> bool:
    """Tell whether a line is neither blank nor a comment."""
    return bool(line.strip()) and not line.startswith("#")


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
