"""Who is served and what is shown: coverage, opportunity and exposure of groups, and the gaps."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from catalogkit.evaluation.intervals import FloatArray, Interval, Seed, bootstrap_statistic
from catalogkit.evaluation.ranking import Truth
from catalogkit.ranking import Ranking

Statistic = Callable[[FloatArray], FloatArray]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Gap:
    """A difference that should be zero, for any resample of the users.

    units: users; of: takes how often each user is drawn, float64[d, units], returns [d].
    """

    units: int
    of: Statistic

    @property
    def value(self) -> float:
        """The gap among these users."""
        return float(self.of(np.ones((1, self.units)))[0])

    def interval(self, *, comparisons: int = 1, draws: int = 2000, seed: Seed) -> Interval:
        """Bootstrap the gap over users; raises ValueError as `bootstrap_statistic`."""
        return bootstrap_statistic(
            self.of, self.units, comparisons=comparisons, draws=draws, seed=seed
        )

    def narrowing(
        self, after: Gap, *, comparisons: int = 1, draws: int = 2000, seed: Seed
    ) -> Interval:
        """Bootstrap |this gap| - |the gap after|, in pairs: above 0 when the gap has narrowed.

        Raises ValueError when the gaps are of different numbers of users.
        """
        if self.units != after.units:
            raise ValueError(f"gaps of {self.units} and of {after.units} users: pair them")

        def narrowed(weights: FloatArray) -> FloatArray:
            return np.asarray(abs(self.of(weights)) - abs(after.of(weights)))

        return bootstrap_statistic(
            narrowed, self.units, comparisons=comparisons, draws=draws, seed=seed
        )


def user_gap(
    values: npt.ArrayLike, first: npt.ArrayLike, second: npt.ArrayLike,
    strata: npt.ArrayLike | None = None,
) -> Gap:  # fmt: skip
    """Mean of a metric among one group of users minus that among another.

    values: [units] or [seeds, units], such as nDCG or recall (equal opportunity); first, second:
    bool[units], the groups; strata: [units] labels, such as bins of activity: then means are
    compared within each stratum and averaged by the strata's numbers of users of both groups
    (direct standardisation; a stratum without one of the groups is left out).
    Raises ValueError for lengths that differ, groups that overlap, NaN, and when no stratum holds
    both groups. Source: Hardt, Price & Srebro 2016 (opportunity); Rothman, Greenland & Lash 2008,
    chapter 4 (standardisation).
    """
    units = np.atleast_2d(np.asarray(values, np.float64)).mean(axis=0)
    groups = [np.asarray(first, bool), np.asarray(second, bool)]
    codes = np.zeros(len(units), np.intp) if strata is None else pd.factorize(np.asarray(strata))[0]
    _check(units, groups, codes)
    one_hot = np.eye(codes.max() + 1)[codes]
    members = [group[:, None] * one_hot for group in groups]
    if not (members[0].any(axis=0) & members[1].any(axis=0)).any():
        raise ValueError("no stratum holds users of both groups: take wider strata")
    known = np.where(groups[0] | groups[1], units, 0.0)

    def gap(weights: FloatArray) -> FloatArray:
        sizes = [weights @ each for each in members]
        sums = [(weights * known) @ each for each in members]
        shared = (sizes[0] > 0) & (sizes[1] > 0)
        means = [s / np.where(shared, n, 1.0) for s, n in zip(sums, sizes, strict=True)]
        weight = np.where(shared, sizes[0] + sizes[1], 0.0)
        return np.asarray((weight * (means[0] - means[1])).sum(axis=1) / weight.sum(axis=1))

    return Gap(len(units), gap)


def exposure_gap(ranking: Ranking, truth: Truth, group: npt.ArrayLike) -> Gap:
    """Share of the filled places that show a group of items minus its share of what was bought.

    truth: sparse [n, items], its positive entries count one each; group: bool[items].
    Raises ValueError when rows or items differ. Source: Steck 2018; Singh & Joachims 2018.
    """
    member = np.asarray(group, bool)
    bought = _bought(ranking, truth, len(member))
    shown, places = _places(ranking, member), (ranking.items >= 0).sum(axis=1)
    wanted, purchases = bought @ member, bought.sum(axis=1)

    def gap(weights: FloatArray) -> FloatArray:
        exposed = weights @ shown / (weights @ places)
        return np.asarray(exposed - weights @ wanted / (weights @ purchases))

    return Gap(len(ranking), gap)


def exposure_by_group(ranking: Ranking, truth: Truth, groups: npt.ArrayLike) -> pd.DataFrame:
    """Set each group's part of the catalog, of what is shown and of what was bought side by side.

    groups: [items] labels. Returns one row a group: items, exposure, purchases (shares that sum to
    1), coverage (share of the group's items in any list: equal coverage) and opportunity (share of
    the group's purchases that were listed: equal opportunity).
    Raises ValueError when rows or items differ and when a label is null.
    """
    codes, names = _coded(groups)
    bought = _bought(ranking, truth, len(codes))
    one_hot = sparse.csr_array((np.ones(len(codes)), (np.arange(len(codes)), codes)))
    listed = ranking.listed(len(codes))
    counts, shown = listed.sum(axis=0), bought.sum(axis=0) @ one_hot
    size = one_hot.sum(axis=0)
    found = listed.multiply(bought).sum(axis=0) @ one_hot
    return pd.DataFrame(
        {
            "items": size / size.sum(),
            "exposure": counts @ one_hot / counts.sum(),
            "purchases": shown / shown.sum(),
            "coverage": (counts > 0) @ one_hot / size,
            "opportunity": found / np.where(shown > 0, shown, np.nan),
        },
        index=pd.Index(names, name="group"),
    )


def coverage_by_users(
    ranking: Ranking, groups: npt.ArrayLike, items: int, *, draws: int = 50, seed: Seed
) -> pd.Series:
    """Share of the catalog that the lists of as many users of each group show.

    A larger group is shown more for its size alone, so subsets of the smallest group's size are
    drawn and averaged. groups: [n] labels, no nulls; items: size of the catalog.
    Raises ValueError for labels that do not fit.
    """
    codes, names = _coded(groups)
    if len(codes) != len(ranking):
        raise ValueError(f"{len(codes)} labels for {len(ranking)} users")
    rng, listed = np.random.default_rng(seed), ranking.listed(items)
    size = int(np.bincount(codes).min())
    members = [np.flatnonzero(codes == code) for code in range(len(names))]
    shares = [
        np.mean([_covered(listed[rng.choice(each, size, replace=False)]) for _ in range(draws)])
        for each in members
    ]
    return pd.Series(shares, index=pd.Index(names, name="group"), name="coverage")


def activity_strata(activity: npt.ArrayLike, strata: int = 5) -> IntArray:
    """Cut users by activity into fifths (or other parts), numbered from the least active, [units].

    activity: [units]; users of equal activity fall together, so parts may differ in size.
    Raises ValueError for NaN and for fewer than one stratum.
    """
    values = np.asarray(activity, np.float64)
    if strata < 1 or not np.isfinite(values).all():
        raise ValueError(f"need finite activity and strata >= 1, got strata={strata}")
    edges = np.quantile(values, np.linspace(0, 1, strata + 1)[1:-1])
    return np.searchsorted(edges, values, side="left").astype(np.intp)


def _check(units: FloatArray, groups: list[npt.NDArray[np.bool_]], codes: IntArray) -> None:
    first, second = groups
    if not len(units) == len(first) == len(second) == len(codes):
        raise ValueError(
            f"{len(units)} values, groups of {len(first)} and {len(second)} users, {len(codes)} "
            "strata: give one of each a user"
        )
    if (first & second).any() or (codes < 0).any():
        raise ValueError("groups must not overlap and strata must not be null")
    if not np.isfinite(units[first | second]).all():
        raise ValueError("values has NaN among the groups' users: select those that have truth")


def _coded(groups: npt.ArrayLike) -> tuple[IntArray, npt.NDArray[np.generic] | list[Hashable]]:
    codes, names = pd.factorize(np.asarray(groups), sort=True)
    if (codes < 0).any():
        raise ValueError(f"{np.count_nonzero(codes < 0)} groups are null: label everything")
    return codes, names


def _bought(ranking: Ranking, truth: Truth, items: int) -> sparse.csr_array:
    """Purchases as ones, CSR [n, items]."""
    if truth.shape != (len(ranking), items):
        raise ValueError(f"truth is {truth.shape} for {len(ranking)} users and {items} items")
    ranking.check_range(items)
    return sparse.csr_array(sparse.csr_array(truth) > 0).astype(np.float64)


def _places(ranking: Ranking, member: npt.NDArray[np.bool_]) -> FloatArray:
    shown = member[np.maximum(ranking.items, 0)] & (ranking.items >= 0)
    return np.asarray(shown.sum(axis=1), np.float64)


def _covered(listed: sparse.csr_array) -> float:
    return float((listed.sum(axis=0) > 0).mean())
