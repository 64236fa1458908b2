"""Guess from a model's losses which examples it was trained on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from torch import nn

from catalogkit.datasets.errors import DataError
from catalogkit.evaluation.classification import WeightedScore
from catalogkit.evaluation.intervals import FloatArray, Interval, Seed, bootstrap_statistic
from catalogkit.language.training import TextDataset, predict_logits
from catalogkit.privacy.training import VectorExamples


def example_losses(model: nn.Module, examples: VectorExamples | TextDataset) -> FloatArray:
    """Return the cross-entropy of each example by itself, float64[n], in evaluation mode.

    Raises DataError without examples, or without labels.
    """
    if examples.labels is None:
        raise DataError("the examples have no labels: a loss needs what is right")
    logits = predict_logits(model, examples).astype(np.float64)
    right = logits[np.arange(len(logits)), examples.labels]
    return np.asarray(np.logaddexp.reduce(logits, axis=1) - right)


def calibrated_scores(
    losses: npt.ArrayLike, members: npt.ArrayLike, deals: npt.ArrayLike
) -> FloatArray:
    """Score examples by how much less a model loses on them than models that never saw them.

    losses: [models, n]; members: bool [models, n], whether the model was trained on the example;
    deals: [models]; a model is held against the models of other deals only, so that members and
    others have references of one kind. A higher score speaks for membership, [models, n]; the
    uncalibrated attack's is -losses, which takes easy examples for members.
    Raises ValueError when shapes differ or an example has no reference.
    Source: Watson, Guo, Cormode & Sablayrolles 2022, section 3.
    """
    lost, inside, deal = np.asarray(losses, np.float64), np.asarray(members, bool), np.ravel(deals)
    if lost.ndim != 2 or lost.shape != inside.shape or deal.shape != lost.shape[:1]:
        raise ValueError(f"shapes differ: {lost.shape}, {inside.shape}, deals {deal.shape}")
    scores = np.empty_like(lost)
    for model in range(len(lost)):
        stranger = ~inside & (deal != deal[model])[:, None]
        count = stranger.sum(axis=0)
        if not count.all():
            raise ValueError(
                f"example {count.argmin()} has no reference: every model of the deals other than "
                f"{deal[model]} was trained on it"
            )
        scores[model] = np.where(stranger, lost, 0).sum(axis=0) / count - lost[model]
    return scores


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
