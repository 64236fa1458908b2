"""Results by group."""

from __future__ import annotations

import numpy as np
import pytest

from catalogkit.evaluation import by_group


def test_each_group_has_its_own_mean_between_its_bounds() -> None:
    """Means and sizes are those of the group alone, rows sorted by name."""
    table = by_group([0, 1, 10, 20, 30], ["b", "b", "a", "a", "a"], seed=0)
    assert table.index.tolist() == ["a", "b"]
    assert table["n"].tolist() == [3, 2]
    assert table["value"].tolist() == [20, 0.5]
    assert table[["low", "high"]].to_numpy().tolist() == [[10, 30], [0, 1]]


def test_a_group_of_one_unit_is_kept_without_bounds() -> None:
    """Nothing is dropped: a single unit has a value and says nothing about its spread."""
    table = by_group([[1, 2, 3], [3, 2, 1]], ["a", "a", "b"], seed=0)
    assert table.loc["b", "n"] == 1
    assert table.loc["b", "value"] == 2
    assert np.isnan(table.loc["b", ["low", "high"]].to_numpy(dtype=float)).all()


@pytest.mark.parametrize(
    ("values", "groups", "says"),
    [([1, 2], ["a"], "1 labels"), ([1, 2], ["a", None], "1 of them null"), ([1, np.nan], "ab", "")],
)
def test_values_without_a_group_are_refused(values: list, groups: list, says: str) -> None:
    """Missing labels and NaN values raise an error instead of leaving the table."""
    with pytest.raises(ValueError, match=says or "NaN or infinite"):
        by_group(values, list(groups), seed=0)
