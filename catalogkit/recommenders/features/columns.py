"""Columns of a table about items or about users, as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog
from catalogkit.datasets.tables import column
from catalogkit.recommenders.interactions import Interactions, Rows


@dataclass(frozen=True, eq=False)
class ItemColumns:
    """Copy columns [m] of the catalog to each pair of its item."""

    columns: Mapping[str, npt.NDArray[np.float64]]

    @classmethod
    def of(cls, catalog: Catalog, columns: Sequence[str]) -> ItemColumns:
        """Take columns of a catalog: numbers as they are, labels as codes, see `coded`.

        Raises DataError for a column that is not there.
        """
        found = {name: column(catalog.table, name, "catalog") for name in columns}
        return cls({name: coded(values) for name, values in found.items()})

    def __call__(
        self,
        known: Interactions,
        users: Rows,  # noqa: ARG002 (every feature gets both)
        items: Rows,
    ) -> Mapping[str, npt.ArrayLike]:
        """Return the columns of the items."""
        return {name: pick(values, items, known) for name, values in self.columns.items()}


@dataclass(frozen=True, eq=False)
class UserColumns:
    """Copy columns about users to each pair: a user who is not in the table has 0, or NaN.

    users: ids [h], as in the log; columns: [h] each; unknown: what stands for users not there.
    """

    users: npt.NDArray[np.generic]
    columns: Mapping[str, npt.NDArray[np.float64]]
    unknown: Mapping[str, float]

    @classmethod
    def of(cls, table: pd.DataFrame, columns: Sequence[str] | None = None) -> UserColumns:
        """Take columns of a table with a row for each user_id, all others unless they are named.

        Numbers stay as they are, labels become codes, see `coded`. Raises DataError for a
        column that is not there and for a user who is there twice.
        """
        ids = pd.Index(column(table, "user_id", "table of users"))
        if ids.has_duplicates:
            raise DataError(f"user {ids[ids.duplicated()][0]!r} is in the table twice: keep one.")
        names = [name for name in table.columns if name != "user_id"]
        found = {name: column(table, name, "table of users") for name in columns or names}
        unknown = {name: np.nan if is_number(values) else 0.0 for name, values in found.items()}
        coded_columns = {name: coded(values) for name, values in found.items()}
        return cls(np.asarray(ids.tolist()), coded_columns, unknown)

    def __call__(
        self,
        known: Interactions,
        users: Rows,
        items: Rows,  # noqa: ARG002
    ) -> Mapping[str, npt.ArrayLike]:
        """Return the columns of the users."""
        rows = pd.Index(self.users).get_indexer(known.users)
        at = np.append(rows, -1)[users]
        return {
            name: np.where(at < 0, self.unknown[name], values[at])
            for name, values in self.columns.items()
        }


def is_number(values: pd.Series) -> bool:
    """Return whether a column holds numbers."""
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def coded(values: pd.Series) -> npt.NDArray[np.float64]:
    """Return numbers as they are, and labels as 1, 2, …: ordered categories in their order.

    A missing label is 0, a value of its own; a missing number stays NaN.
    """
    if is_number(values):
        return np.asarray(values.to_numpy(np.float64, na_value=np.nan), np.float64)
    if isinstance(values.dtype, pd.CategoricalDtype):
        return np.asarray(values.cat.codes, np.float64) + 1
    codes, _ = pd.factorize(values, sort=True)
    return np.asarray(codes, np.float64) + 1


def pick(values: npt.ArrayLike, items: Rows, known: Interactions) -> npt.NDArray[np.float64]:
    """Return the values of items. Raises ValueError when there is not one for each item."""
    values = np.asarray(values, np.float64)
    if len(values) != len(known.items):
        raise ValueError(
            f"a feature knows {len(values)} items, the interactions {len(known.items)}: make it "
            "from the same catalog"
        )
    return values[items]
