"""Nodes that hang in several places, and nodes that hold far too much or too little."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from catalogkit.taxonomy.changes import Change, Merge
from catalogkit.taxonomy.duplicates import holdings, spellings
from catalogkit.taxonomy.proposals import Proposal, ranked
from catalogkit.taxonomy.tree import ROOT, Tree

Floats = npt.NDArray[np.float64]

OUTLYING = 3.0
"""Robust standard deviations from the median, on a logarithmic scale, that count as too far."""


def find_ambiguous(tree: Tree) -> tuple[Proposal, ...]:
    """Propose to gather nodes of one depth and name below the parent that has most of them.

    Most is counted in products below, in nodes where there are none. score: the share outside the
    main place, 0 to 1. Accepting merges all others into the main one: refuse it where two things
    merely have one name.
    """
    size = sizes(tree)
    same: dict[tuple[int, str], list[int]] = defaultdict(list)
    for node in range(1, len(tree)):
        same[int(tree.depths[node]), tree.names[node]].append(node)
    found = []
    for nodes in same.values():
        if len(nodes) < 2:
            continue
        main, *others = sorted(nodes, key=lambda node: (-size[node], node))
        share = float(size[main] / max(size[nodes].sum(), 1))
        evidence: dict[str, float | str] = {
            "places": len(nodes),
            "share of the main": round(share, 3),
        }
        paths = tuple(tree.paths[node] for node in (*others, main))
        changes = tuple(Merge(tree.paths[node], tree.paths[main]) for node in others)
        found.append(Proposal("ambiguous", paths, evidence, round(1 - share, 4), changes))
    return ranked(found)


def find_unbalanced(tree: Tree, *, outlying: float = OUTLYING) -> tuple[Proposal, ...]:
    """Propose nodes that hold far more or far less than the median of their depth.

    Size is the number of products below, of nodes where the tree has none. score: distance of
    log(1 + size) from the depth's median in robust standard deviations (1.4826 times the median
    absolute deviation; Iglewicz & Hoaglin 1993); a node without products scores as starving in any
    case. "starving": accepting merges it into the sibling whose name is most alike, if it has one.
    "overfull": how to divide is for a person to say; `induction.induce` suggests parts.
    """
    size, letters = sizes(tree), spellings(tree)
    found = []
    for depth in range(1, int(tree.depths.max()) + 1):
        nodes = np.flatnonzero(tree.depths == depth)
        distance, median = _distances(size[nodes])
        for node, far in zip(nodes.tolist(), distance.tolist(), strict=True):
            empty = size[node] == 0 and bool(tree.products)
            if abs(far) < outlying and not empty:
                continue
            starving = far < 0 or empty
            evidence = {
                "holds": int(size[node]),
                "median": float(median),
                "distance": round(far, 2),
            }
            changes: tuple[Change, ...] = ()
            if starving:
                siblings = [s for s in tree.children(int(tree.parents[node])).tolist() if s != node]
                changes = _merged(tree, node, siblings, letters)
            kind = "starving" if starving else "overfull"
            found.append(Proposal(kind, (tree.paths[node],), evidence, round(abs(far), 4), changes))
    return ranked(found)


def sizes(tree: Tree) -> Floats:
    """Count the products on or below each node; in a tree without products, the nodes below."""
    if tree.products:
        return np.asarray(holdings(tree).sum(axis=0), dtype=np.float64)
    return (tree.ends - np.arange(len(tree)) - 1).astype(np.float64)


def _distances(size: Floats) -> tuple[Floats, float]:
    """Return robust standard scores of log sizes, 0 where all are nearly alike, and the median."""
    logs = np.log1p(size)
    gaps = logs - np.median(logs)
    spread = 1.4826 * float(np.median(np.abs(gaps)))
    if spread == 0:  # more than half are equal: the mean deviation takes its place
        spread = 1.2533 * float(np.abs(gaps).mean())
    return (gaps / spread if spread > 0 else np.zeros_like(gaps)), float(np.median(size))


def _merged(tree: Tree, node: int, siblings: Sequence[int], letters: object) -> tuple[Change, ...]:
    """Merge a node into the sibling that is spelt most alike, the first of equals."""
    if not siblings or node == ROOT:
        return ()
    cosines = (letters[list(siblings)] @ letters[[node]].T).toarray().ravel()  # type: ignore[index]
    return (Merge(tree.paths[node], tree.paths[siblings[int(np.argmax(cosines))]]),)
