"""How far confidence is from accuracy: a confidence of .8 should be right in 80 of 100 cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from catalogkit.evaluation.intervals import FloatArray

Binning = Literal["width", "mass"]


@dataclass(frozen=True, eq=False)
class ReliabilityCurve:
    """Mean confidence, share right and size of the non-empty bins, [b] each, low to high."""

    confidence: FloatArray
    accuracy: FloatArray
    count: npt.NDArray[np.int64]

    @property
    def error(self) -> float:
        """Expected calibration error: the gap between the two, weighted by bin size."""
        return float(np.average(np.abs(self.accuracy - self.confidence), weights=self.count))


def reliability_curve(
    confidence: npt.ArrayLike, correct: npt.ArrayLike, *, bins: int = 15, binning: Binning = "width"
) -> ReliabilityCurve:
    """Compare confidence with accuracy, bin by bin.

    confidence: [n] in [0, 1], of the class chosen; correct: [n] bool, whether it was right.
    binning: bins of equal "width", or of equal "mass" at the quantiles (adaptive: no bin of three
    items; equal confidences share a bin). Bins are closed on the right. scikit-learn's
    calibration_curve with the sizes that the error needs.
    Raises ValueError for lengths that differ, confidences out of range, answers not 0 or 1.
    Source: Guo, Pleiss, Sun & Weinberger 2017 (width); Nguyen & O'Connor 2015 (mass).
    """
    sure, right = np.asarray(confidence, dtype=np.float64), np.asarray(correct, dtype=np.float64)
    _check(sure, right, bins)
    grid = np.linspace(0, 1, bins + 1)
    edges = grid if binning == "width" else np.quantile(sure, grid)
    place = np.searchsorted(edges[1:-1], sure)
    count = np.bincount(place, minlength=bins)
    used = count > 0
    confidences = np.bincount(place, sure, bins)[used] / count[used]
    accuracies = np.bincount(place, right, bins)[used] / count[used]
    return ReliabilityCurve(confidences, accuracies, count[used])


def expected_calibration_error(
    confidence: npt.ArrayLike, correct: npt.ArrayLike, *, bins: int = 15, binning: Binning = "width"
) -> float:
    """Mean gap between confidence and accuracy over the bins of `reliability_curve`, in [0, 1].

    Sampling noise alone makes it positive, more so with many bins and few items: compare models
    on the same items and bins. Arguments and errors are those of `reliability_curve`.
    """
    return reliability_curve(confidence, correct, bins=bins, binning=binning).error


def _check(confidence: FloatArray, correct: FloatArray, bins: int) -> None:
    if confidence.ndim != 1 or confidence.shape != correct.shape or not len(confidence):
        raise ValueError(f"need two equal [n] arrays, got {confidence.shape}, {correct.shape}")
    if not ((confidence >= 0) & (confidence <= 1)).all():
        raise ValueError("confidence must lie in [0, 1]: pass probabilities, not logits or NaN")
    if not np.isin(correct, (0, 1)).all():
        raise ValueError("correct must hold True or False, whether the chosen class was right")
    if bins < 1:
        raise ValueError(f"bins must be 1 or more, got {bins}")
