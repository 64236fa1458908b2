"""Recommend items of one department to users known from others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from catalogkit.datasets.errors import DataError
from catalogkit.recommenders import bridges
from catalogkit.recommenders.base import Fitted, Floats, Recommender
from catalogkit.recommenders.bridges import Crossing
from catalogkit.recommenders.content import item_vectors
from catalogkit.recommenders.interactions import Interactions, Rows

Part = Literal["ridge", "neighbours", "content", "popularity"]


def _default() -> Mapping[Part, float]:
    return {"ridge": 1.0}


@dataclass(frozen=True, eq=False)
class CrossCategory(Recommender):
    """Score items by what a user bought outside their department, which may be all there is.

    departments: m labels, one for each row of the catalog; any level of a tree will do. weights:
    of the parts that are added up: "ridge", a linear map from sources to targets; "neighbours",
    what the users bought who are most alike outside; "content", the product with the mean vector
    of texts or pictures (needs vectors); "popularity", the share of users who bought the item.
    Ridge, neighbours and popularity are chances of a purchase, so 1 : 1 is a fair start; choose on
    validation. The first three are zero for users who bought nothing outside.
    sources, targets: departments that are looked at, and that are ranked; None is all. Other items
    score zero.
    regularisation: of ridge, in users; the heavier, the closer to popularity. most_bought: how many
    sources are looked at, those with most buyers. neighbours: how many; vectors: float[m, d].
    """

    departments: npt.ArrayLike
    weights: Mapping[Part, float] = field(default_factory=_default)
    sources: Collection[str] | None = None
    targets: Collection[str] | None = None
    regularisation: float = 1000.0
    most_bought: int = 4000
    neighbours: int = 100
    vectors: npt.NDArray[np.floating] | None = None

    def learn(self, interactions: Interactions) -> FittedCrossCategory:
        """Solve for the map where ridge has a weight; the rest is read off when scoring.

        Raises ValueError for unknown parts, and departments or vectors that do not fit the
        catalog, DataError for items without a department and departments without an item.
        """
        vectors = self._checked_vectors(interactions)
        crossing = self._crossing(interactions)
        solved = np.zeros((0, 0), np.float32), np.zeros(0, np.float32)
        if self.weights.get("ridge"):
            solved = bridges.ridge(interactions, crossing, self.regularisation)
        return FittedCrossCategory(
            interactions, dict(self.weights), crossing, self.neighbours, *solved, vectors
        )

    def _checked_vectors(self, interactions: Interactions) -> Floats:
        unknown = set(self.weights) - set(get_args(Part))
        if unknown or not self.weights:
            raise ValueError(f"weights={self.weights}: choose among {', '.join(get_args(Part))}")
        if self.vectors is None and self.weights.get("content"):
            raise ValueError("content needs vectors: give float[m, d], or no weight to content")
        if self.vectors is None:
            return np.zeros((len(interactions.items), 0), np.float32)
        return item_vectors(self.vectors, interactions)

    def _crossing(self, interactions: Interactions) -> Crossing:
        labels = np.asarray(self.departments, dtype=object)
        if labels.shape != (len(interactions.items),):
            raise ValueError(
                f"departments has shape {labels.shape} for {len(interactions.items)} products: "
                "give one label for each row of the catalog"
            )
        codes, names = pd.factorize(labels, sort=True)
        if (codes < 0).any():
            raise DataError(
                f"{(codes < 0).sum()} items have no department, first row {codes.argmin()}: "
                "give them one of their own, or leave them out of the catalog."
            )
        ranked = interactions.order[: self.most_bought]
        sources = np.sort(ranked[_among(codes, names, self.sources)[ranked]])
        bought = interactions.buyers > 0
        targets = np.flatnonzero(_among(codes, names, self.targets))
        return Crossing(codes.astype(np.int64), sources[bought[sources]], targets)


@dataclass(frozen=True, eq=False)
class FittedCrossCategory(Fitted):
    """weights: of the parts; map, constant: of ridge, float32[s, t] and [t], empty without it."""

    weights: Mapping[Part, float]
    crossing: Crossing
    neighbours: int
    map: Floats
    constant: Floats
    vectors: Floats

    def scores(self, rows: Rows) -> Floats:
        """Add up the parts."""
        scores = np.zeros((len(rows), len(self.interactions.items)), np.float32)
        for part, weight in self.weights.items():
            if weight:
                scores[:, self.crossing.targets] += np.float32(weight) * self.part(part, rows)
        return scores

    def part(self, name: Part, rows: Rows) -> Floats:
        """Score the targets for b users by one part alone, float32[b, t]."""
        known, crossing = self.interactions, self.crossing
        if name == "ridge":
            bought = known.bought[rows][:, crossing.sources]
            return np.asarray(bought @ self.map + self._outside(rows) * self.constant)
        if name == "neighbours":
            return bridges.neighbours(known, crossing, rows, self.neighbours)
        if name == "content":
            return bridges.content(known, crossing, rows, self.vectors)
        share = known.buyers[crossing.targets] / max(len(known.users), 1)
        return np.tile(share.astype(np.float32), (len(rows), 1))

    def _outside(self, rows: Rows) -> npt.NDArray[np.bool_]:
        """Return whether b users bought anything outside the department of each target, [b, t]."""
        bought = self.interactions.bought[rows][:, self.crossing.sources]
        found = np.zeros((len(rows), len(self.crossing.targets)), dtype=bool)
        for outside, asked in self.crossing.parts():
            found[:, asked] = np.diff(bought[:, outside].indptr)[:, None] > 0
        return found


def _among(
    codes: npt.NDArray[np.intp], names: npt.NDArray[np.object_], wanted: Collection[str] | None
) -> npt.NDArray[np.bool_]:
    """Return whether each item's department is wanted, bool[m]."""
    if wanted is None:
        return np.ones(len(codes), dtype=bool)
    absent = sorted(set(wanted) - set(names), key=str)
    if absent or not wanted:
        said = repr(absent[0]) if absent else "nothing"
        raise DataError(f"no item is in department {said}: name one of {', '.join(names[:5])} …")
    return np.isin(codes, np.flatnonzero([name in wanted for name in names]))
