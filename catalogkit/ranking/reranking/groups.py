"""Groups of items as numbers, and the limits that are set for some of them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from catalogkit.ranking.rankings import Ranking
from catalogkit.ranking.reranking.pools import FloatArray, IntArray

Limits: TypeAlias = Mapping[Hashable, float]


def numbered(groups: npt.ArrayLike, candidates: Ranking) -> tuple[IntArray, pd.Index]:
    """Return the number of each item's group, [items], and the groups' names.

    Raises ValueError when a label is null or a candidate has none.
    """
    codes, names = pd.factorize(np.asarray(groups), sort=True)
    if (codes < 0).any():
        raise ValueError(f"{np.count_nonzero(codes < 0)} groups are null: label every item")
    candidates.check_range(len(codes))
    return codes.astype(np.intp), pd.Index(names)


def limits(least: Limits, most: Limits, names: pd.Index, none: float) -> FloatArray:
    """Return the least and the most for every group, [2, groups]; 0 and `none` where unset.

    Raises ValueError for a group that no item has and for limits that contradict each other.
    """
    bounds = np.tile([[0.0], [none]], len(names))
    for row, given in zip(bounds, (least, most), strict=True):
        for name, limit in given.items():
            if name not in names:
                raise ValueError(
                    f"no item is of the group {name!r}: there are {names.tolist()[:5]} …"
                )
            row[names.get_loc(name)] = limit
    bad = ~((bounds[0] >= 0) & (bounds[0] <= bounds[1]) & (bounds[1] <= none))
    if bad.any():
        first = int(bad.argmax())
        raise ValueError(
            f"group {names.tolist()[first]!r} is to have at least {bounds[0, first]:g} and at most "
            f"{bounds[1, first]:g}: need 0 <= least <= most <= {none:g}"
        )
    return bounds
