"""`catalogkit annotate` learns from one file and annotates another, part by part."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from catalogkit import cli_annotate
from catalogkit.cli import main
from catalogkit.taxonomy import resuming
from catalogkit.taxonomy.annotation import METHODS, Annotator

HEADER = "sku,title,text,aisle,shelf\n"
TRAIN = (
    HEADER
    + """\
1,green tea,-,Food,Tea
2,black tea,-,Food,Tea
3,ground coffee,-,Food,Coffee
4,coffee beans,-,Food,Coffee
5,hand soap,-,Home,Soap
6,liquid soap,-,Home,Soap
7,绿茶,-,食品,茶
8,红茶,-,食品,茶
9,unplaced,-,,
"""
)
CATALOG = "sku,title\n007,herbal tea\n08,coffee capsules\n09,soap bar\n10,茶叶 绿茶\nNA,qqq\n"
RESULTS = ["aisle", "aisle_probability", "shelf", "shelf_probability"]
COLUMNS = ["--id", "sku", "--text", "title", "--levels", "aisle", "shelf"]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with the two files."""
    (tmp_path / "train.csv").write_text(TRAIN, encoding="utf-8")
    (tmp_path / "new.csv").write_text(CATALOG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*more: str, output: str = "out.csv") -> int:
    """Annotate with the quickest method."""
    files = ["new.csv", "--labelled", "train.csv", *COLUMNS]
    return main(["annotate", *files, "--method", "tf-idf", *more, "-o", output])


def test_products_get_paths_and_probabilities(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ids and texts stay as they are written; stdout stays empty, for stderr tells the story."""
    assert run("--threshold", "0") == 0
    table = pd.read_csv("out.csv", dtype=str, keep_default_na=False)
    assert list(table) == ["sku", "title", *RESULTS]
    assert table["sku"].tolist() == ["007", "08", "09", "10", "NA"]
    assert table["title"].tolist() == [
        "herbal tea",
        "coffee capsules",
        "soap bar",
        "茶叶 绿茶",
        "qqq",
    ]
    paths = list(zip(table["aisle"], table["shelf"], strict=True))[:4]
    assert paths == [("Food", "Tea"), ("Food", "Coffee"), ("Home", "Soap"), ("食品", "茶")]
    sure = table[["shelf_probability", "aisle_probability"]].astype(float)
    assert (sure["aisle_probability"] >= sure["shelf_probability"]).all()
    assert (sure > 0).all(axis=None)
    out, err = capsys.readouterr()
    assert out == ""
    assert "train.csv: 1 of 9 rows have no label; left out." in err
    assert err.endswith("catalogkit: out.csv: 5 products annotated.\n")
    assert {file.name for file in shop.iterdir()} == {"train.csv", "new.csv", "out.csv"}


def test_in_doubt_a_cell_stays_empty(shop: Path) -> None:
    """A text like no other has probabilities but no names."""
    assert run("--threshold", "0.999") == 0
    row = pd.read_csv("out.csv", keep_default_na=False).iloc[-1]
    assert (row["aisle"], row["shelf"]) == ("", "")
    assert 0 < row["shelf_probability"] <= row["aisle_probability"] < 0.999


@pytest.mark.parametrize("output", ["out.parquet", "out.tsv"])
def test_files_come_and_go_as_parquet_too(shop: Path, output: str) -> None:
    """Whole-number ids stay whole numbers, and the answers are those of CSV."""
    assert run("--threshold", "0") == 0
    expected = pd.read_csv("out.csv", dtype={"sku": str}, keep_default_na=False)
    for name in ("train", "new"):
        pd.read_csv(f"{name}.csv", dtype=str, keep_default_na=False).replace({"": None}).to_parquet(
            f"{name}.parquet"
        )
    files = ["new.parquet", "--labelled", "train.parquet", *COLUMNS, "--threshold", "0"]
    assert main(["annotate", *files, "--method", "tf-idf", "-o", output]) == 0
    if output.endswith("tsv"):
        found = pd.read_csv(output, sep="\t", dtype={"sku": str}, keep_default_na=False)
    else:
        found = pd.read_parquet(output)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


@pytest.mark.parametrize("stops_after", [0, 1, 2])
def test_an_interrupted_run_continues(
    shop: Path,
    stops_after: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The same bytes as without interruption; what is done is not done again."""
    monkeypatch.setattr(resuming, "ROWS", 2)
    assert run() == 0
    expected = Path("out.csv").read_bytes()
    Path("out.csv").unlink()
    whole, done = Annotator.annotate, list[list[str]]()

    def interrupted(self: Annotator, texts: list[str]) -> object:
        if len(done) == stops_after:
            raise KeyboardInterrupt
        done.append(texts)
        return whole(self, texts)

    monkeypatch.setattr(Annotator, "annotate", interrupted)
    assert run() == 130
    assert "the same command continues" in capsys.readouterr().err
    assert not Path("out.csv").exists()
    stops_after = 99
    monkeypatch.setattr(Annotator, "fit", None)  # it has been learnt
    assert run() == 0
    assert Path("out.csv").read_bytes() == expected
    assert [len(texts) for texts in done] == [2, 2, 1]


def test_parts_of_another_run_are_not_mixed_in(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another threshold, or an input that has changed, is another run."""
    (shop / "out.csv.partial").mkdir()
    note = {"inputs": ["0", "0"], "method": "frozen"}
    (shop / "out.csv.partial" / "run.json").write_text(json.dumps(note))
    assert run() == 1
    assert "out.csv.partial: holds parts of a run with other files" in capsys.readouterr().err
    assert (shop / "out.csv.partial" / "run.json").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("new.csv", "08,", "007,", "new.csv: Catalog: column 'product_id', 2 bad of 5 rows"),
        ("new.csv", "title\n", "name\n", "new.csv: no column 'title'; its columns are: sku, name"),
        ("new.csv", "soap bar", "x" * 1_000_000, "at most 100,000 characters"),
        ("new.csv", CATALOG[10:], "", "new.csv: Catalog: the table has no rows"),
        ("train.csv", "aisle", "a", "train.csv: no column 'aisle'"),
        ("train.csv", "Food,Tea", ",Tea", "train.csv: Catalog: 2 rows have a 'shelf' but no"),
        (
            "train.csv",
            TRAIN[len(HEADER) :],
            "1,tea,-,,\n",
            "train.csv: no row has a label in 'aisle'",
        ),
        ("train.csv", TRAIN[len(HEADER) :], "1,tea,-,Food,Tea\n", "there is nothing to tell apart"),
    ],
)
def test_a_file_that_cannot_be_used_is_explained(
    shop: Path, file: str, old: str, new: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the file and the column, and there is no traceback and no output."""
    text = (shop / file).read_text(encoding="utf-8")
    assert old in text
    (shop / file).write_text(text.replace(old, new), encoding="utf-8")
    assert run() == 1
    err = capsys.readouterr().err.splitlines()[-1]
    assert err.startswith("catalogkit: ")
    assert message in err
    assert len(err) < 400
    assert sorted(file.name for file in shop.iterdir()) == ["new.csv", "train.csv"]


@pytest.mark.parametrize(
    ("more", "output", "message"),
    [
        ([], "out.xlsx", "out.xlsx: unknown kind"),
        ([], "nowhere/out.csv", "nowhere: no such directory"),
        (["--labelled", "gone.csv"], "out.csv", "gone.csv: no such file"),
        (["--group", "brand"], "out.csv", "train.csv: no column 'brand'"),
        (["--levels", "title"], "out.csv", "name one column twice"),
    ],
)
def test_an_option_that_cannot_be_met_is_explained(
    shop: Path, more: list[str], output: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is learnt."""
    assert run(*more, output=output) == 1
    assert message in capsys.readouterr().err


def test_a_group_column_is_held_out_whole(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With one group there is nothing to hold out, and the message says what that means."""
    assert run("--group", "text") == 0
    assert "temperatures 1, 1, a guess" in capsys.readouterr().err


@pytest.mark.parametrize("number", ["1.5", "much"])
def test_a_threshold_is_a_probability(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Anything else is a mistake in the command."""
    with pytest.raises(SystemExit) as ended:
        run("--threshold", number)
    assert ended.value.code == 2
    assert "--threshold" in capsys.readouterr().err


def test_the_methods_offered_are_those_there_are() -> None:
    """The command line knows their names without loading them."""
    assert tuple(METHODS) == cli_annotate.METHODS


def test_help_loads_no_heavy_library() -> None:
    """The parser is built without pandas, numpy or torch."""
    code = (
        "import sys, argparse; from catalogkit.cli_annotate import add_annotate; "
        "add_annotate(argparse.ArgumentParser().add_subparsers()); "
        "sys.exit(any(m in sys.modules for m in ('pandas', 'numpy', 'torch')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0
