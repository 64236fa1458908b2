"""Which nodes gain or lose between two periods, beyond what chance among the buyers explains."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from scipy import sparse

from catalogkit.datasets.errors import DataError
from catalogkit.evaluation.intervals import Interval
from catalogkit.taxonomy.duplicates import holdings
from catalogkit.taxonomy.proposals import Proposal, ranked
from catalogkit.taxonomy.tree import Tree

Floats = npt.NDArray[np.float64]


def find_drift(
    tree: Tree, before: sparse.sparray, after: sparse.sparray, *, level: float = 0.95
) -> tuple[Proposal, ...]:
    """Propose to look at nodes whose share of all purchases changed between two periods.

    before, after: [users, products], purchases in each period of the same users, in the order of
    tree.products. A node is proposed when the interval of its change excludes zero; score: change
    over the interval's half width. Nothing is changed by accepting: a season is no fault.
    Raises DataError as `share_changes` does.
    """
    changes, old, new = share_changes(tree, before, after, level=level)
    found = []
    for node, change in changes.items():
        if not change.excludes_zero:
            continue
        evidence: dict[str, float | str] = {
            "share before": round(float(old[node]), 6), "share after": round(float(new[node]), 6),
            "change": round(change.value, 6), "low": round(change.low, 6),
            "high": round(change.high, 6),
        }  # fmt: skip
        width = (change.high - change.low) / 2
        score = round(abs(change.value) / max(width, 1e-12), 4)
        found.append(Proposal("drift", (tree.paths[node],), evidence, score))
    return ranked(found)


def share_changes(
    tree: Tree, before: sparse.sparray, after: sparse.sparray, *, level: float = 0.95
) -> tuple[dict[int, Interval], Floats, Floats]:
    """Return each node's change of share with its interval, and the shares before and after.

    The shares are float64[nodes]. The interval is normal around the difference of two ratios,
    users drawn (linearisation: Cochran 1977, section 6.3), Bonferroni over all nodes that were
    bought; those never bought are left out.
    Raises DataError when the tables do not match each other or the products, or hold no purchase.
    """
    tables = [_checked(table, tree) for table in (before, after)]
    users = tables[0].shape[0]
    if tables[1].shape[0] != users:
        raise DataError(f"{users} and {tables[1].shape[0]} users: give both periods the same ones.")
    below = holdings(tree)
    held = [sparse.csr_array(table @ below) for table in tables]
    old, new = (np.asarray(h.sum(axis=0)) / t.sum() for h, t in zip(held, tables, strict=True))
    bought = np.flatnonzero((old + new > 0) & (tree.depths > 0)).tolist()
    reach = NormalDist().inv_cdf(1 - (1 - level) / len(bought) / 2)
    gap, half = new - old, reach * _standard_errors(held, tables, [old, new])
    changes = {
        node: Interval(
            float(gap[node]), float(gap[node] - half[node]), float(gap[node] + half[node]),
            users, level, 0, len(bought),
        )
        for node in bought
    }  # fmt: skip
    return changes, old, new


def _checked(table: sparse.sparray, tree: Tree) -> sparse.csr_array:
    checked = sparse.csr_array(table, dtype=np.float64)
    if checked.shape[1] != len(tree.products):
        raise DataError(f"purchases are {checked.shape}: give [users, {len(tree.products)}].")
    if checked.shape[0] < 2 or checked.sum() <= 0:
        raise DataError("a period needs purchases by two users or more.")
    return checked


def _standard_errors(
    held: list[sparse.csr_array],
    tables: list[sparse.csr_array],
    shares: list[Floats],
) -> Floats:
    """Return the standard error of each node's change: the spread of the users' influences."""
    users = held[0].shape[0]
    squares = np.zeros(held[0].shape[1])
    own = [np.asarray(table.sum(axis=1)) for table in tables]
    for start in range(0, users, 512):
        rows = slice(start, start + 512)
        parts = [
            (h[rows].toarray() - np.outer(o[rows], s)) / o.sum()
            for h, o, s in zip(held, own, shares, strict=True)
        ]
        squares += ((parts[1] - parts[0]) ** 2).sum(axis=0)
    return np.asarray(np.sqrt(squares * users / (users - 1)))
