"""How well an item matches what the user bought so far: its labels and its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from catalogkit.datasets.records import Catalog
from catalogkit.datasets.tables import column
from catalogkit.recommenders.base import Floats
from catalogkit.recommenders.candidates import look_up
from catalogkit.recommenders.content import unit_rows
from catalogkit.recommenders.features.columns import coded, pick
from catalogkit.recommenders.interactions import Interactions, Rows

_CELLS = 2**22  # cosines held at a time


@dataclass(frozen=True, eq=False)
class LabelShares:
    """Say what share of the items that the user bought has the item's label.

    codes: float64[m] for each kind of label, such as the levels of the tree or the brand; 0 is
    missing and gives NaN, as does a user without history.
    """

    codes: Mapping[str, npt.NDArray[np.float64]]

    @classmethod
    def of(cls, catalog: Catalog, columns: Sequence[str] | None = None) -> LabelShares:
        """Take columns of a catalog, its levels unless others are named.

        Raises DataError for a column that is not there.
        """
        names = catalog.levels if columns is None else columns
        found = {name: column(catalog.table, name, "catalog") for name in names}
        return cls({name: coded(values.astype("category")) for name, values in found.items()})

    def __call__(self, known: Interactions, users: Rows, items: Rows) -> Mapping[str, Floats]:
        """Return a column "… share" for each kind of label."""
        return {
            f"{name} share": self._share(known, users, items, codes)
            for name, codes in self.codes.items()
        }

    def _share(
        self, known: Interactions, users: Rows, items: Rows, codes: npt.NDArray[np.float64]
    ) -> Floats:
        label = pick(codes, items, known).astype(np.int64)
        cells = (np.ones(len(codes), np.float32), (np.arange(len(codes)), codes.astype(np.int64)))
        counts = known.bought @ sparse.csr_array(cells, shape=(len(codes), int(codes.max()) + 1))
        length = np.diff(known.bought.indptr)[users].astype(np.float32)
        share = np.full(len(users), np.nan, np.float32)
        told = (label > 0) & (length > 0)
        share[told] = look_up(counts, users[told], label[told]) / length[told]
        return share


@dataclass(frozen=True, eq=False)
class TextMatch:
    """Measure the cosine of the item and the mean of what the user bought, by vectors [m, d]."""

    vectors: npt.NDArray[np.floating]
    name: str = "text"

    def __call__(self, known: Interactions, users: Rows, items: Rows) -> Mapping[str, Floats]:
        """Return one column, 0 for users without history."""
        vectors = unit_rows(np.asarray(self.vectors, np.float32))
        pick(vectors[:, 0], items, known)  # is there one for each item?
        asked, place = np.unique(users, return_inverse=True)
        order = np.argsort(place, kind="stable")
        cosine = np.zeros(len(users), np.float32)
        step = max(1, _CELLS // len(vectors))
        for start in range(0, len(asked), step):
            table = unit_rows(known.bought[asked[start : start + step]] @ vectors) @ vectors.T
            first, last = np.searchsorted(place[order], [start, start + step])
            pairs = order[first:last]
            cosine[pairs] = table[place[pairs] - start, items[pairs]]
        return {self.name: cosine}
