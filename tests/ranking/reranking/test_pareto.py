"""The front holds what nothing else beats in both goals."""

from __future__ import annotations

import numpy as np
import pytest

from catalogkit.ranking import Ranking
from catalogkit.ranking.reranking.pareto import linear, pareto_front

CANDIDATES = Ranking([[4, 7, 9]], [[3.0, 2.0, 1.0]])


def test_a_weighted_sum_of_features_sorts_the_candidates() -> None:
    """The second feature turns the order of the first."""
    features = [[[1.0, 0.0], [0.5, 0.2], [0.0, 1.0]]]
    assert linear(CANDIDATES, features, [1.0, 0.0], 2).items.tolist() == [[4, 7]]
    assert linear(CANDIDATES, features, [0.1, 1.0], 2).items.tolist() == [[9, 7]]


def test_the_front_of_two_opposite_goals_spans_both() -> None:
    """Goals x and 1 - x^2: every x in 0-1 is on the front, and it is sorted by the first."""
    front = pareto_front(lambda x: [x[0], 1 - x[0] ** 2], 1, population=12, generations=8, seed=0)
    assert np.allclose(front.values[:, 1], 1 - front.weights[:, 0] ** 2)
    assert (np.diff(front.values[:, 0]) <= 0).all()
    assert front.values[0, 0] > 0.9
    assert front.values[-1, 0] < 0.1


def test_a_setting_that_is_beaten_is_not_on_the_front() -> None:
    """Both goals fall with the second weight: it is driven to zero."""
    front = pareto_front(
        lambda x: [x[0] - x[1], 1 - x[0] - x[1]], 2, population=12, generations=30, seed=0
    )
    assert front.weights[:, 1].max() < 0.05


def test_a_given_start_is_tried() -> None:
    """One generation returns the start when nothing drawn beats it."""
    front = pareto_front(
        lambda x: [float(x[0] == 0.25)], 1, population=4, generations=1, start=[[0.25]], seed=0
    )
    assert front.weights.tolist() == [[0.25]]


def test_the_same_seed_gives_the_same_front() -> None:
    """Nothing random is global."""
    one, two = (
        pareto_front(lambda x: [x[0], -x[0]], 1, population=6, generations=2, seed=3).weights
        for _ in range(2)
    )
    assert np.array_equal(one, two)


def test_a_goal_without_a_number_is_refused() -> None:
    """NaN has no place on a front."""
    with pytest.raises(ValueError, match="goals must be finite"):
        pareto_front(lambda _: [np.nan], 1, seed=0)


def test_features_of_another_shape_are_refused() -> None:
    """One row a candidate, one column a weight."""
    with pytest.raises(ValueError, match=r"candidates of \(1, 3\) and 2 weights"):
        linear(CANDIDATES, np.zeros((1, 3, 3)), [1.0, 1.0], 2)
