"""Medians are compared in pairs, and a slow moment decides nothing."""

from __future__ import annotations

import numpy as np
import pytest

from catalogkit.evaluation.medians import median_difference


def test_the_estimate_is_the_difference_of_the_medians() -> None:
    """Medians of 5 and 2, whatever the largest value."""
    one = median_difference([4, 5, 900], [1, 2, 3], seed=0)
    assert (one.value, one.n) == (3, 3)


def test_a_constant_gap_has_no_width() -> None:
    """Pairs that all differ by 2 have medians that do, in every draw."""
    values = np.random.default_rng(0).normal(size=50)
    one = median_difference(values + 2, values, seed=0)
    assert (one.low, one.high) == pytest.approx((2, 2))


def test_resamples_move_the_median() -> None:
    """Of 0 to 100 the bootstrap's 95 % lies about 10 to each side of the middle."""
    one = median_difference(np.arange(101), np.zeros(101), seed=0)
    assert 36 <= one.low <= 46
    assert 54 <= one.high <= 64


@pytest.mark.parametrize(("a", "b"), [([1, 2], [1]), ([[1]], [[1]]), ([1, np.nan], [1, 1])])
def test_what_cannot_be_paired_is_refused(a: list[float], b: list[float]) -> None:
    """Numbers of units, shapes and NaN."""
    with pytest.raises(ValueError, match=r"a and b must be|NaN"):
        median_difference(a, b, seed=0)
