"""The dominated area, by hand and beside pymoo."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogkit.evaluation.hypervolume import hypervolume


def test_two_steps_of_a_stair() -> None:
    """(1, 2) and (3, 1) dominate 1 x 2 and 2 x 1."""
    assert hypervolume([[1, 2], [3, 1]]) == 4


def test_a_dominated_point_adds_nothing() -> None:
    """(1, 1) lies under (2, 2)."""
    assert hypervolume([[2, 2], [1, 1]]) == 4


def test_a_point_below_the_reference_adds_nothing() -> None:
    """However good its other goal."""
    assert hypervolume([[2, 2], [0.5, 9]], (1, 1)) == 1


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_many_sets_at_once_equal_pymoo_s(seed: int) -> None:
    """Four random sets of seven points."""
    from pymoo.indicators.hv import HV

    points = np.random.default_rng(seed).random((4, 7, 2))
    wanted = [HV(ref_point=np.zeros(2))(-each) for each in points]
    assert np.allclose(hypervolume(points), wanted)


def test_three_goals_are_refused() -> None:
    """The sum over steps holds in the plane only."""
    with pytest.raises(ValueError, match=r"got \(4, 3\)"):
        hypervolume(np.zeros((4, 3)))
