"""Bootstrap intervals: known answers, honest coverage, clear refusals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from catalogkit.evaluation import (
    Interval,
    bootstrap,
    bootstrap_quantile,
    bootstrap_ratio,
    bootstrap_statistic,
    paired_bootstrap,
)

Sample = tuple[np.ndarray, np.ndarray | None]


def covered(simulate: Callable[[np.random.Generator], Sample], level: float = 0.95) -> float:
    """Share of 800 simulated samples whose interval holds the true mean, zero."""
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(800):
        values, groups = simulate(rng)
        interval = bootstrap(values, groups=groups, draws=500, level=level, seed=rng)
        hits += interval.low <= 0 <= interval.high
    return hits / 800


def test_ninety_five_percent_intervals_hold_the_truth_about_ninety_five_times_in_a_hundred() -> (
    None
):
    """Coverage of the mean of 100 independent normal units lies between .92 and .97."""
    assert 0.92 <= covered(lambda rng: (rng.normal(size=100), None)) <= 0.97


def test_skewed_values_are_covered_too() -> None:
    """Coverage of the mean of 200 exponential units, the shape of many metrics, stays near .95."""
    assert 0.92 <= covered(lambda rng: (rng.exponential(size=200) - 1, None)) <= 0.97


def clustered(rng: np.random.Generator) -> Sample:
    """60 groups of 1 to 9 units that share most of their value."""
    groups = np.repeat(np.arange(60), rng.integers(1, 10, size=60))
    return rng.normal(size=60)[groups] + 0.3 * rng.normal(size=len(groups)), groups


def test_resampling_groups_covers_units_that_depend_on_each_other() -> None:
    """Clustered data get their coverage only when whole groups are resampled."""
    assert 0.92 <= covered(clustered) <= 0.97
    assert covered(lambda rng: (clustered(rng)[0], None)) < 0.8


def test_a_lower_level_covers_less() -> None:
    """An 80 % interval holds the truth about 80 times in a hundred."""
    assert 0.76 <= covered(lambda rng: (rng.normal(size=100), None), level=0.8) <= 0.83


def test_the_bounds_agree_with_scipy() -> None:
    """The percentile interval is the one of scipy.stats.bootstrap, up to the noise of drawing."""
    values = np.random.default_rng(0).gamma(2.0, size=300)
    ours = bootstrap(values, draws=20_000, seed=1)
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method="percentile", rng=2
    ).confidence_interval
    noise = 0.05 * (ours.high - ours.low)
    assert ours.value == pytest.approx(values.mean(), rel=1e-12)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=noise)


def test_many_equal_values_give_the_interval_that_drawing_units_gives() -> None:
    """The short cut for repeated values has the binomial distribution of a resampled share."""
    interval = bootstrap(np.repeat([0.0, 1.0], [60, 40]), draws=50_000, seed=0)
    bounds = stats.binom.ppf([0.025, 0.975], 100, 0.4) / 100
    assert (interval.low, interval.high) == pytest.approx(tuple(bounds), abs=0.0101)


def test_groups_of_one_unit_are_units() -> None:
    """With every unit its own group, the interval is that without groups."""
    values = np.random.default_rng(0).normal(size=50)
    assert bootstrap(values, groups=np.arange(50), seed=3) == bootstrap(values, seed=3)


def test_the_mean_stays_that_over_units_when_groups_differ_in_size() -> None:
    """A group of three units counts three times as much as a group of one."""
    interval = bootstrap([1, 1, 1, 5], groups=["a", "a", "a", "b"], seed=0)
    assert (interval.value, interval.low, interval.high, interval.n) == (2, 1, 5, 2)


def test_constant_values_have_an_interval_without_width() -> None:
    """Nothing varies, so the bounds are exactly the constant."""
    interval = bootstrap(np.full(37, 0.1), seed=0)
    assert (interval.value, interval.low, interval.high) == (0.1, 0.1, 0.1)


def test_a_steady_gain_in_pairs_excludes_zero_where_the_separate_means_overlap() -> None:
    """Pairing removes the spread between users that hides a small constant gain."""
    users = np.random.default_rng(0).random(200)
    gain = paired_bootstrap(users + 0.01, users, seed=0)
    assert gain.excludes_zero
    assert gain.value == pytest.approx(0.01)
    assert bootstrap(users + 0.01, seed=0).low < bootstrap(users, seed=0).high


def test_seeds_are_averaged_within_each_unit_before_units_are_drawn() -> None:
    """A [seeds, units] array gives the interval of its mean over seeds."""
    runs = np.random.default_rng(0).normal(size=(3, 40))
    assert bootstrap(runs, seed=5) == bootstrap(runs.mean(axis=0), seed=5)


def test_a_baseline_without_seeds_pairs_with_a_model_that_has_three() -> None:
    """The two sides may have different numbers of seeds but must have the same units."""
    runs, baseline = np.random.default_rng(0).normal(size=(3, 40)), np.zeros(40)
    expected = bootstrap(runs.mean(axis=0), seed=5)
    assert paired_bootstrap(runs, baseline, seed=5) == expected


def test_bonferroni_with_five_comparisons_is_the_ninety_nine_percent_interval() -> None:
    """Five intervals at 95 % together are read at 99 % each."""
    values = np.random.default_rng(0).normal(size=80)
    family = bootstrap(values, comparisons=5, seed=0)
    single = bootstrap(values, level=0.99, seed=0)
    assert (family.low, family.high) == pytest.approx((single.low, single.high))
    assert (family.level, family.comparisons) == (0.95, 5)


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    """Randomness comes from the argument and from nowhere else."""
    values = np.random.default_rng(0).normal(size=30)
    assert bootstrap(values, seed=1) == bootstrap(values, seed=1)
    assert bootstrap(values, seed=1) != bootstrap(values, seed=2)


def test_a_weighted_mean_as_statistic_gives_the_interval_of_the_mean() -> None:
    """The general bootstrap agrees with the fast one where both apply."""
    values = np.random.default_rng(0).normal(size=120)
    groups = np.arange(120) // 4
    fast = bootstrap(values, groups=groups, draws=20_000, seed=0)
    general = bootstrap_statistic(
        lambda w: w @ values / w.sum(axis=1), 120, groups=groups, draws=20_000, seed=1
    )
    noise = 0.05 * (fast.high - fast.low)
    assert general.value == pytest.approx(fast.value)
    assert (general.low, general.high) == pytest.approx((fast.low, fast.high), abs=noise)
    assert general.n == fast.n == 30


def test_better_needs_an_interval_strictly_beyond_zero() -> None:
    """A bound that touches zero does not exclude it."""
    assert Interval(0.2, 0.1, 0.3, 10).excludes_zero
    assert Interval(-0.2, -0.3, -0.1, 10).excludes_zero
    assert not Interval(0.1, 0.0, 0.3, 10).excludes_zero


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: bootstrap([1.0, np.nan, 2.0], seed=0), "1 NaN or infinite of 3"),
        (lambda: bootstrap([], seed=0), r"\[units\] or \[seeds, units\]"),
        (lambda: bootstrap([3.0], seed=0), "at least two"),
        (lambda: bootstrap([3.0, 4.0], groups=["a", "a"], seed=0), "at least two"),
        (lambda: bootstrap([3.0, 4.0], groups=["a", None], seed=0), "1 nulls"),
        (lambda: bootstrap([3.0, 4.0], groups=["a"], seed=0), "one label per unit"),
        (lambda: bootstrap([3.0, 4.0], draws=100, seed=0), "draws=400"),
        (lambda: bootstrap([3.0, 4.0], level=95, seed=0), "0 < level < 1"),
        (lambda: paired_bootstrap([1.0, 2.0], [1.0, 2.0, 3.0], seed=0), "pair them unit by unit"),
        (lambda: bootstrap_statistic(lambda w: w, 5, seed=0), "one value a draw"),
        (lambda: bootstrap_statistic(lambda w: w[:, 0] * np.nan, 5, seed=0), "too rare"),
        (lambda: Interval(0.0, 1.0, -1.0, 5), "low <= high"),
    ],
)
def test_input_that_has_no_interval_is_refused_with_its_reason(
    call: Callable[[], object], says: str
) -> None:
    """NaN, nothing to resample and too few draws raise one error that says what is wrong."""
    with pytest.raises(ValueError, match=says):
        call()


def test_a_quantile_is_the_value_that_the_share_does_not_exceed() -> None:
    """Of 1 to 100, 99 do not exceed 99; the interval of so few ends at the largest."""
    values = np.random.default_rng(0).permutation(np.arange(1.0, 101.0))
    found = bootstrap_quantile(values, 0.99, seed=0)
    assert (found.value, found.high, found.n) == (99.0, 100.0, 100)
    assert 93 <= found.low < 99


def test_a_share_of_one_is_no_quantile() -> None:
    """The error names the share."""
    with pytest.raises(ValueError, match="share must be above 0 and below 1, got 1"):
        bootstrap_quantile([1.0, 2.0], 1, seed=0)


def test_a_ratio_resamples_both_sides() -> None:
    """It is the ratio of the means; a side without spread adds none."""
    fixed = bootstrap_ratio([6.0, 6.0], [2.0, 2.0, 2.0], seed=0)
    spread = bootstrap_ratio([4.0, 8.0], [2.0, 2.0, 2.0], seed=0)
    assert (fixed.low, fixed.value, fixed.high, fixed.n) == (3.0, 3.0, 3.0, 5)
    assert (spread.low, spread.value, spread.high) == (2.0, 3.0, 4.0)


def test_a_ratio_to_nothing_is_refused() -> None:
    """What stands below must be positive."""
    with pytest.raises(ValueError, match=r"b holds 0.0: a ratio needs what is above 0"):
        bootstrap_ratio([1.0], [0.0, 1.0], seed=0)
