"""JSON: a list of nodes, one a line, each with its path, key and products."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from catalogkit.taxonomy.formats.reading import Entry, Reading, check_once
from catalogkit.taxonomy.tree import Tree

_FORM = 'a node is {"path": ["Food", "Tea"], "key": "166", "products": [1, 2]}'


def read(lines: Sequence[str]) -> Reading:
    """Read a list of nodes; key and products may be missing."""
    reading = Reading()
    nodes = Reading()
    try:
        for where, node in _objects("\n".join(lines)):
            entries = _entries(where, node)
            if not entries:
                reading.fault(where, f"{str(node)[:60]} is not a node: {_FORM}")
            nodes.entries.extend(entries[:1])
            reading.entries.extend(entries)
    except json.JSONDecodeError as error:
        reading.fault(error.lineno, f"no JSON list of nodes ({error.msg}): correct it; {_FORM}")
    except RecursionError:
        reading.fault(1, f"nested too deeply: {_FORM}")
    check_once(nodes)
    reading.faults.extend(nodes.faults)
    return reading


def write(tree: Tree) -> tuple[str, int]:
    """Write all: the root only when products sit on it."""
    lines = []
    for node, path in enumerate(tree.paths):
        fields = {"path": path, "key": tree.keys[node], "products": tree.products_at(node)}
        if node or fields["products"]:
            kept = {name: value for name, value in fields.items() if value or name == "path"}
            lines.append(json.dumps(kept, ensure_ascii=False))
    return "[\n" + ",\n".join(lines) + "\n]\n", sum(map(bool, tree.keys))


def _objects(text: str) -> Iterator[tuple[int, object]]:
    """Yield each element of the outermost list with the line where it starts."""
    decoder = json.JSONDecoder()
    end, line, counted = _past(text, 0, "["), 1, 0
    if text[end : end + 1] == "]":
        return
    while True:
        line, counted = line + text.count("\n", counted, end), end
        value, end = decoder.raw_decode(text, end)
        yield line, value
        end = _blank(text, end)
        if text[end : end + 1] == "]":
            return
        end = _past(text, end, ",")


def _past(text: str, at: int, sign: str) -> int:
    """Return where the next thing starts after a sign that must come now."""
    at = _blank(text, at)
    if text[at : at + 1] != sign:
        raise json.JSONDecodeError(f"expecting {sign!r}", text, at)
    return _blank(text, at + 1)


def _blank(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\n\r":
        at += 1
    return at


def _entries(where: int, node: object) -> list[Entry]:
    """Turn a node into an entry of its own and one for each product; none when it is no node."""
    if not isinstance(node, dict) or not set(node) <= {"path", "key", "products"}:
        return []
    path, key, products = node.get("path"), node.get("key", ""), node.get("products", [])
    if not isinstance(path, list) or not isinstance(key, str) or not isinstance(products, list):
        return []
    if any(isinstance(value, list | dict) for value in [*path, *products]):
        return []
    first = Entry(where, tuple(path), key)
    return [first, *(Entry(where, tuple(path), product=product) for product in products)]
