"""Records accept what is sound and refuse the rest with one clear error."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from catalogkit.datasets.records import (
    MAX_TEXT,
    Catalog,
    DataError,
    DataWarning,
    Judgements,
    Log,
    Queries,
    Reviews,
)


def shop(**changes: object) -> pd.DataFrame:
    """Return three sound products, with some columns replaced."""
    sound = {
        "product_id": [7, 8, 9],
        "text": ["oat milk", "rye bread", "soap"],
        "department": ["food", "food", None],
        "category": ["milk", None, None],
    }
    return pd.DataFrame({**sound, **changes})


def lines(**changes: object) -> pd.DataFrame:
    """Return two sound purchase lines, with some columns replaced."""
    sound = {
        "user_id": ["ann", "bob"],
        "product_id": [7, 8],
        "time": pd.to_datetime(["2024-01-01", "2024-01-02"]),
    }
    return pd.DataFrame({**sound, **changes})


def test_a_catalog_gives_ids_texts_and_paths() -> None:
    """A missing label ends the path."""
    catalog = Catalog(shop(), ("department", "category"))
    assert len(catalog) == 3
    assert catalog.product_id.tolist() == [7, 8, 9]
    assert catalog.text == ["oat milk", "rye bread", "soap"]
    assert catalog.path == [("food", "milk"), ("food",), ()]


def test_a_catalog_without_levels_has_empty_paths() -> None:
    """Texts alone are a catalog too."""
    assert Catalog(shop()).path == [(), (), ()]


def test_ids_may_be_strings() -> None:
    """Stock-keeping units often are."""
    assert Catalog(shop(product_id=["a", "b", "c"])).product_id.tolist() == ["a", "b", "c"]


def test_take_keeps_rows_levels_and_counts() -> None:
    """A part of a catalog is a catalog."""
    part = Catalog(shop(), ("department",), dropped={"no text": 4}).take([1, 2])
    assert part.path == [("food",), ()]
    assert part.dropped == {"no text": 4}
    assert Log(lines()).take(np.array([False, True])).user_id.tolist() == ["bob"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"product_id": [7, 7, 9]}, "'product_id', 2 bad of 3 rows (row 0, 1;"),
        ({"product_id": [7.0, np.nan, 9.0]}, "ids are whole numbers or non-empty strings"),
        ({"product_id": ["a", "", "c"]}, "(row 1; the first row is 0), for example ''"),
        ({"product_id": [1, "b", "c"]}, "one of the two throughout"),
        ({"product_id": [True, False, True]}, "ids are whole numbers"),
        ({"text": ["a", None, "c"]}, "'text', 1 bad of 3 rows (row 1;"),
        ({"text": [1, 2, 3]}, "texts are strings"),
        ({"text": ["a", "b", b"c"]}, "for example b'c'"),
        ({"department": [1, 2, 3]}, "labels are strings, or missing"),
        ({"department": [None, None, None]}, "1 rows have a 'category' but no 'department'"),
    ],
)
def test_a_catalog_refuses_unsound_columns(changes: dict[str, object], message: str) -> None:
    """The error names column, rows, an example and the rule."""
    with pytest.raises(DataError, match=re.escape(message)):
        Catalog(shop(**changes), ("department", "category"))


@pytest.mark.parametrize("missing", ["product_id", "text", "category"])
def test_a_missing_column_is_named_with_those_there_are(missing: str) -> None:
    """The reader sees at once which name to map."""
    with pytest.raises(DataError, match=rf"Catalog: no column '{missing}'; its columns are: "):
        Catalog(shop().drop(columns=missing), ("department", "category"))


def test_a_column_that_occurs_twice_is_refused() -> None:
    """Nobody can know which one is meant."""
    twice = pd.concat([shop(), shop()[["text"]]], axis=1)
    with pytest.raises(DataError, match="column 'text' occurs twice"):
        Catalog(twice)


@pytest.mark.parametrize("record", [Catalog, Log])
def test_an_empty_table_is_refused(record: type[Catalog] | type[Log]) -> None:
    """Nothing can be learned from it."""
    table = shop() if record is Catalog else lines()
    with pytest.raises(DataError, match="the table has no rows"):
        record(table.iloc[:0])


def test_a_text_of_a_million_characters_is_refused_in_one_line() -> None:
    """The limit is named and the text is not repeated in the message."""
    with pytest.raises(DataError, match=f"at most {MAX_TEXT:,} characters") as caught:
        Catalog(shop(text=["a", "x" * 1_000_000, "c"]))
    assert len(str(caught.value)) < 300


def test_a_text_as_long_as_the_limit_is_accepted() -> None:
    """The limit itself is still allowed."""
    assert len(Catalog(shop(text=["a", "x" * MAX_TEXT, "c"])).text[1]) == MAX_TEXT


def test_empty_texts_are_accepted_with_a_warning() -> None:
    """The warning counts them and names the first."""
    with pytest.warns(DataWarning, match="2 of 3 texts are empty, first row 1"):
        Catalog(shop(text=["a", "", "  "]))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"time": ["2024-01-01", "2024-01-02"]}, "times are datetime64 without a zone"),
        ({"time": pd.to_datetime(["2024-01-01", None])}, "'time', 1 bad of 2 rows (row 1;"),
        ({"time": pd.date_range("2024", periods=2, tz="UTC")}, "without a zone"),
        ({"user_id": [None, "bob"]}, "'user_id', 1 bad of 2 rows (row 0;"),
        ({"value": [1.0, np.inf]}, "'value', 1 bad of 2 rows (row 1;"),
        ({"quantity": ["1", "2"]}, "numbers are finite"),
        ({"event": [1, 2]}, "labels are strings"),
    ],
)
def test_a_log_refuses_unsound_columns(changes: dict[str, object], message: str) -> None:
    """Optional columns are checked where they are present."""
    with pytest.raises(DataError, match=re.escape(message)):
        Log(lines(**changes))


def test_a_log_gives_users_products_and_times() -> None:
    """Users may repeat, and so may products."""
    log = Log(pd.concat([lines(), lines()]))
    assert log.user_id.tolist() == ["ann", "bob"] * 2
    assert log.product_id.tolist() == [7, 8] * 2
    assert log.time[1] == np.datetime64("2024-01-02")


def test_a_query_has_one_text() -> None:
    """The same id twice is refused."""
    with pytest.raises(DataError, match="'query_id', 2 bad of 2 rows"):
        Queries(pd.DataFrame({"query_id": [1, 1], "text": ["milk", "soap"]}))


@pytest.mark.parametrize("grade", [[-1, 0], [0.5, 1.0], ["1", "2"]])
def test_grades_are_whole_numbers_from_zero(grade: list[object]) -> None:
    """Half a grade, a negative and a string are refused."""
    with pytest.raises(DataError, match="grades are whole numbers from 0"):
        Judgements(pd.DataFrame({"query_id": [1, 1], "product_id": [7, 8], "grade": grade}))


def test_a_product_is_judged_once_for_a_query() -> None:
    """The message names the pair of columns."""
    table = pd.DataFrame({"query_id": [1, 1, 2], "product_id": [7, 7, 7], "grade": [0, 1, 1]})
    with pytest.raises(DataError, match=r"'query_id \+ product_id', 2 bad of 3 rows"):
        Judgements(table)


def test_reviews_need_text_and_label() -> None:
    """A review without label column is refused."""
    with pytest.raises(DataError, match="no column 'label'"):
        Reviews(pd.DataFrame({"product_id": ["a"], "text": ["good"]}))


def test_a_strangers_columns_are_mapped(tmp_path: Path) -> None:
    """Their names go in, our names come out, and other columns stay."""
    file = tmp_path / "shop.csv"
    file.write_text("sku,title,aisle,price\n007,NA,food,1.5\n008,soap,,2\n", encoding="utf-8")
    catalog = Catalog.read(file, product_id="sku", text="title", levels=["aisle"])
    assert catalog.product_id.tolist() == ["007", "008"]
    assert catalog.text == ["NA", "soap"]
    assert catalog.path == [("food",), ()]
    assert "price" in catalog.table.columns


def test_times_and_numbers_of_a_csv_are_converted(tmp_path: Path) -> None:
    """A time with a zone becomes UTC."""
    file = tmp_path / "orders.csv"
    file.write_text("who,product_id,when,value\na,1,2024-01-01T09:00+09:00,2.5\n", encoding="utf-8")
    log = Log.read(file, user_id="who", time="when")
    assert log.time[0] == np.datetime64("2024-01-01T00:00")
    assert log.table["value"].tolist() == [2.5]


def test_a_grade_of_a_csv_is_a_whole_number(tmp_path: Path) -> None:
    """Judgements are often kept in text files."""
    file = tmp_path / "judged.tsv"
    file.write_text("query_id\tproduct_id\tgrade\nq1\tp1\t2\n", encoding="utf-8")
    assert Judgements.read(file).table["grade"].tolist() == [2]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("user_id,product_id,time\na,1,soon\n", "'time', row 0 (the first row is 0): 'soon'"),
        ("user_id,product_id,time,value\na,1,2024-01-01,x\n", "'x' is not a number"),
        ("user_id,product_id,time\na,,2024-01-01\n", "Log: column 'product_id', 1 bad of 1 rows"),
    ],
)
def test_a_bad_cell_is_named_with_its_file(tmp_path: Path, content: str, message: str) -> None:
    """File, column, row and value stand in the error."""
    file = tmp_path / "orders.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=re.escape(message)) as caught:
        Log.read(file)
    assert str(caught.value).startswith(str(file))
