"""AUC and calibration on resamples: the answers of scikit-learn, hand and calibration.py."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from catalogkit.evaluation.calibration import expected_calibration_error
from catalogkit.evaluation.probabilities import (
    weighted_auc,
    weighted_calibration_error,
    weighted_rmse,
)

CHANCE = [0.1, 0.4, 0.35, 0.8]
HAPPENED = [0, 0, 1, 1]
EACH = [0, 1, 2, 3]


def drawn(rows: int = 600) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return probabilities with many ties, events as likely as they say, and 20 groups."""
    rng = np.random.default_rng(0)
    chance = rng.random(rows).round(2)
    return chance, rng.random(rows) < chance, rng.integers(0, 20, rows)


def test_three_of_four_pairs_in_order_make_an_auc_of_three_quarters() -> None:
    """The textbook example: only .4 stands wrongly above .35."""
    assert weighted_auc(CHANCE, HAPPENED, EACH)(np.ones((1, 4))) == pytest.approx([0.75])


def test_with_steps_for_every_value_the_auc_is_that_of_scikit_learn() -> None:
    """Ties, and groups drawn several times or not at all, count as repeated rows would."""
    chance, happened, groups = drawn()
    weights = np.random.default_rng(1).integers(0, 3, (5, 20)).astype(float)
    expected = [roc_auc_score(happened, chance, sample_weight=row[groups]) for row in weights]
    found = weighted_auc(chance, happened, groups, steps=10_000)(weights)
    assert found == pytest.approx(expected)


def test_equal_chances_make_an_auc_of_one_half() -> None:
    """A model that cannot tell rows apart is a coin."""
    assert weighted_auc([0.3] * 4, HAPPENED, EACH)(np.ones((1, 4))) == pytest.approx([0.5])


def test_undrawn_the_calibration_error_is_the_one_of_equal_mass() -> None:
    """Each group once: the number of `expected_calibration_error`."""
    chance, happened, groups = drawn()
    found = weighted_calibration_error(chance, happened, groups)(np.ones((1, 20)))
    expected = expected_calibration_error(chance, happened, bins=15, binning="mass")
    assert found == pytest.approx([expected])


def test_a_group_that_is_not_drawn_does_not_count() -> None:
    """Without the rows that were missed by .5 nothing is missed."""
    found = weighted_calibration_error([0.5, 0.5, 1.0], [1, 1, 1], [0, 0, 1], bins=1)
    assert found(np.array([[1.0, 1.0], [0.0, 1.0]])) == pytest.approx([1 / 3, 0])


@pytest.mark.parametrize("score", [weighted_auc, weighted_calibration_error])
@pytest.mark.parametrize(
    ("chance", "happened", "groups", "message"),
    [
        ([0.5], HAPPENED, EACH, "three equal"),
        ([np.nan, 0, 0, 0], HAPPENED, EACH, "1 of chance are no numbers"),
        (CHANCE, [0, 1, 2, 0], EACH, "0 or 1"),
        (CHANCE, HAPPENED, [0, -1, 0, 0], "whole numbers from 0"),
    ],
)
def test_bad_columns_are_refused(score, chance, happened, groups, message) -> None:  # noqa: ANN001
    """The message says which column and what it should hold."""
    with pytest.raises(ValueError, match=message):
        score(chance, happened, groups)


def test_a_logit_is_no_probability() -> None:
    """Calibration needs [0, 1]; order does not."""
    with pytest.raises(ValueError, match="not logits"):
        weighted_calibration_error([-1.0, 2.0], [0, 1], [0, 1])


def test_an_auc_of_one_kind_of_rows_is_refused() -> None:
    """There is no pair to put in order."""
    with pytest.raises(ValueError, match="alike"):
        weighted_auc([0.1, 0.2], [1, 1], [0, 1])


def test_the_error_of_a_group_drawn_twice_counts_twice() -> None:
    """Errors of 3 and of 1: the root of 5, of 19/3 when the first is drawn twice."""
    score = weighted_rmse([4.0, 1.0], [1.0, 2.0], [0, 1])
    assert score(np.array([[1.0, 1.0], [2.0, 1.0]])) == pytest.approx([5**0.5, (19 / 3) ** 0.5])


def test_errors_that_are_no_numbers_are_refused() -> None:
    """A missing answer, and groups of another length, are named."""
    with pytest.raises(ValueError, match="1 of the differences are no numbers"):
        weighted_rmse([np.nan, 1], [1, 2], [0, 0])
    with pytest.raises(ValueError, match="three equal"):
        weighted_rmse([1.0, 1], [1, 2], [0])
