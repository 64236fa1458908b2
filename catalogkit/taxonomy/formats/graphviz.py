"""Graphviz: one statement a line, a node with its label or an edge from parent to child."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from catalogkit.taxonomy.formats.reading import Entry, Reading
from catalogkit.taxonomy.tree import Tree

_ID = r'("(?:[^"\\]|\\.)*"|[\w.]+)'
_ATTRIBUTES = r"\s*(\[.*\])?\s*;?\s*"
_NODE = re.compile(rf"\s*{_ID}{_ATTRIBUTES}")
_EDGE = re.compile(rf"\s*{_ID}\s*->\s*{_ID}{_ATTRIBUTES}")
_LABEL = re.compile(rf"\blabel\s*=\s*{_ID}")
_IDLE = re.compile(
    r"\s*((strict\s+)?digraph\b[^{]*\{|\}|(graph|node|edge)\s*\[.*\]\s*;?|\w+\s*=[^\[]*|(//|#).*)?\s*"
)


@dataclass
class _Graph:
    """Nodes and edges by their ids, with the lines they stand on."""

    lines: dict[str, int] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=dict)
    parents: dict[str, tuple[str, int]] = field(default_factory=dict)


def read(lines: Sequence[str]) -> Reading:
    """Read a digraph: nodes without a label are called by their id, the root's label is dropped."""
    reading, graph = Reading(), _Graph()
    for where, line in enumerate(lines, start=1):
        if edge := _EDGE.fullmatch(line):
            _connect(graph, _text(edge[1]), _text(edge[2]), where, reading)
        elif _IDLE.fullmatch(line):
            continue
        elif node := _NODE.fullmatch(line):
            _name(graph, _text(node[1]), node[2], where)
        else:
            what = 'write one statement a line, such as `a -> b;` or `a [label="Tea"];`'
            reading.fault(where, f"{line.strip()[:40]!r} is not understood: {what}")
    roots = [node for node in graph.lines if node not in graph.parents]
    for root in roots[1:]:
        what = (
            f"{root!r} has no parent, nor has {roots[0]!r} ({reading.place(graph.lines[roots[0]])})"
        )
        reading.fault(graph.lines[root], f"{what}: put all but one below another")
    _walk(graph, roots[:1], reading)
    return reading


def write(tree: Tree) -> tuple[str, int]:
    """Write a digraph from left to right whose nodes are numbered; no keys are held."""
    head = ["digraph taxonomy {", "  rankdir=LR;", "  node [shape=box];", "  0 [shape=point];"]
    nodes = [f"  {node} [label={_quote(tree.names[node])}];" for node in range(1, len(tree))]
    edges = [f"  {tree.parents[node]} -> {node};" for node in range(1, len(tree))]
    return "\n".join([*head, *nodes, *edges, "}", ""]), 0


def _connect(graph: _Graph, above: str, below: str, where: int, reading: Reading) -> None:
    for node in (above, below):
        graph.lines.setdefault(node, where)
    first = graph.parents.setdefault(below, (above, where))
    if first[0] != above:
        what = f"{below!r} is below {first[0]!r} already ({reading.place(first[1])})"
        reading.fault(where, f"{what}: a node of a tree has one parent; remove one edge")
    elif first[1] == where:
        graph.children.setdefault(above, []).append(below)


def _name(graph: _Graph, node: str, attributes: str | None, where: int) -> None:
    graph.lines.setdefault(node, where)
    if label := _LABEL.search(attributes or ""):
        graph.labels[node] = _text(label[1])


def _walk(graph: _Graph, roots: Sequence[str], reading: Reading) -> None:
    """Go down from the root; nodes that are not met hang in a cycle or below one."""
    found: dict[tuple[str, ...], int] = {}
    lost = set(graph.lines)
    for node, path in _paths(graph, roots):
        lost.discard(node)
        where = graph.lines[node]
        first = found.setdefault(path, where)
        if first != where:
            what = f"two nodes are called {path[-1]!r} below one parent ({reading.place(first)})"
            reading.fault(where, f"{what}: merge or rename them")
        if path:
            reading.entries.append(Entry(where, path))
    for node in lost if not reading.faults else ():
        reading.fault(graph.lines[node], f"{node!r} is in a cycle or below one: cut it")


def _paths(graph: _Graph, roots: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each node with its path; the root's is ()."""
    stack: list[tuple[str, tuple[str, ...]]] = [(root, ()) for root in roots]
    while stack:
        node, path = stack.pop()
        yield node, path
        below = graph.children.get(node, ())
        stack.extend((child, (*path, graph.labels.get(child, child))) for child in reversed(below))


def _text(token: str) -> str:
    """Read an id or a label; in quotes a line break becomes a space, other escaped signs stay."""
    if not token.startswith('"'):
        return token
    return re.sub(r"\\(.)", lambda found: " " if found[1] in "nlr" else found[1], token[1:-1])


def _quote(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
