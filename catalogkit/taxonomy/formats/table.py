"""A table with a row for each product or node: a path in one column, or a column a level."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.tables import SEPARATORS, read_table
from catalogkit.taxonomy.formats.reading import Entry, Reading, join, split
from catalogkit.taxonomy.tree import ProductId, Tree

ENDINGS = (*SEPARATORS, ".parquet")


def read(file: Path, levels: Sequence[str], product_id: str | None) -> Reading:
    """Read rows; see `read_tree` for the columns."""
    table = read_table(file)
    keys = _cells(table, "key" if "key" in table.columns and not levels else None)
    levels = list(levels) or _find_levels(file, table)
    for column in [*levels, *([product_id] if product_id else [])]:
        if column not in table.columns:
            raise DataError(f"{file}: no column {column!r}; {_has(table)}.")
    reading = Reading(place=_Rows(file))
    paths = _paths(table, levels, reading)
    product_id = product_id or ("product_id" if "product_id" in table.columns else None)
    for row, (path, key, product) in enumerate(
        zip(paths, keys, _cells(table, product_id), strict=True)
    ):
        if path or product is not None:
            reading.entries.append(Entry(row, path, "" if key is None else str(key), product))
        else:
            reading.fault(row, "no path and no product: fill the row or remove it")
    return reading


def write(tree: Tree, file: Path) -> None:
    """Write path, key and product_id: a row for each node, then one for each of its products."""
    rows: list[tuple[str, str | None, ProductId | None]] = []
    for node, path in enumerate(tree.paths):
        name = join(path)
        if node:
            rows.append((name, tree.keys[node] or None, None))
        rows.extend((name, None, product) for product in tree.products_at(node))
    table = pd.DataFrame(rows, columns=["path", "key", "product_id"], dtype=object)
    if tree.products and isinstance(tree.products[0], int):
        table["product_id"] = table["product_id"].astype("Int64")
    if file.suffix.lower() == ".parquet":
        table.to_parquet(file, index=False)
    else:
        separator = SEPARATORS.get(file.suffix.lower(), ",")
        table.to_csv(file, sep=separator, index=False, lineterminator="\n", encoding="utf-8")


def _find_levels(file: Path, table: pd.DataFrame) -> list[str]:
    columns = [str(column) for column in table.columns]
    if "path" in columns:
        return ["path"]
    found = [(int(c[6:]), c) for c in columns if re.fullmatch(r"level_[0-9]+", c)]
    if not found:
        what = "name those that hold the categories, top first, with levels (or --levels)"
        raise DataError(f"{file}: no column 'path' or 'level_1'; {_has(table)}: {what}.")
    return [column for _, column in sorted(found)]


def _has(table: pd.DataFrame) -> str:
    return f"the columns are {', '.join(map(str, table.columns))}"


def _cells(table: pd.DataFrame, column: str | None) -> list[ProductId | None]:
    """Return a column's cells, None for what is missing."""
    if column is None:
        return [None] * len(table)
    values = table[column].astype(object)
    return values.where(values.notna(), None).tolist()


def _paths(table: pd.DataFrame, levels: Sequence[str], reading: Reading) -> list[tuple[str, ...]]:
    """Read the path of every row: one column holds it whole, several a name each."""
    columns = [_cells(table, level) for level in levels]
    if len(levels) == 1:
        return [split(str(cell)) if cell is not None else () for cell in columns[0]]
    paths = []
    for row, cells in enumerate(zip(*columns, strict=True)):
        names = [cell for cell in cells if cell is not None]
        if any(cell is not None for cell in cells[len(names) :]):
            reading.fault(row, "a level is empty and one below it is not: fill the upper one")
        paths.append(tuple(names))
    return paths


@dataclass(frozen=True)
class _Rows:
    """Say where a row of the table starts in the file; cells can hold line breaks."""

    file: Path

    def __call__(self, row: int) -> str:
        if self.file.suffix.lower() not in SEPARATORS:
            return f"row {row} (the first row is 0)"
        return f"line {self._starts[row + 1]}"

    @cached_property
    def _starts(self) -> list[int]:
        """First line of each record; pandas skips blank lines."""
        limit = csv.field_size_limit(2**31 - 1)
        try:
            with self.file.open(encoding="utf-8-sig", newline="") as lines:
                starts, start = [], 1
                records = csv.reader(lines, delimiter=SEPARATORS[self.file.suffix.lower()])
                for cells in records:
                    if any(map(str.strip, cells)) or len(cells) > 1:
                        starts.append(start)
                    start = records.line_num + 1
                return starts
        finally:
            csv.field_size_limit(limit)
