"""`catalogkit taxonomy` on a stranger's file: sound or not, and what changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from catalogkit import cli_taxonomy
from catalogkit.cli import main
from catalogkit.cli_taxonomy_build import KEYLESS
from catalogkit.taxonomy.changes import from_json, replay
from catalogkit.taxonomy.formats import FORMATS, read_tree

CSV = "sku,title,aisle,shelf\n1,Sencha,Food,Tea\n2,Basmati,Food,Rice\n3,Desk lamp,Home,\n"
LATER = "sku,title,aisle,shelf\n1,Sencha,Food,Teas\n2,Basmati,Home,\n4,Assam,Food,Teas\n"
COLUMNS = ["--levels", "aisle", "shelf", "--product", "sku"]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Two versions of a stranger's table."""
    for name, content in (("old.csv", CSV), ("new.csv", LATER)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    return [str(tmp_path / "old.csv"), str(tmp_path / "new.csv")]


def test_a_sound_file_is_measured(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Its size shows whether it was read as it was meant."""
    assert main(["taxonomy", "check", files[0], *COLUMNS]) == 0
    said = "a sound tree: 4 nodes, 3 of them leaves, deepest level 2, 3 products."
    assert capsys.readouterr() == (f"{files[0]}: {said}\n", "")


def test_every_fault_has_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr, and the code is 1."""
    file = tmp_path / "a.csv"
    file.write_text(CSV + "3,Lamp,Home ,\n4,Oil,,Oil\n", encoding="utf-8")
    assert main(["taxonomy", "check", str(file), *COLUMNS]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        f"catalogkit: {file}, line 5: product '3' stands on line 4 already, in 'Home': keep one of "
        "the two.\n"
        f"{file}, line 5: the name 'Home ' begins or ends with a space: remove it.\n"
        f"{file}, line 6: a level is empty and one below it is not: fill the upper one.\n"
    )


def test_unknown_columns_are_asked_for(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The message lists those there are."""
    assert main(["taxonomy", "check", files[0]]) == 1
    said = "the columns are sku, title, aisle, shelf: name those that hold the categories"
    assert said in capsys.readouterr().err


def test_a_difference_is_told_to_people(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each thing, and how many of each."""
    assert main(["taxonomy", "diff", *files, *COLUMNS]) == 0
    assert capsys.readouterr().out == (
        "removed          'Food > Rice'\n"
        "renamed          'Food > Tea' -> 'Food > Teas'\n"
        "product moved    2: 'Food > Rice' -> 'Home'\n"
        "product added    4: 'Food > Teas'\n"
        "product removed  3: 'Home'\n"
        "removed: 1, renamed: 1, product moved: 1, product added: 1, product removed: 1.\n"
    )


def test_a_difference_is_told_to_programs(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The changes lead from the one file to the other."""
    assert main(["taxonomy", "diff", *files, *COLUMNS, "--json"]) == 0
    changes = from_json(capsys.readouterr().out)
    old, new = (read_tree(file, levels=["aisle", "shelf"], product_id="sku") for file in files)
    assert old != new
    assert replay(old, changes) == new


def test_no_difference_is_said(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Rather than nothing."""
    assert main(["taxonomy", "diff", files[0], files[0], *COLUMNS]) == 0
    assert capsys.readouterr().out == "no difference.\n"


def test_the_formats_offered_are_those_there_are() -> None:
    """The command line knows their names without loading the readers."""
    assert cli_taxonomy.FORMATS == FORMATS
    assert set(FORMATS) - set(KEYLESS) == {"shopify"}


def test_help_loads_no_heavy_library() -> None:
    """The parser is built without pandas, numpy or torch."""
    code = (
        "import sys, argparse; from catalogkit.cli_taxonomy import add_taxonomy; "
        "add_taxonomy(argparse.ArgumentParser().add_subparsers()); "
        "sys.exit(any(m in sys.modules for m in ('pandas', 'numpy', 'torch')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0
