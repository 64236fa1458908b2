"""Ask the same question of fewer events, or of other people: thin a log, group its users."""

from __future__ import annotations

import numpy as np
import pandas as pd

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Log
from catalogkit.datasets.tables import column


def thin(log: Log, share: float, *, seed: int, together: str | None = None) -> Log:
    """Keep a share of each user's events, drawn at random, at least one.

    together: a column whose values are kept or left whole, such as the basket; a value belongs to
    one user. What a smaller share keeps, a larger one keeps too, seed for seed. The events
    left out are counted. Raises DataError for shares outside (0, 1] and a column that is not there
    or has gaps.
    """
    if not 0 < share <= 1:
        raise DataError(f"share must be above 0 and at most 1, not {share}.")
    unit = log.table.index if together is None else _column(log, together)
    units = pd.DataFrame({"user": log.table["user_id"].to_numpy(), "unit": unit.to_numpy()})
    drawn = units.drop_duplicates().sort_values(["user", "unit"])
    drawn = drawn.iloc[np.random.default_rng(seed).permutation(len(drawn))]
    by_user = drawn.groupby("user")["unit"]
    wanted = np.maximum(1, np.rint(share * by_user.transform("size")))
    kept = drawn[by_user.cumcount() < wanted]
    rows = pd.MultiIndex.from_frame(units).isin(pd.MultiIndex.from_frame(kept))
    table = log.table[rows].reset_index(drop=True)
    return Log(table, dropped={**log.dropped, "thinned out": len(log) - len(table)})


def group_by_main(log: Log, column: str, *, groups: int = 2) -> pd.Series:
    """Put users into groups of nearly equal size by what most of their events have in a column.

    The users of one store, say, stay together: stores are dealt out from the one with most users
    downwards, each to the group that is smallest so far. Of equals the smaller value comes first,
    so nothing is random. Returns the group of each user, 0 to groups - 1, with the user ids as
    index, sorted. Raises DataError for a column that is not there or has gaps, and for fewer values
    than groups.
    """
    counts = log.table.groupby(["user_id", _column(log, column)]).size().rename("events")
    order = counts.reset_index().sort_values(
        ["user_id", "events", column], ascending=[True, False, True]
    )
    main = order.drop_duplicates("user_id").set_index("user_id")[column]
    users = main.value_counts().rename_axis(column).reset_index(name="users")
    dealt = users.sort_values(["users", column], ascending=[False, True])
    if not 1 <= groups <= len(dealt):
        raise DataError(f"{len(dealt)} values of {column!r} cannot make {groups} groups.")
    sizes = np.zeros(groups, dtype=np.int64)
    group_of: dict[object, int] = {}
    for value, size in zip(dealt[column], dealt["users"], strict=True):
        group_of[value] = int(sizes.argmin())
        sizes[group_of[value]] += size
    return main.map(group_of).astype(np.int64).rename("group")


def _column(log: Log, name: str) -> pd.Series:
    values = column(log.table, name, "log")
    if values.isna().any():
        raise DataError(f"column {name!r} is empty in {values.isna().sum()} events: fill or drop.")
    return values
