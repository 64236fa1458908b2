"""A line over columns of pairs learns which of them tell purchases from random pairs."""

from __future__ import annotations

import numpy as np
import pytest

from catalogkit.recommenders.interactions import Matrix
from catalogkit.recommenders.linear_blend import LinearBlend, teach_line

RNG = np.random.default_rng(0)
BOUGHT = (RNG.random((60, 40)) < 0.1).astype(np.float32)
COLUMNS = {
    "telling": BOUGHT + RNG.normal(size=BOUGHT.shape).astype(np.float32),
    "noise": RNG.normal(size=BOUGHT.shape).astype(np.float32),
}


def test_scores_are_the_weighted_sum() -> None:
    """Two columns by hand; the third has no weight."""
    given = {"a": 1, "b": 2, "c": 9}
    columns = {name: np.full((1, 1), value, np.float32) for name, value in given.items()}
    assert LinearBlend({"a": 3, "b": -1}).scores(columns).tolist() == [[1]]


def test_the_telling_column_gets_the_weight() -> None:
    """What goes along with purchases counts, noise hardly."""
    weights = teach_line(COLUMNS, Matrix(BOUGHT), pairs=20_000, seed=0).weights
    assert weights["telling"] > 0.5
    assert abs(weights["noise"]) < 0.2


def test_items_of_a_group_share_their_columns() -> None:
    """Every item twice, with one column for both, teaches the same to a few percent."""
    twice = Matrix(np.repeat(BOUGHT, 2, axis=1))
    group = np.repeat(np.arange(40), 2)
    alone = teach_line(COLUMNS, Matrix(BOUGHT), pairs=100_000, seed=0).weights["telling"]
    shared = teach_line(COLUMNS, twice, group=group, pairs=100_000, seed=0).weights["telling"]
    assert shared == pytest.approx(alone, rel=0.1)


def test_only_the_chosen_users_teach() -> None:
    """What the others bought, and what is known of them, changes nothing."""
    half = np.arange(60) < 30
    changed = {name: np.where(half[:, None], values, -9) for name, values in COLUMNS.items()}
    purchases = Matrix(np.where(half[:, None], BOUGHT, 1))
    first = teach_line(COLUMNS, Matrix(BOUGHT), users=half, pairs=5000, seed=1)
    second = teach_line(changed, purchases, users=half, pairs=5000, seed=1)
    assert first.weights == second.weights


def test_users_who_bought_nothing_cannot_teach() -> None:
    """The message says how many they are."""
    with pytest.raises(ValueError, match="the 60 users who teach bought nothing"):
        teach_line(COLUMNS, Matrix(np.zeros((60, 40), np.float32)), seed=0)
