"""What is written is read again, and what is no tree is refused with file and line."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Literal

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogkit.datasets.errors import DataError
from catalogkit.taxonomy.formats import BrokenFile, Format, read_tree, write_tree
from catalogkit.taxonomy.tree import Tree

Trees = st.SearchStrategy[Tree]

DRAWN = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def written(folder: Path, name: str, content: str) -> Path:
    """Write a file as a stranger's editor would."""
    file = folder / name
    file.write_text(content, encoding="utf-8")
    return file


def kept(tree: Tree, keys: Literal["all", "none"], products: bool) -> Tree:
    """Take from a tree what a format cannot hold."""
    return Tree(
        tree.names,
        tree.parents,
        tree.keys if keys == "all" else (),
        tree.products if products else (),
        tree.homes if products else [],
    )


# ---- there and back


@pytest.mark.parametrize(
    ("name", "kind", "keys", "products"),
    [
        ("a.csv", None, "all", True),
        ("a.tsv", None, "all", True),
        ("a.parquet", None, "all", True),
        ("a.json", None, "all", True),
        ("a.txt", "google", "all", False),
        ("a.txt", "indented", "none", False),
        ("a.dot", None, "none", False),
    ],
)
@given(data=st.data())
@DRAWN
def test_a_tree_comes_back(
    tmp_path: Path,
    data: st.DataObject,
    awkward_trees: Trees,
    name: str,
    kind: Format | None,
    keys: Literal["all", "none"],
    products: bool,
) -> None:
    """Whatever the names; what a format cannot hold is counted."""
    tree = data.draw(awkward_trees)
    left_out = write_tree(tree, tmp_path / name, kind)
    assert read_tree(tmp_path / name, kind) == kept(tree, keys, products)
    assert left_out == {
        "keys": 0 if keys == "all" else sum(map(bool, tree.keys)),
        "products": 0 if products else len(tree.products),
    }


@given(data=st.data())
@DRAWN
def test_shopifys_names_come_back(
    tmp_path: Path, data: st.DataObject, awkward_trees: Trees
) -> None:
    """Every node has an id there."""
    drawn = data.draw(awkward_trees)
    keys = ("", *(f"gid://shopify/TaxonomyCategory/{i * 37}" for i in range(1, len(drawn))))
    tree = Tree(drawn.names, drawn.parents, keys)
    assert write_tree(tree, tmp_path / "a.txt", "shopify") == {"keys": 0, "products": 0}
    assert read_tree(tmp_path / "a.txt") == tree


@pytest.mark.parametrize("name", ["a.json", "a.parquet"])
def test_whole_numbers_stay_whole_numbers(tmp_path: Path, shop: Tree, name: str) -> None:
    """As ids of products; in CSV they are strings."""
    write_tree(shop, tmp_path / name)
    assert read_tree(tmp_path / name) == shop


def test_the_ids_of_a_csv_are_strings(tmp_path: Path, shop: Tree) -> None:
    """Leading zeros survive; CSV cannot tell 7 from "7"."""
    write_tree(shop, tmp_path / "a.csv")
    assert read_tree(tmp_path / "a.csv").home_of == {str(p): n for p, n in shop.home_of.items()}


def test_graphviz_is_what_networkx_and_people_read(tmp_path: Path, shop: Tree) -> None:
    """A numbered node with a label, an edge from parent to child."""
    write_tree(shop, tmp_path / "a.dot")
    lines = (tmp_path / "a.dot").read_text().splitlines()
    assert lines[0] == "digraph taxonomy {"
    assert '  3 [label="Tea"];' in lines
    assert "  1 -> 3;" in lines
    assert lines[-1] == "}"


def test_shopifys_format_needs_keys(tmp_path: Path, shop: Tree) -> None:
    """Rather than ids that nobody gave."""
    with pytest.raises(DataError, match="'Food' has no key"):
        write_tree(shop, tmp_path / "a.txt", "shopify")


# ---- strangers' files

TEA = Tree.from_paths([("Food", "Tea"), ("Home",)])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("google.txt", "# Google_Product_Taxonomy\r\nFood\r\nFood > Tea\r\nHome\r\n"),
        ("google.txt", "\ufeffFood > Tea\n\nHome"),
        ("indented.txt", "Food\n\tTea\nHome\n"),
        ("indented.txt", "  Food\n\n     Tea\n  # a note\n  Home\n"),
        ("a.json", '[{"path": ["Food", "Tea"]}, {"path": ["Home"], "products": []}]'),
        ("a.dot", "digraph {\n  root -> Food; \n Food -> Tea [color=red]\nroot->Home\n}\n"),
        ("a.gv", 'strict digraph "x" {\n// note\n0 -> 1\n0 -> 2\n1 -> "3";\n1 [label=Food]\n'
                 '2 [shape=box, label="Home"];\n3 [label="Tea"]\n}\n'),
        ("a.csv", "path\nFood > Tea\nHome\n"),
        ("a.csv", "level_2,level_1,price\nTea,Food,3\n,Home,4\n"),
        ("a.tsv", "level_1\tlevel_2\nFood\tTea\nHome\t\n"),
    ],
)  # fmt: skip
def test_a_strangers_file_is_read(tmp_path: Path, name: str, content: str) -> None:
    """The ending, and for .txt the content, tells the format."""
    assert read_tree(written(tmp_path, name, content)) == TEA


def test_googles_and_shopifys_ids_become_keys(tmp_path: Path) -> None:
    """They outlive a renaming."""
    google = written(tmp_path, "g.txt", "# v\n412 - Food\n1876 - Food > Tea\n")
    shopify = "gid://shopify/TaxonomyCategory/fb   : Food\ngid://shopify/TaxonomyCategory/fb-1 : A"
    assert read_tree(google).keys == ("", "412", "1876")
    assert read_tree(written(tmp_path, "s.txt", shopify)).names == ("", "A", "Food")


def test_columns_of_levels_are_named(tmp_path: Path) -> None:
    """A product sits where its labels end; other columns are no matter, however large."""
    rows = f"sku,shelf,aisle,key,note\n007,Tea,Food,same,\n8,,Food,same,{'x' * 1_000_000}\n"
    file = written(tmp_path, "a.csv", rows)
    tree = read_tree(file, levels=["aisle", "shelf"], product_id="sku")
    assert tree == Tree.from_paths([("Food", "Tea"), ("Food",)], ["007", "8"])


def test_a_single_column_holds_whole_paths(tmp_path: Path) -> None:
    """With a backslash before a ">" that separates nothing."""
    file = written(tmp_path, "a.csv", 'where\n"Food > Tea \\> Hot, ""fresh"""\n')
    assert read_tree(file, levels=["where"]).paths[-1] == ("Food", 'Tea > Hot, "fresh"')


# ---- faults


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "path\nFood\nFood >  Tea\n", "line 3: the name ' Tea' begins or ends with a"),
        ("a.csv", "path\nFood > \n", "line 2: a name is empty: fill it"),
        ("a.csv", 'note,path\n"two\nlines",Food\n\n\nx,Food > \n', "line 6: a name is empty"),
        ("a.csv", "path,product_id\nA,1\nB,2\nB,1\n",
         "line 4: product '1' stands on line 2 already, in 'A': keep one"),
        ("a.csv", "path,key\nA,1\nB,1\n", "line 3: the key '1' is that of 'A' (line 2)"),
        ("a.csv", "path,key\nA,1\nA,2\n", "line 3: 'A' has the key '1' on line 2, and '2' here"),
        ("a.csv", "path,key\nA,1 2\n", "line 2: the key '1 2' holds a space"),
        ("a.csv", "path,note\nA,1\n,2\n", "line 3: no path and no product"),
        ("a.csv", "path,product_id,key\n,x,7\n", "line 2: the root cannot have a key"),
        ("a.csv", "level_1,level_2\nA,\n,B\n", "line 3: a level is empty and one below it is not"),
        ("a.csv", "path\n", "a.csv: there is no node: the file is empty"),
        ("a.csv", "sku,aisle\n1,2\n", "the columns are sku, aisle: name those that hold"),
        ("a.txt", "", "a.txt: there is no node"),
        ("a.txt", "A > B\nC\n\nA > B\n", "line 4: 'A > B' stands on line 1 already: remove one"),
        ("a.txt", "1 - A\n1 - A > B\n", "line 2: the key '1' is that of 'A' (line 1)"),
        ("a.txt", "A\n    B\n  C\n", "line 3: the indent fits no line above"),
        ("a.txt", "A\n  B\n\tC\n", "line 3: the indent fits no line above"),
        ("a.txt", "  A\nB\n", "line 2: the indent fits no line above"),
        ("a.txt", "A\n  B\n  B\n", "line 3: 'A > B' stands on line 2 already"),
        ("a.txt", "A \n", "line 1: the name 'A ' begins or ends with a space"),
        ("a.txt", "gid://x/1 : A\nB > C\n", "line 2: 'B > C' is not of the form 'id : Food > Tea'"),
        ("a.json", '[{"path": ["A"]},\n{"path": "A"}]', "line 2: {'path': 'A'} is not a node"),
        ("a.json", '[{"path": ["A"]},\n{"path": ["B"]},\n{}]', "line 3: {} is not a node"),
        ("a.json", '[{"path": ["A"]},\n\n{"name": "A"}]', "line 3: {'name': 'A'} is not a node"),
        ("a.json", '[{"path": ["A"]},\n{"path": ["A"]}]', "line 2: 'A' stands on line 1 already"),
        ("a.json", '[{"path": ["A", ""]}]', "line 1: a name is empty"),
        ("a.json", '[{"path": ["A", 3]}]', "line 1: 3 is not a name"),
        ("a.json", '[{"path": [["A"]]}]', "line 1: {'path': [['A']]} is not a node"),
        ("a.json", '[{"path": ["A"], "products": [1.5]}]', "line 1: 1.5 is not a product id"),
        ("a.json", '[\n{"path": ["A"]}\n{"path": ["B"]}]', "line 3: no JSON list of nodes"),
        ("a.json", '{"name": "A"}', "line 1: no JSON list of nodes (expecting '[')"),
        ("a.json", "[" * 100_000, "line 1: nested too deeply"),
        ("a.json", "[]", "a.json: there is no node"),
        ("a.dot", "digraph {\nr -> A\nr -> B\nA -> C\nB -> C\n}",
         "line 5: 'C' is below 'A' already (line 4): a node of a tree has one parent"),
        ("a.dot", "digraph {\nr -> A\nB -> C\n}",
         "line 3: 'B' has no parent, nor has 'r' (line 2)"),
        ("a.dot", "digraph {\nr -> A\nB -> C\nC -> B\n}", "line 3: 'B' is in a cycle"),
        ("a.dot", "digraph {\nA -> B\nB -> A\n}", "line 2: 'A' is in a cycle"),
        ("a.dot", "digraph {\nA -> A\n}", "line 2: 'A' is in a cycle"),
        ("a.dot", "digraph {\nr -> 1\nr -> 2\n1 [label=A]\n2 [label=A]\n}",
         "line 3: two nodes are called 'A' below one parent (line 2)"),
        ("a.dot", "digraph {\nr -> A -> B\n}", "line 2: 'r -> A -> B' is not understood"),
        ("a.dot", "graph {\na -- b\n}", "line 1: 'graph {' is not understood"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    """And with what to do about it."""
    file = written(tmp_path, name, content)
    with pytest.raises(DataError, match=re.escape(message)) as caught:
        read_tree(file)
    assert str(caught.value).startswith(str(file))


def test_all_faults_are_found_at_once(tmp_path: Path) -> None:
    """In the file's order; the message shows ten and counts the others."""
    file = written(tmp_path, "a.csv", "path\n" + "".join(f"A > {i} \n" for i in range(30)))
    with pytest.raises(BrokenFile) as caught:
        read_tree(file)
    assert len(caught.value.faults) == 30
    lines = str(caught.value).splitlines()
    assert lines[-1] == "… and 20 more."
    assert [int(re.findall(r"line (\d+):", line)[0]) for line in lines[:-1]] == [*range(2, 12)]


def test_the_row_of_a_parquet_file_is_named(tmp_path: Path) -> None:
    """It has no lines."""
    pd.DataFrame({"path": ["A", "B > "]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(BrokenFile, match=r"a\.parquet, row 1 \(the first row is 0\): a name is"):
        read_tree(tmp_path / "a.parquet")


@pytest.mark.parametrize("name", ["a.txt", "a.json", "a.dot", "a.csv"])
def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path, name: str) -> None:
    """With the line of the first byte that is not."""
    (tmp_path / name).write_bytes(b"path\nTh\xe9\n")
    with pytest.raises(DataError, match=r"line 2.*save the file again as UTF-8"):
        read_tree(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("gone.csv", {}, "no such file"),
        ("a.xlsx", {}, r"unknown ending '\.xlsx'; use one of \.csv"),
        ("a.txt", {"levels": ["x"]}, "only tables have columns"),
        ("a.csv", {"levels": ["x"]}, "no column 'x'; the columns are path"),
        ("a.csv", {"product_id": "sku"}, "no column 'sku'; the columns are path"),
    ],
)
def test_a_wrong_question_is_answered(
    tmp_path: Path, name: str, options: dict[str, str], message: str
) -> None:
    """Before anything is read."""
    if name != "gone.csv":
        written(tmp_path, name, "path\nA\n")
    with pytest.raises(DataError, match=message):
        read_tree(tmp_path / name, **options)


def test_finding_a_line_leaves_csv_as_it_was(tmp_path: Path) -> None:
    """The limit on cells is the process's own; a cell of a million characters is passed over."""
    limit = csv.field_size_limit()
    file = written(tmp_path, "a.csv", f"note,path\n{'x' * 1_000_000},A\nb,A > \n")
    with pytest.raises(BrokenFile, match="line 3: a name is empty"):
        read_tree(file)
    assert csv.field_size_limit() == limit
