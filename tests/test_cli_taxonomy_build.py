"""`catalogkit taxonomy build` and `place` on a stranger's files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from catalogkit.cli import main
from catalogkit.taxonomy.formats import read_tree

CATALOG = """\
sku,title
01,green tea leaves
02,green tea bags
03,green tea powder
04,liquid soap lemon
05,liquid soap rose
06,liquid soap refill
07,龙井绿茶
08,毛尖绿茶
09,碧螺春绿茶
"""
TREE = (
    "aisle,name\nFood,green tea\nFood,black tea\nFood,herbal tea\nHome,liquid soap\nHome,bar soap\n"
)
NEW = "id,name\n7,white tea\n8,soap flakes\n"
LETTERS = ["--method", "tf-idf"]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a catalog, a tree and what is new."""
    for name, content in (("catalog.csv", CATALOG), ("tree.csv", TREE), ("new.csv", NEW)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def build(*more: str, output: str = "out.csv") -> int:
    """Build by letters, which needs no model."""
    columns = ["--text", "title", "--id", "sku"]
    return main(["taxonomy", "build", "catalog.csv", *columns, *LETTERS, *more, "-o", output])


def place(*more: str, output: str = "out.csv") -> int:
    """Place by letters."""
    columns = ["--levels", "aisle", "name", "--text", "name"]
    files = ["tree.csv", "new.csv"]
    return main(["taxonomy", "place", *files, *columns, *LETTERS, *more, "-o", output])


def test_likes_share_a_named_node(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three kinds, two scripts; ids as they are written; the story is on stderr."""
    assert build("--sizes", "3") == 0
    tree = read_tree("out.csv")
    assert {tree.path(node): tree.products_at(node) for node in tree.leaves.tolist()} == {
        ("Green Tea",): ("01", "02", "03"),
        ("Liquid Soap",): ("04", "05", "06"),
        ("绿茶",): ("07", "08", "09"),
    }
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("out.csv: 9 products in 3 nodes (by level: 3).\n")


@pytest.mark.parametrize("output", ["out.json", "out.txt", "out.dot", "out.parquet"])
def test_any_format_can_be_read_again(
    shop: Path, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the same nodes; a format without products says that it has none."""
    assert build("--sizes", "2", "4") == 0
    whole = read_tree("out.csv")
    capsys.readouterr()
    assert build("--sizes", "2", "4", output=output) == 0
    tree = read_tree(output)
    assert tree.paths == whole.paths
    told = "no room for products; 9 left out" in capsys.readouterr().err
    assert told == (not tree.products)


def test_three_rows_are_a_tree(shop: Path) -> None:
    """Without ids and sizes; products are numbered."""
    (shop / "catalog.csv").write_text("text\ntea\nsoap\nrice\n", encoding="utf-8")
    assert main(["taxonomy", "build", "catalog.csv", *LETTERS, "-o", "out.json"]) == 0
    assert sorted(read_tree("out.json").products) == [0, 1, 2]


def test_parents_are_ranked_with_probabilities(shop: Path) -> None:
    """A row for each candidate, the likeliest first."""
    assert place("--id", "id") == 0
    table = pd.read_csv("out.csv", dtype={"id": str})
    assert list(table) == ["id", "name", "rank", "parent", "probability"]
    assert table["id"].tolist() == ["7", "7", "8", "8"]
    assert table["rank"].tolist() == [1, 2, 1, 2]
    assert table["parent"].tolist() == ["Food", "Home", "Home", "Food"]
    assert table["probability"].between(0, 1).all()
    assert table["probability"].is_monotonic_decreasing is False
    assert (table["probability"].iloc[::2].to_numpy() > table["probability"].iloc[1::2]).all()


@pytest.mark.parametrize("output", ["out.parquet", "out.tsv"])
def test_placements_come_in_other_files(shop: Path, output: str) -> None:
    """One parent each, of a given depth; rows are numbered where there is no id."""
    assert place("--top", "1", "--depth", "2", output=output) == 0
    read = (
        pd.read_parquet if output.endswith("parquet") else lambda file: pd.read_csv(file, sep="\t")
    )
    table = read(output)
    assert table["row"].tolist() == [0, 1]
    assert table["parent"].str.contains("> .*(?:tea|soap)").all()


@pytest.mark.parametrize(
    ("more", "output", "message"),
    [
        (["--sizes", "5", "5"], "out.csv", "catalog.csv: levels are (5, 5)"),
        (
            ["--text", "name"],
            "out.csv",
            "catalog.csv: no column 'name'; its columns are: sku, title",
        ),
        ([], "out.xlsx", "out.xlsx: unknown ending"),
        ([], "nowhere/out.csv", "nowhere: no such directory"),
    ],
)
def test_what_cannot_be_built_is_explained(
    shop: Path, more: list[str], output: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And nothing is written."""
    assert build(*more, output=output) == 1
    assert message in capsys.readouterr().err
    assert not Path(output).exists()


def test_an_id_that_no_tree_can_hold_is_explained(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is named, though the tree found it out."""
    file = shop / "catalog.csv"
    file.write_text(CATALOG.replace("01,", "0\x011,"), encoding="utf-8")
    assert build() == 1
    assert "catalog.csv: the product id '0\\x011'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "output", "message"),
    [
        ([], "out.json", "out.json: unknown kind"),
        (["--top", "0"], "out.csv", "--top is 0"),
        (["--id", "name"], "out.csv", "new.csv: two columns of out.csv would have one name"),
        (["--depth", "7"], "out.csv", "tree.csv: there is nothing to place under (depth 7)"),
        (["--levels", "aisle", "shelf"], "out.csv", "tree.csv: no column 'shelf'"),
        (["--levels", "name"], "out.csv", "tree.csv: the tree has no depth with two inner nodes"),
    ],
)
def test_what_cannot_be_placed_is_explained(
    shop: Path, more: list[str], output: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the file that is at fault."""
    assert place(*more, output=output) == 1
    assert message in capsys.readouterr().err
    assert not Path(output).exists()
