"""What passes between rooms: tables whose columns have been checked once, at the door."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from catalogkit.datasets.errors import DataError, DataWarning
from catalogkit.datasets.schema import MAX_TEXT, check
from catalogkit.datasets.tables import convert, read_table, rename

__all__ = [
    "MAX_TEXT",
    "Catalog",
    "DataError",
    "DataWarning",
    "Judgements",
    "Log",
    "Queries",
    "Record",
    "Reviews",
    "read_table",
]

Column = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Record:
    """A checked table, and how many rows were left out on the way, by reason.

    Further columns are kept as they are. Raises DataError naming column, rows and remedy.
    """

    table: pd.DataFrame
    dropped: Mapping[str, int] = field(default_factory=dict, kw_only=True)

    required: ClassVar[Mapping[str, str]] = {}
    optional: ClassVar[Mapping[str, str]] = {}
    unique: ClassVar[Sequence[str]] = ()

    def __post_init__(self) -> None:
        what = type(self).__name__
        check(self.table, what, self.required, optional=self.optional, unique=self.unique)

    def __len__(self) -> int:
        return len(self.table)

    def take(self, rows: npt.ArrayLike) -> Self:
        """Keep the rows at these positions (int [k], from 0) or under this mask (bool [n])."""
        rows = np.asarray(rows)
        return self._with(self.table.iloc[rows].reset_index(drop=True))

    def _with(self, table: pd.DataFrame) -> Self:
        return type(self)(table, dropped=self.dropped)

    @classmethod
    def read(cls, path: str | Path, **columns: str) -> Self:
        """Read a CSV, TSV or Parquet file (see read_table).

        columns maps our column names to the file's: Log.read(path, user_id="customer").
        Raises DataError naming file, column and row.
        """
        return cls._read(path, columns)

    @classmethod
    def _read(cls, path: str | Path, columns: Mapping[str, str], **more: tuple[str, ...]) -> Self:
        table = rename(read_table(path), str(path), columns)
        table = convert(table, str(path), {**cls.required, **cls.optional})
        try:
            return cls(table, **more)  # type: ignore[arg-type]
        except DataError as error:
            raise DataError(f"{path}: {error}") from None


@dataclass(frozen=True, eq=False)
class Catalog(Record):
    """Products: product_id (unique), text, and one label column for each level, top first.

    A missing label ends the path, so a product may sit on any level, or on none yet; a label
    under a missing one is an error. Empty texts are accepted with a DataWarning.
    """

    levels: tuple[str, ...] = ()

    required: ClassVar[Mapping[str, str]] = {"product_id": "id", "text": "text"}
    unique: ClassVar[Sequence[str]] = ("product_id",)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "levels", tuple(self.levels))
        check(self.table, "Catalog", dict.fromkeys(self.levels, "label"))
        _check_path(self.table, self.levels)
        _warn_of_empty_texts(self.table["text"])

    @classmethod
    def read(cls, path: str | Path, *, levels: Sequence[str] = (), **columns: str) -> Self:
        """Read a catalog; levels are the file's label columns, top first.

        columns maps our names to the file's: Catalog.read(path, product_id="sku", text="title").
        Raises DataError naming file, column and row.
        """
        return cls._read(path, columns, levels=tuple(levels))

    def _with(self, table: pd.DataFrame) -> Self:
        return type(self)(table, self.levels, dropped=self.dropped)

    @property
    def product_id(self) -> Column:
        """Ids, [n], whole numbers or strings."""
        return self.table["product_id"].to_numpy()

    @property
    def text(self) -> list[str]:
        """Texts, n of them."""
        return [str(text) for text in self.table["text"]]

    @property
    def path(self) -> list[tuple[str, ...]]:
        """Labels from the top level down, n tuples of at most len(levels) labels."""
        if not self.levels:
            return [()] * len(self)
        labels = self.table[list(self.levels)].astype(object)
        rows = zip(*(labels[level] for level in self.levels), strict=True)
        if not labels.isna().to_numpy().any():
            return list(rows)
        return [tuple(label for label in row if isinstance(label, str)) for row in rows]


@dataclass(frozen=True, eq=False)
class Log(Record):
    """What users did with products, and when: user_id, product_id, time (datetime64, no zone).

    Known but optional: event (view, purchase, …), value (price or rating), quantity.
    """

    required: ClassVar[Mapping[str, str]] = {"user_id": "id", "product_id": "id", "time": "time"}
    optional: ClassVar[Mapping[str, str]] = {
        "event": "label",
        "value": "number",
        "quantity": "number",
    }

    @property
    def user_id(self) -> Column:
        """Ids of the users, [n]."""
        return self.table["user_id"].to_numpy()

    @property
    def product_id(self) -> Column:
        """Ids of the products, [n]."""
        return self.table["product_id"].to_numpy()

    @property
    def time(self) -> npt.NDArray[np.datetime64]:
        """Times, datetime64 [n], without a zone."""
        return self.table["time"].to_numpy()


@dataclass(frozen=True, eq=False)
class Queries(Record):
    """What people typed: query_id (unique), text."""

    required: ClassVar[Mapping[str, str]] = {"query_id": "id", "text": "text"}
    unique: ClassVar[Sequence[str]] = ("query_id",)


@dataclass(frozen=True, eq=False)
class Judgements(Record):
    """How well products answer queries: query_id, product_id, grade (0 = not at all)."""

    required: ClassVar[Mapping[str, str]] = {
        "query_id": "id",
        "product_id": "id",
        "grade": "grade",
    }
    unique: ClassVar[Sequence[str]] = ("query_id", "product_id")


@dataclass(frozen=True, eq=False)
class Reviews(Record):
    """Labelled opinions on products: product_id, text, label."""

    required: ClassVar[Mapping[str, str]] = {
        "product_id": "id",
        "text": "text",
        "label": "label",
    }


def _check_path(table: pd.DataFrame, levels: Sequence[str]) -> None:
    """Raise DataError where a level has a label and the level above it has none."""
    for above, below in pairwise(levels):
        hole = (table[above].isna() & table[below].notna()).to_numpy()
        if hole.any():
            raise DataError(
                f"Catalog: {hole.sum()} rows have a {below!r} but no {above!r}, first row "
                f"{hole.argmax()} (the first row is 0): fill the upper level or drop the rows."
            )


def _warn_of_empty_texts(texts: pd.Series) -> None:
    empty = (texts.astype(str).str.strip() == "").to_numpy(dtype=bool)
    if empty.any():
        warnings.warn(
            f"Catalog: {empty.sum()} of {len(texts)} texts are empty, first row {empty.argmax()} "
            "(the first row is 0): a model cannot tell these products apart.",
            DataWarning,
            stacklevel=4,
        )
