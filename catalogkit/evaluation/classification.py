"""What scikit-learn's metrics leave out: macro-F1 over resamples, and classes that form a tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from catalogkit.evaluation.intervals import FloatArray

Path = tuple[str, ...]
WeightedScore = Callable[[FloatArray], FloatArray]


def macro_f1(truth: npt.ArrayLike, predicted: npt.ArrayLike) -> float:
    """Mean F1 of the classes that occur in the truth.

    truth, predicted: [n] labels. A class that is only predicted costs recall where it is chosen
    but is not averaged over, so that two models are scored on the same classes: scikit-learn's
    f1_score(labels=unique(truth), average="macro"). Raises ValueError as `weighted_macro_f1`.
    """
    score = weighted_macro_f1(truth, predicted)
    return float(score(np.ones((1, np.size(truth))))[0])


def weighted_macro_f1(truth: npt.ArrayLike, predicted: npt.ArrayLike) -> WeightedScore:
    """Macro-F1 as a function of weights[d, n] that returns [d], for `bootstrap_statistic`.

    The classes of a draw are those that its truth holds. Raises ValueError when the lengths
    differ, when there is nothing, and when a label is null.
    """
    true, guess = np.ravel(truth), np.ravel(predicted)
    _check_lengths(len(true), len(guess))
    codes, names = pd.factorize(np.concatenate([true.astype(object), guess.astype(object)]))
    if (codes < 0).any():
        raise ValueError(f"{np.count_nonzero(codes < 0)} labels are null: every row needs a class")
    actual, chosen = (_one_hot(part, len(names)) for part in np.split(codes, 2))
    right = actual.multiply(chosen).tocsr()

    def score(weights: FloatArray) -> FloatArray:
        support = weights @ actual
        size = np.maximum(support + weights @ chosen, np.finfo(float).tiny)
        f1 = 2 * (weights @ right) / size
        return np.asarray(f1.sum(axis=1) / np.count_nonzero(support, axis=1))

    return score


@dataclass(frozen=True)
class HierarchicalScores:
    """Precision, recall and F1 over classes and all their ancestors."""

    precision: float
    recall: float
    f1: float


def hierarchical_scores(truth: Sequence[Path], predicted: Sequence[Path]) -> HierarchicalScores:
    """Score paths in a tree: a near miss shares ancestors and counts in part.

    truth, predicted: one path an item, from below the root to the class, such as
    ("GROCERY", "CHEESE"). Two nodes are the same when their whole paths are. Each path stands for
    itself and its ancestors without the root, summed over items (micro-average). Paths may end at
    any depth; a predicted () abstains, and precision is 0 when all abstain.
    Raises ValueError when lengths differ, when there is nothing, and when a true path is empty.
    Source: Kiritchenko, Matwin, Nock & Famili 2006, "Learning and evaluation in the presence of
    class hierarchies", section 3.
    """
    shared, chosen, actual = _shared_depths(truth, predicted).sum(axis=1)
    return HierarchicalScores(
        precision=float(shared / chosen) if chosen else 0.0,
        recall=float(shared / actual),
        f1=float(2 * shared / (chosen + actual)),
    )


def weighted_hierarchical_f1(truth: Sequence[Path], predicted: Sequence[Path]) -> WeightedScore:
    """Hierarchical F1 as a function of weights[d, n] that returns [d], for `bootstrap_statistic`.

    Arguments, errors and source are those of `hierarchical_scores`.
    """
    shared, chosen, actual = _shared_depths(truth, predicted)
    return lambda weights: np.asarray(2 * (weights @ shared) / (weights @ (chosen + actual)))


def _check_lengths(truth: int, predicted: int) -> None:
    if truth != predicted or truth == 0:
        raise ValueError(f"need one prediction per true label: {truth} labels, {predicted} of them")


def _one_hot(codes: npt.NDArray[np.intp], classes: int) -> sparse.csr_array:
    n = len(codes)
    return sparse.csr_array((np.ones(n), codes, np.arange(n + 1)), shape=(n, classes))


def _shared_depths(truth: Sequence[Path], predicted: Sequence[Path]) -> FloatArray:
    """Nodes shared, predicted and true of every item, [3, n]: a common prefix, two depths."""
    _check_lengths(len(truth), len(predicted))
    odd = {type(path).__name__ for paths in (truth, predicted) for path in paths} - {"tuple"}
    if odd:
        raise ValueError(f"paths must be tuples such as ('GROCERY', 'CHEESE'), got {sorted(odd)}")
    empty = sum(not path for path in truth)
    if empty:
        raise ValueError(f"{empty} true paths are empty: drop or place these items first")
    shared = [
        sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))
        for a, b in zip(truth, predicted, strict=True)
    ]
    depths = [shared, [len(path) for path in predicted], [len(path) for path in truth]]
    return np.array(depths, dtype=np.float64)
