"""Recommend to a user without history what people of the same group buy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from catalogkit.recommenders.base import Fitted, Floats, Recommender
from catalogkit.recommenders.interactions import Interactions, Rows


@dataclass(frozen=True, eq=False)
class GroupPopularity(Recommender):
    """Rank items by the share of buyers in the user's group, drawn towards that of all users.

    users, groups: ids of the users whose group is known, as in the log, and their labels, such as
    a band of age; all others, and those whose label is missing, get what most people buy.
    shrinkage: as how many users of the group the whole shop counts. Raises ValueError unless each
    user has one group.
    """

    users: npt.ArrayLike
    groups: npt.ArrayLike
    shrinkage: float = 50.0

    def __post_init__(self) -> None:
        users, groups = np.asarray(self.users), np.asarray(self.groups, dtype=object)
        if users.shape != groups.shape or pd.Index(users).has_duplicates:
            raise ValueError(f"need a group for each user, once: {len(users)} and {len(groups)}")
        known = pd.notna(groups)
        object.__setattr__(self, "users", users[known])
        object.__setattr__(self, "groups", groups[known])

    def learn(self, interactions: Interactions) -> FittedGroups:
        """Count the buyers of each item in each group."""
        ids = pd.Index(np.asarray(self.users))
        codes, _ = pd.factorize(np.asarray(self.groups), sort=True)
        n = len(interactions.users)
        found = ids.get_indexer(interactions.users)
        group = np.where(found < 0, -1, codes[found]).astype(np.int64)
        member = np.flatnonzero(group >= 0)
        cells = (np.ones(len(member), np.float32), (group[member], member))
        members = sparse.csr_array(cells, shape=(codes.max(initial=-1) + 1, n + 1))
        overall = interactions.buyers / n
        size = members.sum(axis=1)[:, None]
        bought = (members @ interactions.bought).toarray()
        share = (bought + self.shrinkage * overall) / (size + self.shrinkage)
        table = np.vstack([share, overall]).astype(np.float32)
        return FittedGroups(interactions, self, np.append(group, -1), table)


@dataclass(frozen=True, eq=False)
class FittedGroups(Fitted):
    """group: int64[n + 1], -1 where none is known; share: float32[g + 1, m], the last of all."""

    settings: GroupPopularity
    group: Rows
    share: Floats

    def scores(self, rows: Rows) -> Floats:
        """Read the shares off."""
        return self.share[self.group[rows]]

    def renew(self, interactions: Interactions) -> FittedGroups:
        """Count again."""
        return self.settings.learn(interactions)
