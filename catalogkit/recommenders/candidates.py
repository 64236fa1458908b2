"""Gather some hundred items a user and what several models say of each: a table to learn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from catalogkit.ranking import Ranking
from catalogkit.recommenders.base import Fitted, Floats
from catalogkit.recommenders.interactions import Interactions, Matrix, Rows, without

Target = Literal["all", "new"]
Feature: TypeAlias = Callable[[Interactions, Rows, Rows], Mapping[str, npt.ArrayLike]]
"""Columns by name, each [c], of c pairs of a user's row and an item's."""

_USERS = 512  # gathered at a time


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pairs of a user and an item, by user and then by item, and what is known of each.

    known, target: what they were gathered from, and for; users: int64[b], the rows asked for;
    place: int64[c], which of them a pair belongs to, rising; item: int64[c]; columns: a table of c
    rows, one float32 column for each feature.
    """

    known: Interactions
    target: Target
    users: Rows
    place: Rows
    item: Rows
    columns: pd.DataFrame

    def labels(self, later: Matrix) -> npt.NDArray[np.bool_]:
        """Return whether each pair stands in a matrix [n + 1, m] of later purchases, bool[c]."""
        return look_up(later, self.users[self.place], self.item) > 0

    def truth(self, later: Matrix) -> Matrix:
        """Return the later purchases of the users, all or only those new to them, [b, m]."""
        bought = later[self.users]
        if self.target == "new":
            return without(bought, self.known.bought[self.users])
        return Matrix(bought)

    def rank(self, scores: npt.ArrayLike, k: int) -> Ranking:
        """Rank each user's candidates by scores [c], the rest of the row padded; ties by item."""
        values = np.asarray(scores, np.float32)
        order = np.lexsort((self.item, -values, self.place))
        place = self.place[order]
        position = np.arange(len(place)) - np.searchsorted(place, place)
        kept = position < k
        where = (place[kept], position[kept])
        items = np.full((len(self.users), k), -1, np.int32)
        best = np.full((len(self.users), k), -np.inf, np.float32)
        items[where], best[where] = self.item[order][kept], values[order][kept]
        return Ranking(items, best)


def gather(
    models: Mapping[str, Fitted],
    users: Rows,
    *,
    target: Target = "all",
    depth: int = 50,
    features: Sequence[Feature] = (),
) -> Candidates:
    """Unite the `depth` best items of each model for b users, and describe every pair.

    models: fitted on the same interactions; users: rows of these. target: "all" items, or those
    "new" to the user. Columns are each model's score and its rank among the candidates (1 is
    best), what `behaviour` counts, and those of the features.
    Raises ValueError for another target, models of different interactions and no users.
    """
    return gather_each(models, users, targets=[target], depth=depth, features=features)[target]


def gather_each(
    models: Mapping[str, Fitted],
    users: Rows,
    *,
    targets: Sequence[Target] = ("all", "new"),
    depth: int = 50,
    features: Sequence[Feature] = (),
) -> dict[Target, Candidates]:
    """Do what `gather` does for each target, with one look at what the models score.

    Raises ValueError as `gather` does.
    """
    interactions = _shared(models, targets, users)
    parts = [
        _gathered(models, interactions, users[start : start + _USERS], start, (targets, depth))
        for start in range(0, len(users), _USERS)
    ]
    tables = {}
    for target in targets:
        place, item = (np.concatenate([part[target][i] for part in parts]) for i in (0, 1))
        scores = {
            name: np.concatenate([part[target][2][name] for part in parts]) for name in models
        }
        table = _described(scores, interactions, users[place], place, item, features)
        tables[target] = Candidates(interactions, target, users, place, item, table)
    return tables


def behaviour(interactions: Interactions, users: Rows, items: Rows) -> Mapping[str, npt.ArrayLike]:
    """Count what the log says of each pair: how often, how lately, and of user and item alone."""
    last = look_up(interactions.last, users, items)
    return {
        "visits": look_up(interactions.visits(), users, items),
        "recency": np.divide(1, last, out=np.zeros_like(last), where=last > 0),
        "buyers": interactions.buyers[items],
        "items of user": np.diff(interactions.bought.indptr)[users],
    }


def look_up(matrix: Matrix, rows: Rows, columns: Rows) -> Floats:
    """Read c entries of a sparse matrix, float32[c]."""
    if not len(rows):  # scipy would return a matrix
        return np.zeros(0, np.float32)
    return np.asarray(sparse.csr_matrix(matrix)[rows, columns], np.float32).reshape(-1)


def _shared(models: Mapping[str, Fitted], targets: Sequence[Target], users: Rows) -> Interactions:
    """Return the interactions that all models have learnt from."""
    for target in targets:
        if target not in ("all", "new"):
            raise ValueError(f"target={target!r}: choose 'all' or 'new'")
    if not len(users):
        raise ValueError("no users were given: name at least one")
    known = {id(model.interactions): model.interactions for model in models.values()}
    if len(known) != 1:
        raise ValueError(f"need models of one Interactions, got {len(known)}: learn() them alike")
    return next(iter(known.values()))


_Part: TypeAlias = tuple[Rows, Rows, dict[str, Floats]]
"""Of some users: the places and the items of their candidates, and each model's scores of these."""


def _gathered(
    models: Mapping[str, Fitted],
    interactions: Interactions,
    users: Rows,
    start: int,
    what: tuple[Sequence[Target], int],
) -> dict[Target, _Part]:
    """Find the candidates of some users for each target, and each model's scores of them."""
    targets, depth = what
    tables = {name: model.scores(users) for name, model in models.items()}
    parts = {}
    for target in targets:
        bought = interactions.bought[users].toarray() > 0 if target == "new" else None
        chosen = np.zeros((len(users), len(interactions.items)), dtype=bool)
        for table in tables.values():
            _mark_best(table, bought, depth, chosen)
        place, item = np.nonzero(chosen)
        scores = {name: table[place, item] for name, table in tables.items()}
        parts[target] = place.astype(np.int64) + start, item.astype(np.int64), scores
    return parts


def _described(
    scores: dict[str, Floats],
    interactions: Interactions,
    users: Rows,
    place: Rows,
    item: Rows,
    features: Sequence[Feature],
) -> pd.DataFrame:
    """Put scores, ranks, counts and features of c pairs into one table."""
    columns = dict(scores)
    for name, values in scores.items():
        columns[f"{name} rank"] = _ranks(values, place)
    for feature in (behaviour, *features):
        columns |= {k: np.asarray(v) for k, v in feature(interactions, users, item).items()}
    return pd.DataFrame(columns).astype(np.float32)


def _mark_best(
    table: Floats, bought: npt.NDArray[np.bool_] | None, depth: int, chosen: npt.NDArray[np.bool_]
) -> None:
    """Mark the positive scores among the best `depth` of each row."""
    open_ = table if bought is None else np.where(bought, 0, table)
    depth = min(depth, table.shape[1])
    best = np.argpartition(-open_, depth - 1, axis=1)[:, :depth]
    positive = np.take_along_axis(open_, best, axis=1) > 0
    rows = np.broadcast_to(np.arange(len(table))[:, None], best.shape)
    chosen[rows[positive], best[positive]] = True


def _ranks(scores: Floats, place: Rows) -> Floats:
    """Rank scores within each user, best first, from 1."""
    order = np.lexsort((-scores, place))
    ranks = np.empty(len(scores), np.float32)
    ranks[order] = np.arange(len(scores)) - np.searchsorted(place, place[order]) + 1
    return ranks
