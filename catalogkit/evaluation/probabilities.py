"""Judge answers on resamples: probabilities by order and calibration, numbers by their error."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from catalogkit.evaluation.classification import WeightedScore
from catalogkit.evaluation.intervals import FloatArray


def weighted_auc(
    chance: npt.ArrayLike, happened: npt.ArrayLike, groups: npt.ArrayLike, *, steps: int = 1000
) -> WeightedScore:
    """Return the AUC as a function of weights[d, g] of the groups, for `bootstrap_statistic`.

    chance: [n], higher is likelier; happened: [n], 0 or 1; groups: int[n] from 0, what is drawn
    together, such as a household's rows. Rows go into steps of equal count by their chance (equal
    chances into one); two rows of one step count half. Holds 8 g * steps bytes.
    Raises ValueError for lengths that differ, values out of range, and when all rows are alike.
    """
    scores, truth, codes = _checked(chance, happened, groups)
    if truth.min() == truth.max():
        raise ValueError("all of happened is alike: AUC compares what happened with what did not")
    table = np.zeros((2, codes.max() + 1, steps), np.float32)
    np.add.at(table, (truth.astype(np.intp), codes, _step(scores, steps)), 1)

    def score(weights: FloatArray) -> FloatArray:
        counts = weights.astype(np.float32)  # whole numbers stay exact, and the product is fast
        no, yes = (np.asarray(counts @ rows, np.float64) for rows in table)
        below = np.cumsum(no, axis=1) - no / 2
        return np.asarray((yes * below).sum(axis=1) / (yes.sum(axis=1) * no.sum(axis=1)))

    return score


def weighted_calibration_error(
    chance: npt.ArrayLike, happened: npt.ArrayLike, groups: npt.ArrayLike, *, bins: int = 15
) -> WeightedScore:
    """Return the expected calibration error as a function of weights[d, g] of the groups.

    The error of `expected_calibration_error` with bins of equal mass, cut once on all rows; chance
    in [0, 1], the rest and the errors raised as in `weighted_auc`.
    """
    sure, truth, codes = _checked(chance, happened, groups)
    if not ((sure >= 0) & (sure <= 1)).all():
        raise ValueError("chance must lie in [0, 1]: pass probabilities, not logits")
    gaps = np.zeros((codes.max() + 1, bins))
    np.add.at(gaps, (codes, _step(sure, bins)), truth - sure)
    size = np.bincount(codes)
    return lambda weights: np.abs(weights @ gaps).sum(axis=1) / (weights @ size)


def weighted_rmse(
    answer: npt.ArrayLike, truth: npt.ArrayLike, groups: npt.ArrayLike
) -> WeightedScore:
    """Return the root of the mean squared error as a function of weights[d, g] of the groups.

    answer, truth: [n], numbers; groups as in `weighted_auc`.
    Raises ValueError for lengths that differ, and for what is no number.
    """
    error = np.asarray(answer, np.float64) - np.asarray(truth, np.float64)
    codes = np.asarray(groups)
    if error.ndim != 1 or not len(error) or codes.shape != error.shape:
        raise ValueError(f"need three equal [n]: differences {error.shape}, groups {codes.shape}")
    if not np.isfinite(error).all():
        raise ValueError(
            f"{np.count_nonzero(~np.isfinite(error))} of the differences are no numbers"
        )
    squares, size = np.bincount(codes, error**2), np.bincount(codes)
    return lambda weights: np.sqrt((weights @ squares) / (weights @ size))


def _step(values: FloatArray, steps: int) -> npt.NDArray[np.intp]:
    """Put values into steps of equal count, lowest first; equal values share one."""
    edges = np.quantile(values, np.linspace(0, 1, steps + 1))
    return np.searchsorted(edges[1:-1], values)


def _checked(
    chance: npt.ArrayLike, happened: npt.ArrayLike, groups: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.intp]]:
    """Return the three columns; raise what is wrong with them."""
    scores, truth = np.asarray(chance, np.float64), np.asarray(happened, np.float64)
    codes = np.asarray(groups)
    if scores.ndim != 1 or not len(scores) or not scores.shape == truth.shape == codes.shape:
        raise ValueError(f"need three equal [n]: {scores.shape}, {truth.shape}, {codes.shape}")
    if not np.isfinite(scores).all():
        raise ValueError(f"{np.count_nonzero(~np.isfinite(scores))} of chance are no numbers")
    if not np.isin(truth, (0, 1)).all():
        raise ValueError("happened must hold 0 or 1, whether it came true")
    if codes.dtype.kind not in "iu" or codes.min() < 0:
        raise ValueError("groups must be whole numbers from 0: use pandas.factorize")
    return scores, truth, codes.astype(np.intp)
