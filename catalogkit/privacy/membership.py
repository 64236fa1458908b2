"""Guess from a model's losses which examples it was trained on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from catalogkit.evaluation.classification import WeightedScore
from catalogkit.evaluation.intervals import FloatArray, Interval, Seed, bootstrap_statistic


def calibrated_scores(losses: npt.ArrayLike, references: npt.ArrayLike) -> FloatArray:
    """Score examples by how much less the model loses on them than models that never saw them.

    losses: [n] of the attacked model; references: [models, n] losses of others, NaN where a model
    was trained on the example. A higher score speaks for membership. Without the references a
    score is -losses, which takes easy examples for members.
    Raises ValueError when shapes differ or an example has no reference.
    Source: Watson, Guo, Cormode & Sablayrolles 2022, section 3.
    """
    attacked, others = np.asarray(losses, np.float64), np.asarray(references, np.float64)
    if attacked.ndim != 1 or others.ndim != 2 or others.shape[1] != len(attacked):
        raise ValueError(f"need losses [n], references [models, n]: {attacked.shape, others.shape}")
    unseen = ~np.isnan(others)
    if not unseen.any(axis=0).all():
        first = int(np.argmin(unseen.any(axis=0)))
        raise ValueError(f"example {first} has no reference: every other model was trained on it")
    total = np.where(unseen, others, 0.0).sum(axis=0)
    return np.asarray(total / unseen.sum(axis=0) - attacked)


def weighted_auc(scores: npt.ArrayLike, members: npt.ArrayLike) -> WeightedScore:
    """AUC of telling members by score, as a function of weights[d, n] that returns [d].

    scores: [n] or [models, n], NaN where an example takes no part; members: bool, the same shape.
    AUC is the chance that a member scores above a non-member, ties half; over several models it
    is the mean of theirs. Raises ValueError when shapes differ or a model lacks either kind.
    """
    table, member = np.atleast_2d(np.asarray(scores, np.float64)), np.atleast_2d(members)
    if table.shape != member.shape:
        raise ValueError(f"scores and members differ in shape: {table.shape}, {member.shape}")
    parts = [_sorted(*pair) for pair in zip(table, member.astype(bool), strict=True)]

    def score(weights: FloatArray) -> FloatArray:
        return np.asarray(np.mean([_auc(weights, *part) for part in parts], axis=0))

    return score


def membership_auc(
    scores: npt.ArrayLike, members: npt.ArrayLike, *,
    draws: int = 2000, level: float = 0.95, comparisons: int = 1, seed: Seed,
) -> Interval:  # fmt: skip
    """Return the attack's AUC with an interval: 0.5 is blind guessing, 1 knows every member.

    Arguments of `weighted_auc` and `bootstrap`; the examples are resampled, the models stay.
    """
    units = np.atleast_2d(np.asarray(scores)).shape[1]
    return bootstrap_statistic(
        weighted_auc(scores, members), units, draws=draws, level=level, comparisons=comparisons,
        seed=seed,
    )  # fmt: skip


Sorted = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.intp]]


def _sorted(scores: FloatArray, member: npt.NDArray[np.bool_]) -> Sorted:
    """Give members, the others by rising score, and how many others lie below each member."""
    inside = np.flatnonzero(member & ~np.isnan(scores))
    outside = np.flatnonzero(~member & ~np.isnan(scores))
    if not len(inside) or not len(outside):
        raise ValueError(f"{len(inside)} members and {len(outside)} others: AUC needs both")
    outside = outside[np.argsort(scores[outside])]
    ranks = [np.searchsorted(scores[outside], scores[inside], side) for side in ("left", "right")]
    return inside, outside, np.array(ranks)


def _auc(
    weights: FloatArray,
    inside: npt.NDArray[np.intp],
    outside: npt.NDArray[np.intp],
    ranks: npt.NDArray[np.intp],
) -> FloatArray:
    """Weigh every pair of a member and another; [d] from weights [d, n]."""
    below = np.zeros((len(weights), len(outside) + 1))
    np.cumsum(weights[:, outside], axis=1, out=below[:, 1:])
    ours = weights[:, inside]
    pairs = ours.sum(axis=1) * below[:, -1]
    won = [np.einsum("dm,dm->d", ours, below[:, side]) for side in ranks]
    return np.asarray((won[0] + won[1]) / 2 / pairs)
