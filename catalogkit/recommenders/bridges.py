"""Bridges from what users bought in some departments to the items of others: three ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg

from catalogkit.recommenders.base import Floats
from catalogkit.recommenders.interactions import Interactions, Matrix, Rows

_CELLS = 2**22  # similarities of users held at a time


@dataclass(frozen=True, eq=False)
class Crossing:
    """Which items are looked at and which are to be ranked.

    department: int64[m], a number for each item; sources: int64[s], items whose purchases are
    looked at; targets: int64[t], items to be ranked. An item is never looked at for items of its
    own department.
    """

    department: Rows
    sources: Rows
    targets: Rows

    def parts(self) -> list[tuple[Rows, Rows]]:
        """Return for each department of targets the places of its sources and of its targets."""
        found, asked = self.department[self.sources], self.department[self.targets]
        return [
            (np.flatnonzero(found != number), np.flatnonzero(asked == number))
            for number in np.unique(asked)
        ]


def ridge(interactions: Interactions, crossing: Crossing, penalty: float) -> Floats:
    """Solve for the linear map from sources to targets, float32[s, t].

    For the targets of a department the map is (G + penalty I)^-1 B, where G counts how many users
    bought two sources outside it and B how many bought a source and a target. All departments
    share one inverse, from which each takes its own rows out by a Schur complement. Where every
    item is a department of its own, this is EASE. Time grows with s² (s + t).
    Source: Hoerl & Kennard 1970; Steck 2019.
    """
    bought = interactions.bought[:, crossing.sources]
    gram = (bought.T @ bought).toarray().astype(np.float64)
    shared = (bought.T @ interactions.bought[:, crossing.targets]).toarray().astype(np.float64)
    gram[np.diag_indices(len(gram))] += penalty
    inverse = linalg.cho_solve(linalg.cho_factor(gram), np.eye(len(gram)))
    weights = np.zeros(shared.shape, np.float32)
    for outside, asked in crossing.parts():
        inside = np.setdiff1d(np.arange(len(gram)), outside)
        solved = inverse[:, outside] @ shared[np.ix_(outside, asked)]
        own = np.linalg.solve(inverse[np.ix_(inside, inside)], solved[inside])
        solved -= inverse[:, inside] @ own
        weights[np.ix_(outside, asked)] = solved[outside]
    return weights


def neighbours(interactions: Interactions, crossing: Crossing, rows: Rows, k: int) -> Floats:
    """Say what share of the k users most like each of b users bought each target, float32[b, t].

    Two users are alike by the cosine of what they bought of the sources; a neighbour counts by it.
    """
    shares = np.zeros((len(rows), len(crossing.targets)), np.float32)
    step = max(1, _CELLS // interactions.bought.shape[0])
    for outside, asked in crossing.parts():
        bought = interactions.bought[:, crossing.sources[outside]]
        there = interactions.bought[:, crossing.targets[asked]]
        for start in range(0, len(rows), step):
            part = slice(start, start + step)
            shares[part, asked] = (_nearest(bought, rows[part], k) @ there).toarray()
    return shares


def content(interactions: Interactions, crossing: Crossing, rows: Rows, vectors: Floats) -> Floats:
    """Multiply the mean vector of a user's sources with those of the targets, float32[b, t]."""
    scores = np.zeros((len(rows), len(crossing.targets)), np.float32)
    for outside, asked in crossing.parts():
        sources = crossing.sources[outside]
        bought = interactions.bought[rows][:, sources]
        length = np.maximum(np.diff(bought.indptr), 1).astype(np.float32)
        profile = (bought @ vectors[sources]) / length[:, None]
        scores[:, asked] = profile @ vectors[crossing.targets[asked]].T
    return scores


def _nearest(bought: Matrix, rows: Rows, k: int) -> Matrix:
    """Weigh each user's k nearest others, positive weights that add up to 1, [b, n + 1]."""
    length = np.sqrt(np.maximum(np.diff(bought.indptr), 1)).astype(np.float32)
    alike: npt.NDArray[np.float32] = (bought[rows] @ bought.T).toarray() / length
    alike[np.arange(len(rows)), rows] = 0
    if k < alike.shape[1]:
        floor = np.partition(alike, -k, axis=1)[:, -k]
        alike[alike < floor[:, None]] = 0
    total = alike.sum(axis=1, keepdims=True)
    return Matrix(np.divide(alike, total, out=np.zeros_like(alike), where=total > 0))
