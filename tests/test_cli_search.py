"""`catalogkit search` indexes a stranger's catalog, keeps the index, and finds products."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from catalogkit import cli_texts
from catalogkit.cli import main
from catalogkit.language import encoders

CATALOG = "sku,title,price\n007,Green tea,3\nNA,龙井绿茶,9\n8,Hand soap,2\n9,Soap dish,4\n"
NEWS = "sku,title\n8,Liquid soap refill\n10,Tea pot\n"


class Pretrained:
    """An encoder that knows two topics, in place of a pretrained one."""

    name, max_tokens, backend = "all-MiniLM-L6-v2", 9, "fp32"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Tell drinks from the rest."""
        drinks = [any(word in text.lower() for word in ("tea", "茶", "drink")) for text in texts]
        return np.array([[1, 0] if drink else [0, 1] for drink in drinks], np.float32)


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a catalog and what is new."""
    (tmp_path / "products.csv").write_text(CATALOG, encoding="utf-8")
    (tmp_path / "news.csv").write_text(NEWS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(encoders.Encoder, "load", lambda *_, **__: Pretrained())
    return tmp_path


def run(*more: str) -> int:
    """Search the catalog."""
    return main(["search", "products.csv", "--text", "title", "--id", "sku", *more])


def test_what_was_found_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """A word, a typo, and a word of no product that means one; ids as they are written."""
    assert run("green", "sop", "drink", "-k", "1") == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0] == "green:"
    assert lines[1].split()[0] == "1"
    assert lines[1].endswith("007  Green tea")
    assert "oap" in lines[3]
    assert lines[5].endswith("007  Green tea")
    assert err == "catalogkit: products.csv: indexing 4 products (hybrid).\n"


def test_queries_come_from_a_table_and_results_go_into_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A query named twice is asked once; one that finds nothing is counted."""
    Path("asked.csv").write_text("words\n绿茶\nxyz\nsoap\n", encoding="utf-8")
    wanted = ["soap", "@asked.csv", "--query", "words", "--method", "lexical", "-o", "out.csv"]
    assert run(*wanted) == 0
    table = pd.read_csv("out.csv", dtype=str, keep_default_na=False)
    assert list(table) == ["query", "rank", "id", "score", "text"]
    assert set(table[table["query"] == "soap"]["id"]) == {"8", "9"}
    assert table[table["query"] == "绿茶"]["id"].tolist() == ["NA"]
    out, err = capsys.readouterr()
    assert out == ""
    assert "1 of 3 queries found nothing." in err
    assert err.endswith("out.csv: 3 rows for 3 queries.\n")


def test_a_kept_index_finds_alike_and_takes_in_news(capsys: pytest.CaptureFixture[str]) -> None:
    """One product is new, one has another text; the index is written again."""
    assert run("soap", "--index", "shop.index", "-o", "out.csv") == 0
    assert main(["search", "shop.index", "soap", "-o", "again.csv"]) == 0
    assert Path("again.csv").read_bytes() == Path("out.csv").read_bytes()
    update = ["--update", "news.csv", "--text", "title", "--id", "sku", "--index", "shop.index"]
    assert main(["search", "shop.index", "refill", *update, "-o", "again.csv"]) == 0
    assert pd.read_csv("again.csv", dtype=str)["id"][0] == "8"
    err = capsys.readouterr().err
    assert "news.csv: taken in; 1 products are new, 5 in all." in err
    assert main(["search", "shop.index", "tea pot", "-k", "1", "-o", "again.csv"]) == 0
    assert pd.read_csv("again.csv", dtype=str)["id"].tolist() == ["10"]


def test_encoded_texts_wait_beside_the_index_until_it_is_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An interruption leaves them, the finished command does not."""
    monkeypatch.setattr(cli_texts, "ROWS", 2)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("catalogkit.search.engine.Search.save", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run("soap", "--index", "shop.index")
    assert len(list(Path("shop.index.partial").glob("*.npy"))) == 2
    assert run("soap", "--index", "shop.index") == 0
    assert not Path("shop.index.partial").exists()


def test_rows_are_numbered_where_no_column_of_ids_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """From 0."""
    assert main(["search", "products.csv", "--text", "title", "dish", "-k", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[1].endswith("3  Soap dish")


def test_nothing_found_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing goes to the screen."""
    assert run("xyz", "--method", "lexical") == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("catalogkit: nothing was found.\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["absent.csv", "tea"], "absent.csv"),
        (["products.csv", "tea"], "no column 'text'; its columns are: sku, title, price"),
        (["products.csv", " ", "--text", "title"], "QUERY: is blank"),
        (["products.csv", "tea", "--text", "title", "-o", "no/out.csv"], "no: no such directory"),
        (["products.csv", "tea", "--text", "title", "-o", "out.txt"], "out.txt: unknown kind"),
        (["products.csv", "tea", "--text", "title", "--index", "no/i"], "no: no such directory"),
        (["products.csv", "@news.csv", "--text", "title"], "news.csv: no column 'query'"),
        (["absent.index", "tea"], "absent.index: no such file"),
        (["torn.index", "tea"], "torn.index: is no catalogkit-search, or cut short"),
        (["torn.index", "tea", "--update", "news.csv"], "name --id"),
        (["blank.csv", "tea"], "none of 1 texts has a word"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the file and the remedy, before any work."""
    Path("torn.index").write_bytes(b"torn")
    Path("blank.csv").write_text("text\n?\n", encoding="utf-8")
    assert main(["search", *arguments]) == 1
    err = capsys.readouterr().err
    assert says in err
    assert err.splitlines()[-1].startswith("catalogkit: ")


def test_ids_of_another_kind_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """An index of numbered rows has no product called 8 by its shop."""
    assert main(["search", "products.csv", "tea", "--text", "title", "--index", "i"]) == 0
    Path("other.csv").write_text("sku,title\nA8,tea\n", encoding="utf-8")
    update = ["--update", "other.csv", "--text", "title", "--id", "sku"]
    assert main(["search", "i", "tea", *update]) == 1
    assert "write them as the catalog does" in capsys.readouterr().err
