"""Keep a tree in order: look for every kind of fault, let a person decide, make the changes."""

from __future__ import annotations

import numpy.typing as npt
from scipy import sparse

from catalogkit.taxonomy.balance import find_ambiguous, find_unbalanced
from catalogkit.taxonomy.drift import find_drift, share_changes
from catalogkit.taxonomy.duplicates import find_duplicates
from catalogkit.taxonomy.misspellings import find_misspellings
from catalogkit.taxonomy.proposals import (
    Applied,
    Decisions,
    Proposal,
    apply_proposals,
    read_decisions,
    write_proposals,
)
from catalogkit.taxonomy.tree import Tree

__all__ = [
    "Applied", "Decisions", "Proposal", "apply_proposals", "find_ambiguous", "find_drift",
    "find_duplicates", "find_misspellings", "find_unbalanced", "propose", "read_decisions",
    "share_changes", "write_proposals",
]  # fmt: skip


def propose(
    tree: Tree,
    *,
    profiles: npt.ArrayLike | None = None,
    periods: tuple[sparse.sparray, sparse.sparray] | None = None,
) -> dict[str, tuple[Proposal, ...]]:
    """Look for every kind of fault and return ranked proposals by kind.

    profiles: as for find_duplicates; periods: before and after, as for find_drift, which is left
    out without them. Scores compare within a kind only.
    Raises DataError when profiles or periods do not match tree.products.
    """
    unbalanced = find_unbalanced(tree)
    found = {
        "duplicate": find_duplicates(tree, profiles),
        "misspelling": find_misspellings(tree),
        "ambiguous": find_ambiguous(tree),
        "overfull": tuple(p for p in unbalanced if p.kind == "overfull"),
        "starving": tuple(p for p in unbalanced if p.kind == "starving"),
    }
    if periods is not None:
        found["drift"] = find_drift(tree, *periods)
    return found
