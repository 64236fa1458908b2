"""Calibration error and reliability curve, against scikit-learn and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from catalogkit.evaluation import expected_calibration_error, reliability_curve

STRATEGY = {"width": "uniform", "mass": "quantile"}


@pytest.mark.parametrize("binning", ["width", "mass"])
def test_the_curve_is_that_of_scikit_learn_and_its_sizes_add_up(binning: str) -> None:
    """Bins, mean confidences and accuracies agree with calibration_curve."""
    rng = np.random.default_rng(0)
    confidence = np.round(rng.beta(5, 2, size=400), 2)
    correct = rng.random(400) < confidence**2
    curve = reliability_curve(confidence, correct, bins=8, binning=binning)
    accuracy, mean = calibration_curve(correct, confidence, n_bins=8, strategy=STRATEGY[binning])
    assert curve.accuracy == pytest.approx(accuracy)
    assert curve.confidence == pytest.approx(mean)
    assert curve.count.sum() == 400


def test_the_error_weighs_each_gap_by_its_items() -> None:
    """Three items sure at .9 and all right (gap .1), one at .6 and wrong (gap .6)."""
    error = expected_calibration_error([0.9, 0.9, 0.9, 0.6], [1, 1, 1, 0], bins=10)
    assert error == pytest.approx(0.75 * 0.1 + 0.25 * 0.6)


def test_a_calibrated_model_has_an_error_near_zero_and_a_sure_one_does_not() -> None:
    """Answers drawn with their own confidence against answers that claim to be certain."""
    rng = np.random.default_rng(0)
    confidence = rng.random(20_000)
    correct = rng.random(20_000) < confidence
    assert expected_calibration_error(confidence, correct) < 0.02
    assert expected_calibration_error(np.ones(20_000), correct) == pytest.approx(0.5, abs=0.02)


def test_bins_of_equal_mass_hold_equally_many_items() -> None:
    """Confidences crowded near one are still spread over the bins."""
    curve = reliability_curve(1 - np.arange(1, 101) / 10_000, np.ones(100), bins=5, binning="mass")
    assert curve.count.tolist() == [20] * 5


@pytest.mark.parametrize(
    ("confidence", "correct", "bins", "says"),
    [
        ([0.5], [1, 0], 5, "two equal"),
        ([], [], 5, "two equal"),
        ([1.5], [1], 5, "probabilities, not logits"),
        ([np.nan], [1], 5, "probabilities, not logits"),
        ([0.5], [3], 5, "True or False"),
        ([0.5], [1], 0, "bins must be"),
    ],
)
def test_what_is_no_confidence_is_refused(
    confidence: list, correct: list, bins: int, says: str
) -> None:
    """Logits, class numbers and unequal lengths raise an error."""
    with pytest.raises(ValueError, match=says):
        expected_calibration_error(confidence, correct, bins=bins)
