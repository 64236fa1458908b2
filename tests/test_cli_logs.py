"""A stranger's log and catalog are read as they are written, or refused with file and row."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from catalogkit.cli_logs import (
    MODELS,
    add_log,
    items_of,
    learning,
    model_of,
    read_items,
    read_log,
    within,
)
from catalogkit.datasets.errors import DataError
from catalogkit.recommenders.content import Content

LOG = "who,what,when,event\n007,茶,2024-01-01,buy\n7,NA,2024-01-02T10:00:00+08:00,view\n"
ITEMS = "what,text,aisle\n茶,green tea,tea\nNA,,\n"


@pytest.fixture
def chosen(tmp_path: Path) -> argparse.Namespace:
    """Write the two files and choose their columns."""
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    (tmp_path / "items.csv").write_text(ITEMS, encoding="utf-8")
    parser = argparse.ArgumentParser()
    add_log(parser)
    columns = ["--user", "who", "--item", "what", "--time", "when"]
    chosen = parser.parse_args([*columns, "--catalog", str(tmp_path / "items.csv")])
    chosen.log, chosen.output = str(tmp_path / "log.csv"), str(tmp_path / "out.csv")
    return chosen


def test_ids_are_read_as_they_are_written(chosen: argparse.Namespace) -> None:
    """Zeros in front stay, "NA" is an id, and a zone is taken into account."""
    log = read_log(chosen, chosen.log)
    assert log.user_id.tolist() == ["007", "7"]
    assert log.product_id.tolist() == ["茶", "NA"]
    assert pd.Timestamp(log.time[1]) == pd.Timestamp(2024, 1, 2, 2)
    assert items_of(log).product_id.tolist() == ["NA", "茶"]


def test_events_of_other_kinds_are_counted(
    chosen: argparse.Namespace, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are left out, and a kind that there is not is refused with those there are."""
    chosen.event = ["buy"]
    assert len(read_log(chosen, chosen.log)) == 1
    assert "1 of 2 events are of other kinds; left out." in capsys.readouterr().err
    chosen.event = ["sale"]
    with pytest.raises(DataError, match="no event is sale; there are: buy, view"):
        read_log(chosen, chosen.log)


@pytest.mark.filterwarnings("ignore::catalogkit.datasets.records.DataWarning")
def test_a_catalog_needs_neither_texts_nor_labels(chosen: argparse.Namespace) -> None:
    """Without a column of texts the ids stand in; a missing label is one of its own."""
    assert read_items(chosen, "aisle").table["aisle"].tolist() == ["tea", "(none)"]
    chosen.text = "title"
    assert read_items(chosen).text == ["茶", "NA"]


def test_events_of_unknown_products_are_counted(
    chosen: argparse.Namespace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unless that is all of them."""
    log = read_log(chosen, chosen.log)
    assert len(within(log, pd.Index(["茶"]), "log.csv", "items.csv")) == 1
    assert "log.csv: 1 of 2 events are of products outside items.csv" in capsys.readouterr().err
    with pytest.raises(DataError, match=r"no event names a product of items.csv, the first .*'茶'"):
        within(log, pd.Index([1]), "log.csv", "items.csv")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("when", "date", "no column 'when'; its columns are: who, what, date, event"),
        ("2024-01-01", "soon", "column 'when', row 0 (the first row is 0): 'soon' is not a time"),
        ("2024-01-01", "", "column 'when', 1 bad of 2 rows (row 0; the first row is 0)"),
        ("007,", ",", "column 'who', 1 bad of 2 rows (row 0; the first row is 0)"),
        (LOG[20:], "", "the table has no rows"),
        (LOG, "", "cannot be read as a table"),
    ],
)
def test_what_cannot_be_used_is_named(
    chosen: argparse.Namespace, old: str, new: str, message: str
) -> None:
    """File, the file's own column, row."""
    Path(chosen.log).write_text(LOG.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError) as said:
        read_log(chosen, chosen.log)
    assert str(said.value).startswith(f"{chosen.log}: ")
    assert message in str(said.value)


def test_a_product_twice_in_the_catalog_is_named(chosen: argparse.Namespace) -> None:
    """By the file's own column."""
    Path(chosen.catalog).write_text(ITEMS + "茶,again,tea\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"items.csv: column 'what', 2 bad of 3 rows \(row 0, 2"):
        read_items(chosen)


def test_every_model_has_a_builder(chosen: argparse.Namespace) -> None:
    """Content reads the catalog's texts, and asks for a catalog."""
    chosen.method, catalog = "tf-idf", items_of(read_log(chosen, chosen.log))
    models = {name: model_of(name, chosen, catalog, 100.0) for name in MODELS}
    assert isinstance(models["content"], Content)
    assert models["content"].vectors.shape[0] == 2
    assert models["blend"].holdout == 20  # type: ignore[attr-defined]
    chosen.catalog = None
    with pytest.raises(DataError, match="give --catalog ITEMS"):
        model_of("content", chosen, catalog, 100.0)


def test_a_library_that_is_not_there_is_named() -> None:
    """With how to install it."""
    said = pytest.raises(DataError, match=r"als needs implicit: pip install 'catalogkit-book\[")
    with said, learning("als", "log.csv"):
        raise ModuleNotFoundError(name="implicit")


def test_help_loads_no_heavy_library() -> None:
    """The parsers are built without pandas, numpy or torch."""
    code = (
        "import sys, argparse; from catalogkit.cli_recommend import add_recommend; "
        "from catalogkit.cli_evaluate import add_evaluate; "
        "rooms = argparse.ArgumentParser().add_subparsers(); "
        "add_recommend(rooms); add_evaluate(rooms); "
        "sys.exit(any(m in sys.modules for m in ('pandas', 'numpy', 'torch')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0
