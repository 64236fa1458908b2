"""Check a table against the kinds of its columns: one function for every record."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from catalogkit.datasets.errors import DataError

MAX_TEXT = 100_000
"""Longest text accepted, in characters: longer ones are files gone astray, not products."""

Mask = npt.NDArray[np.bool_]


def check(
    table: pd.DataFrame,
    what: str,
    kinds: Mapping[str, str],
    *,
    optional: Mapping[str, str] | None = None,
    unique: Sequence[str] = (),
) -> None:
    """Check columns, types, missing values and uniqueness of a table.

    what names the table in messages. kinds maps each required column, optional each column that
    may be absent, to one of KINDS. No two rows may agree in all columns of unique.
    Raises DataError at the first fault.
    """
    _check_shape(table, what, kinds)
    present = {c: k for c, k in (optional or {}).items() if c in table.columns}
    for column, kind in {**kinds, **present}.items():
        _check_column(table[column], what, kind)
    if unique:
        repeated = table.duplicated(list(unique), keep=False).to_numpy()
        if repeated.any():
            remedy = "keep one of the rows, or give the others their own id"
            raise DataError(_say(what, " + ".join(unique), repeated, table[unique[0]], remedy))


def _check_shape(table: pd.DataFrame, what: str, kinds: Mapping[str, str]) -> None:
    """Check that there are rows and the required columns, each once."""
    missing = [c for c in kinds if c not in table.columns]
    if missing:
        has = ", ".join(map(str, table.columns)) or "none"
        raise DataError(
            f"{what}: no column {missing[0]!r}; its columns are: {has}. "
            f"Rename one, or name it when reading: {missing[0]}='…'."
        )
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()][0]
        raise DataError(f"{what}: column {twice!r} occurs twice; rename one of the two.")
    if table.empty:
        raise DataError(f"{what}: the table has no rows; nothing can be learned from it.")


def _check_column(values: pd.Series, what: str, kind: str) -> None:
    find_bad, remedy = KINDS[kind]
    bad = find_bad(values)
    if bad.any():
        raise DataError(_say(what, str(values.name), bad, values, remedy))


def _say(what: str, column: str, bad: Mask, values: pd.Series, remedy: str) -> str:
    """Name the first three bad rows and the first bad value."""
    rows = np.flatnonzero(bad)
    first = ", ".join(str(r) for r in rows[:3]) + (", …" if len(rows) > 3 else "")
    shown = repr(values.iloc[rows[0]])
    shown = shown if len(shown) <= 40 else shown[:40] + "…"
    return (
        f"{what}: column {column!r}, {len(rows)} bad of {len(values)} rows "
        f"(row {first}; the first row is 0), for example {shown}: {remedy}."
    )


def _null(values: pd.Series) -> Mask:
    return values.isna().to_numpy()


def _not_string(values: pd.Series) -> Mask:
    if isinstance(values.dtype, pd.StringDtype):
        return _null(values)
    if isinstance(values.dtype, pd.CategoricalDtype):
        inner = values.cat.categories.to_series()
        return np.full(len(values), bool(_not_string(inner).any())) | _null(values)
    if values.dtype != object:
        return np.ones(len(values), dtype=bool)
    return ~np.fromiter((isinstance(v, str) for v in values), dtype=bool, count=len(values))


def _bad_label(values: pd.Series) -> Mask:
    return _not_string(values) & ~_null(values)


def _bad_text(values: pd.Series) -> Mask:
    bad = _not_string(values)
    if bad.any():
        return bad
    return np.asarray(values.astype(str).str.len() > MAX_TEXT, dtype=bool)


def _bad_id(values: pd.Series) -> Mask:
    if pd.api.types.is_integer_dtype(values):
        return _null(values)
    bad = _not_string(values)
    return bad if bad.any() else np.asarray(values == "", dtype=bool)


def _bad_time(values: pd.Series) -> Mask:
    if isinstance(values.dtype, np.dtype) and values.dtype.kind == "M":
        return _null(values)
    return np.ones(len(values), dtype=bool)


def _bad_number(values: pd.Series) -> Mask:
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return np.ones(len(values), dtype=bool)
    return np.asarray(~np.isfinite(values.to_numpy(dtype=float, na_value=np.nan)))


def _bad_grade(values: pd.Series) -> Mask:
    if not pd.api.types.is_integer_dtype(values):
        return np.ones(len(values), dtype=bool)
    return _null(values) | (values.to_numpy(dtype=float, na_value=0) < 0)


KINDS: dict[str, tuple[Callable[[pd.Series], Mask], str]] = {
    "id": (
        _bad_id,
        "ids are whole numbers or non-empty strings, one of the two throughout, and never missing",
    ),
    "text": (
        _bad_text,
        f"texts are strings of at most {MAX_TEXT:,} characters, never missing; "
        "fill, cut or drop these rows first",
    ),
    "label": (_bad_label, "labels are strings, or missing"),
    "time": (
        _bad_time,
        "times are datetime64 without a zone and never missing; convert with "
        "pandas.to_datetime(…, utc=True).dt.tz_localize(None)",
    ),
    "number": (_bad_number, "numbers are finite and never missing"),
    "grade": (_bad_grade, "grades are whole numbers from 0 (not relevant) upwards"),
}
"""Kind of column -> function that marks bad rows, and what to do about them."""
