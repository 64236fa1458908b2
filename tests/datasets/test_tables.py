"""Files are read as they are written, or the place where they are broken is named."""

import re
from pathlib import Path

import pandas as pd
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.tables import read_table, rename


def test_cells_stay_as_they_are_written(tmp_path: Path) -> None:
    """Leading zeros and the text NA survive; an empty cell is missing."""
    file = tmp_path / "a.csv"
    file.write_text('id,text\n007,NA\n8,"two\nlines"\n9,\n', encoding="utf-8")
    table = read_table(file)
    assert table["id"].tolist() == ["007", "8", "9"]
    assert table["text"].tolist()[:2] == ["NA", "two\nlines"]
    assert table["text"].isna().tolist() == [False, False, True]


def test_a_byte_order_mark_is_not_part_of_the_first_name(tmp_path: Path) -> None:
    """Spreadsheets write one."""
    file = tmp_path / "a.csv"
    file.write_text("id,text\n1,茶\n", encoding="utf-8-sig")
    assert read_table(file).to_dict("list") == {"id": ["1"], "text": ["茶"]}


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    """A whole number stays one."""
    file = tmp_path / "a.parquet"
    pd.DataFrame({"id": [1, 2]}).to_parquet(file)
    assert read_table(str(file))["id"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"id,text\n1,th\xe9\n", "not UTF-8 at byte 12 (line 2, byte 0xe9)"),
        ("a.csv", b"id,text\n1,a\n2,b,c\n", "Expected 2 fields in line 3, saw 3"),
        ("a.csv", b"id,text\n1,a,b\n2,c,d\n", "Length of header or names does not match"),
        ("a.csv", b"", "cannot be read as a table: No columns"),
        ("a.parquet", b"id,text\n", "not a Parquet file that can be read"),
        ("a.xlsx", b"", "unknown kind '.xlsx'; save it as .csv, .tsv or .parquet"),
    ],
)
def test_a_broken_file_is_named_with_the_place(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    """The error says what to do about it."""
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(DataError, match=re.escape(message)) as caught:
        read_table(file)
    assert str(caught.value).startswith(str(file))


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    """No traceback out of a library."""
    with pytest.raises(DataError, match="no such file"):
        read_table(tmp_path / "a.csv")


def test_a_name_that_is_already_taken_is_refused() -> None:
    """Two columns of one name would follow."""
    table = pd.DataFrame({"id": [1], "text": ["a"], "title": ["b"]})
    with pytest.raises(DataError, match="'title' is to become 'text', but there is a column"):
        rename(table, "a.csv", {"text": "title"})


def test_columns_can_be_swapped() -> None:
    """A name is free when its column is renamed as well."""
    table = rename(pd.DataFrame({"a": [1], "b": [2]}), "a.csv", {"a": "b", "b": "a"})
    assert table.to_dict("list") == {"b": [1], "a": [2]}


def test_a_column_to_be_mapped_must_exist() -> None:
    """The error lists those there are."""
    with pytest.raises(DataError, match=r"no column 'sku' for product_id; its columns are: id"):
        rename(pd.DataFrame({"id": [1]}), "a.csv", {"product_id": "sku"})
