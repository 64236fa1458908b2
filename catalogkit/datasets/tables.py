"""Read a stranger's CSV, TSV or Parquet file, or say exactly where it is broken."""

import io
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from catalogkit.datasets.errors import DataError

SEPARATORS = {".csv": ",", ".tsv": "\t"}


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table; the suffix .csv, .tsv or .parquet decides how.

    CSV and TSV must be UTF-8 with a header line. Their cells stay strings as they are written, so
    that "007" and "NA" survive; an empty cell is missing. Parquet keeps its types.
    Raises DataError when the file is absent, of another kind, not UTF-8 (with byte and line), or
    malformed (with the row where the parser stopped).
    """
    path = Path(path)
    if not path.is_file():
        raise DataError(f"{path}: no such file; check the path.")
    suffix = path.suffix.lower()
    if suffix in SEPARATORS:
        return _read_text(path, SEPARATORS[suffix])
    if suffix == ".parquet":
        try:
            return pd.read_parquet(path)
        except (ValueError, OSError) as error:
            raise DataError(f"{path}: not a Parquet file that can be read: {error}") from error
    raise DataError(f"{path}: unknown kind {suffix!r}; save it as .csv, .tsv or .parquet.")


def _read_text(path: Path, separator: str) -> pd.DataFrame:
    data = path.read_bytes()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path}: not UTF-8 at byte {error.start} (line {line}, "
            f"byte 0x{data[error.start]:02x}); save the file again as UTF-8."
        ) from error
    try:
        return _parse(data, separator)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, pd.errors.ParserWarning) as error:
        raise DataError(f"{path}: cannot be read as a table: {str(error).strip()}") from error


def _parse(data: bytes, separator: str) -> pd.DataFrame:
    """Parse strictly: a line with more cells than the header is an error, not an index."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        return pd.read_csv(
            io.BytesIO(data),
            sep=separator,
            dtype=str,
            index_col=False,
            keep_default_na=False,
            na_values=[""],
            encoding="utf-8-sig",
        )


def column(table: pd.DataFrame, name: str, what: str) -> pd.Series:
    """Return a column. Raises DataError that lists the columns there are; what: the table."""
    if name not in table.columns:
        has = ", ".join(map(str, table.columns))
        raise DataError(f"the {what} has no column {name!r}; its columns are: {has}.")
    return table[name]


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table without its index; the suffix decides how, as in `read_table`."""
    if path.suffix.lower() == ".parquet":
        table.to_parquet(path, index=False)
    else:
        separator = SEPARATORS[path.suffix.lower()]
        table.to_csv(path, sep=separator, index=False, lineterminator="\n")


def rename(table: pd.DataFrame, where: str, columns: Mapping[str, str]) -> pd.DataFrame:
    """Give the file's columns our names; columns maps ours to theirs, where names the file.

    Raises DataError when one of theirs is absent or one of ours is already taken.
    """
    for ours, theirs in columns.items():
        if theirs not in table.columns:
            has = ", ".join(map(str, table.columns))
            raise DataError(f"{where}: no column {theirs!r} for {ours}; its columns are: {has}.")
        if ours != theirs and ours in table.columns and ours not in columns.values():
            raise DataError(
                f"{where}: {theirs!r} is to become {ours!r}, but there is a column {ours!r} "
                "already; rename one of them."
            )
    return table.rename(columns={theirs: ours for ours, theirs in columns.items()})


def convert(table: pd.DataFrame, where: str, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Turn strings into times (ISO 8601, read as UTC where no zone is given) and numbers.

    Raises DataError naming the first row (from 0, without the header) that cannot be turned.
    """
    changed = {
        column: _converted(table[column], where, CONVERT[kind])
        for column, kind in kinds.items()
        if kind in CONVERT and column in table.columns
    }
    return table.assign(**changed)


def _converted(values: pd.Series, where: str, how: Callable[[pd.Series], pd.Series]) -> pd.Series:
    converted = how(values)
    failed = (converted.isna() & values.notna()).to_numpy()
    if failed.any():
        row = int(failed.argmax())
        raise DataError(
            f"{where}: column {values.name!r}, row {row} (the first row is 0): "
            f"{str(values.iloc[row])[:40]!r} is not a {how.__name__[4:]}; "
            "correct it, or convert the column first."
        )
    return converted


def _to_time(values: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(values):
        return values  # seconds or milliseconds? the schema check asks
    times = pd.to_datetime(values, utc=True, errors="coerce", format="ISO8601")
    return times.dt.tz_localize(None)


def _to_number(values: pd.Series) -> pd.Series:
    return pd.to_numeric(values, errors="coerce")


CONVERT: dict[str, Callable[[pd.Series], pd.Series]] = {
    "time": _to_time,
    "number": _to_number,
    "grade": _to_number,
}
