"""Split rows into train, validation and test so that the test asks the question you mean.

In time for behaviour, by group for text, by whole categories for what nobody has labelled yet. Each
way has its leakage check, which is a function of its own because splits also come from elsewhere.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Log

Rows = npt.NDArray[np.int64]
SIDES = ("train", "validation", "test")


class Leakage(DataError):  # noqa: N818 (it names what happened, as the field does)
    """The test can be answered from the training data; the message names an example."""


@dataclass(frozen=True, eq=False)
class Split:
    """Row positions (int64, ascending, read-only) of three sides that share no row.

    validation may be empty, train and test may not. Raises DataError otherwise.
    """

    train: Rows
    validation: Rows
    test: Rows

    def __post_init__(self) -> None:
        for side in SIDES:
            rows = np.sort(np.asarray(getattr(self, side), dtype=np.int64))
            if not rows.size and side != "validation":
                raise DataError(f"the {side} side is empty: move the border or the shares.")
            rows.flags.writeable = False
            object.__setattr__(self, side, rows)
        rows, times = np.unique(np.concatenate([*self]), return_counts=True)
        if (times > 1).any():
            raise DataError(f"row {rows[times > 1][0]} is in the split {times.max()} times.")
        if rows[0] < 0:
            raise DataError(f"row {rows[0]}: positions count from 0.")

    def __iter__(self) -> Iterator[Rows]:
        return iter((self.train, self.validation, self.test))


def temporal(
    log: Log, *, validation_from: str | pd.Timestamp, test_from: str | pd.Timestamp
) -> Split:
    """Split a log at two moments: train < validation_from <= validation < test_from <= test.

    Moments without a zone are in the log's own time, others become UTC. Equal moments leave
    validation empty. Raises DataError when train or test would be empty.
    """
    borders = np.array([_moment(validation_from), _moment(test_from)])
    if borders[1] < borders[0]:
        raise DataError(f"test_from {test_from} lies before validation_from {validation_from}.")
    return _split(np.searchsorted(borders, log.time, side="right"))


def grouped(
    groups: npt.ArrayLike, *, test_share: float, validation_share: float = 0.0, seed: int
) -> Split:
    """Put all rows of a group on one side, groups drawn at random.

    groups: the group of each row, [n] strings or numbers; for texts, the text or what rules it.
    The shares are of the number of groups, each at least one group. Where a group goes depends on
    the set of groups and the seed, not on the order of rows. Raises DataError for missing groups or
    shares that leave a side empty.
    """
    codes, names = _codes(groups)
    n_test = _count(test_share, len(names))
    n_validation = _count(validation_share, len(names))
    if n_test == 0 or n_test + n_validation >= len(names):
        raise DataError(
            f"{len(names)} groups cannot give shares of {test_share} for test and "
            f"{validation_share} for validation and leave some for training."
        )
    side = np.zeros(len(names), dtype=np.int64)
    drawn = np.random.default_rng(seed).permutation(len(names))
    side[drawn[:n_test]] = 2
    side[drawn[n_test : n_test + n_validation]] = 1
    return _split(side[codes])


def leave_category_out(
    categories: npt.ArrayLike, held_out: Collection[str], *, validation: Collection[str] = ()
) -> Split:
    """Test on all rows of the held-out categories, train on the others.

    categories: the category of each row, [n]. validation names further categories, held out for
    choosing. Raises DataError for a category that no row has or that is named for both sides.
    """
    codes, names = _codes(categories)
    both = set(held_out) & set(validation)
    absent = (set(held_out) | set(validation)) - set(names)
    if both or absent:
        name, fault = (
            (min(both), "is named for both sides") if both else (min(absent), "is unknown")
        )
        raise DataError(f"category {name!r} {fault}.")
    side = np.where(np.isin(names, list(validation)), 1, 0)
    side[np.isin(names, list(held_out))] = 2
    return _split(side[codes])


def check_temporal(log: Log, split: Split) -> None:
    """Raise Leakage unless every row is older than all rows of the later sides."""
    for early, late in (("train", "validation"), ("train", "test"), ("validation", "test")):
        before, after = getattr(split, early), getattr(split, late)
        if not before.size or not after.size:
            continue
        last = before[np.argmax(log.time[before])]
        first = after[np.argmin(log.time[after])]
        if log.time[last] >= log.time[first]:
            raise Leakage(
                f"row {last} of {early} ({log.time[last]}) is not older than row {first} of "
                f"{late} ({log.time[first]}): split at a moment, see temporal()."
            )


def check_grouped(groups: npt.ArrayLike, split: Split) -> None:
    """Raise Leakage when rows of one group are on two sides; groups as in grouped().

    Give it texts to find the same text on two sides, or categories for leave_category_out.
    """
    codes, names = _codes(groups)
    on_side = np.zeros((len(SIDES), len(names)), dtype=bool)
    for number, rows in enumerate(split):
        on_side[number, codes[rows]] = True
    shared = np.flatnonzero(on_side.sum(axis=0) > 1)
    if shared.size:
        first = shared[0]
        sides = " and ".join(s for s, on in zip(SIDES, on_side[:, first], strict=True) if on)
        raise Leakage(
            f"{shared.size} of {len(names)} groups are on two sides, for example "
            f"{names[first]!r} in {sides}: split by group, see grouped()."
        )


def check_category_out(categories: npt.ArrayLike, held_out: Collection[str], split: Split) -> None:
    """Raise Leakage when a row of a held-out category is outside test, or another inside."""
    values = np.asarray(categories, dtype=object)
    held = np.isin(values, list(held_out))
    inside = np.zeros(len(held), dtype=bool)
    inside[split.test] = True
    used = np.concatenate([*split])
    wrong = used[held[used] != inside[used]]
    if wrong.size:
        raise Leakage(
            f"{wrong.size} rows are on the wrong side, first row {wrong[0]} "
            f"({values[wrong[0]]!r}): see leave_category_out()."
        )


def _moment(moment: str | pd.Timestamp) -> np.datetime64:
    stamp = pd.Timestamp(moment)
    return (stamp.tz_convert("UTC").tz_localize(None) if stamp.tz else stamp).to_datetime64()


def _split(side: npt.NDArray[np.int64]) -> Split:
    return Split(*(np.flatnonzero(side == number) for number in range(len(SIDES))))


def _codes(groups: npt.ArrayLike) -> tuple[Rows, npt.NDArray[np.object_]]:
    """Give the groups numbers in their sorted order: codes [n], names [groups]."""
    codes, names = pd.factorize(np.asarray(groups, dtype=object), sort=True)
    if not len(codes) or (codes < 0).any():
        where = f"row {int(np.argmin(codes))} has none" if len(codes) else "there are no rows"
        raise DataError(f"every row needs a group; {where}.")
    return codes.astype(np.int64), names


def _count(share: float, n: int) -> int:
    if not 0 <= share < 1:
        raise DataError(f"a share must be at least 0 and below 1, not {share}.")
    return max(1, round(share * n)) if share else 0
