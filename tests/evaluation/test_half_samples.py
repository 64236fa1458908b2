"""Half-sampling on statistics whose spread is known."""

from __future__ import annotations

import numpy as np
import pytest

from catalogkit.evaluation.half_samples import Rows, half_samples

VALUES = np.random.default_rng(0).standard_normal(401)


def mean(rows: Rows) -> dict[str, float]:
    """Return the mean of some values, and how many rows come twice."""
    return {"mean": float(VALUES[rows].mean()), "twice": float(len(rows) - len(set(rows.tolist())))}


def test_a_mean_has_its_textbook_interval() -> None:
    """Value plus and minus 1.96 standard errors, within what 2,000 draws allow."""
    found = half_samples(mean, 401, draws=2000, seed=0)["mean"]
    error = VALUES.std(ddof=1) / np.sqrt(401)
    assert found.value == VALUES.mean()
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * error, rel=0.06)


def test_no_unit_is_drawn_twice() -> None:
    """That is what it is for."""
    found = half_samples(mean, 401, draws=20, seed=0)["twice"]
    assert (found.low, found.high) == (0, 0)


def test_the_seed_decides_and_comparisons_widen() -> None:
    """As in the bootstrap."""
    one, same, three = (
        half_samples(mean, 401, draws=50, comparisons=c, seed=1)["mean"] for c in (1, 1, 3)
    )
    assert one == same
    assert three.high > one.high


def test_too_little_is_refused() -> None:
    """A half of a few units is no sample."""
    with pytest.raises(ValueError, match="19 units and 300 draws"):
        half_samples(mean, 19, seed=0)
