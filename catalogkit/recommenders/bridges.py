"""Bridges from what users bought in some departments to the items of others: three ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg

from catalogkit.recommenders.base import Floats
from catalogkit.recommenders.content import mean_vectors
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


def ridge(interactions: Interactions, crossing: Crossing, penalty: float) -> tuple[Floats, Floats]:
    """Solve for the linear map from sources to targets, float32[s, t], and its constant [t].

    A department is learnt from the users who bought there: of the others nobody knows what they
    would buy. The constant is not penalised, so a heavy penalty leaves popularity. All is times the
    share of users who bought in the department, so that departments can be compared.
    Time grows with the cube of sources or users, whichever are fewer, for each department.
    Source: Hoerl & Kennard 1970; by users: Saunders, Gammerman & Vovk 1998.
    """
    shape = (len(crossing.sources), len(crossing.targets))
    weights, constant = np.zeros(shape, np.float32), np.zeros(shape[1], np.float32)
    for outside, asked in crossing.parts():
        there = interactions.bought[:, crossing.targets[asked]]
        users = np.flatnonzero(np.diff(there.indptr))
        bought = interactions.bought[users][:, crossing.sources[outside]]
        if not len(users) or not len(outside):
            continue
        found = _solved(bought, there[users], penalty)
        share = len(users) / len(interactions.users)
        weights[np.ix_(outside, asked)] = share * found
        usual = _means(there[users]) - _means(bought) @ found
        constant[asked] = share * usual
    return weights, constant


def _solved(bought: Matrix, there: Matrix, penalty: float) -> npt.NDArray[np.float64]:
    """Regress columns [u, t] on columns [u, s], both centred, float64[s, t]."""
    n, sources = bought.shape
    mean, target = _means(bought), _means(there)
    if sources <= n:
        gram = (bought.T @ bought).toarray() - n * np.outer(mean, mean)
        shared = (bought.T @ there).toarray() - n * np.outer(mean, target)
        return _penalised(gram, shared, penalty)
    gram = (bought @ bought.T).toarray().astype(np.float64)
    centred = gram - gram.mean(axis=0) - gram.mean(axis=1, keepdims=True) + gram.mean()
    return np.asarray(bought.T @ _penalised(centred, there.toarray() - target, penalty))


def _means(matrix: Matrix) -> npt.NDArray[np.float64]:
    return np.asarray(matrix.sum(axis=0) / np.float64(matrix.shape[0]))


def _penalised(
    gram: npt.NDArray[np.float64], shared: npt.NDArray[np.float64], penalty: float
) -> npt.NDArray[np.float64]:
    gram[np.diag_indices(len(gram))] += penalty
    return np.asarray(linalg.solve(gram, shared, assume_a="pos"))


def neighbours(interactions: Interactions, crossing: Crossing, rows: Rows, k: int) -> Floats:
    """Say what share of the k users most like each of b users bought each target, float32[b, t].

    Two users are alike by the cosine of what they bought of the sources; a neighbour counts by it.
    As in ridge, neighbours are users who bought in the department, and all is times their share.
    """
    shares = np.zeros((len(rows), len(crossing.targets)), np.float32)
    step = max(1, _CELLS // len(interactions.users))
    for outside, asked in crossing.parts():
        there = interactions.bought[:, crossing.targets[asked]]
        users = np.flatnonzero(np.diff(there.indptr))
        bought = interactions.bought[:, crossing.sources[outside]]
        for start in range(0, len(rows), step):
            part = slice(start, start + step)
            near = _nearest(bought, rows[part], users, k) @ there[users]
            shares[part, asked] = near.toarray() * (len(users) / len(interactions.users))
    return shares


def content(interactions: Interactions, crossing: Crossing, rows: Rows, vectors: Floats) -> Floats:
    """Multiply the mean vector of a user's sources with those of the targets, float32[b, t]."""
    scores = np.zeros((len(rows), len(crossing.targets)), np.float32)
    for outside, asked in crossing.parts():
        sources = crossing.sources[outside]
        profile = mean_vectors(interactions.bought[rows][:, sources], vectors[sources])
        scores[:, asked] = profile @ vectors[crossing.targets[asked]].T
    return scores


def _nearest(bought: Matrix, rows: Rows, users: Rows, k: int) -> Matrix:
    """Weigh the k of u users nearest to each of b others, weights that add up to 1, [b, u]."""
    length = np.sqrt(np.maximum(np.diff(bought.indptr)[users], 1)).astype(np.float32)
    alike: npt.NDArray[np.float32] = (bought[rows] @ bought[users].T).toarray() / length
    alike[rows[:, None] == users] = 0
    if k < alike.shape[1]:
        floor = np.partition(alike, -k, axis=1)[:, -k]
        alike[alike < floor[:, None]] = 0
    total = alike.sum(axis=1, keepdims=True)
    return Matrix(np.divide(alike, total, out=np.zeros_like(alike), where=total > 0))
