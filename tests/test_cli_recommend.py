"""`catalogkit recommend` learns from a log and writes lists, for users known or not."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from catalogkit.cli import main
from catalogkit.recommenders.base import Fitted

LOG = """\
user_id,product_id,time
007,茶,2024-01-01
007,茶,2024-01-02
007,a,2024-01-02
7,茶,2024-01-03
7,b,2024-01-09
NA,a,2024-01-09
"""
NEWS = "user_id,product_id,time\nnew,b,2024-02-01\nnew,b,2024-02-02\nnew,zzz,2024-02-02\n"


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a log."""
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    (tmp_path / "news.csv").write_text(NEWS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*more: str, output: str = "out.csv") -> int:
    """Recommend from the log."""
    return main(["recommend", "log.csv", *more, "-o", output])


def lists(file: str = "out.csv", item: str = "product_id") -> dict[str, str]:
    """Read the lists of an output, products joined in order."""
    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    return {user: "".join(rows[item]) for user, rows in table.groupby("user_id")}


def test_every_user_gets_own_habits_then_what_is_popular(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Ids stay as they are written; stdout stays empty; 茶 and a have two buyers each, b one."""
    assert run() == 0
    assert lists() == {"007": "茶ab", "7": "茶ba", "NA": "a茶b"}
    table = pd.read_csv("out.csv", dtype=str)
    assert list(table) == ["user_id", "rank", "product_id", "score"]
    assert table["rank"].tolist() == ["1", "2", "3"] * 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "6 events of 3 users and 3 products (frequency)" in err
    assert "3 of 3 lists have fewer than 10 products" in err
    assert err.endswith("out.csv: 9 rows for 3 users.\n")


def test_strangers_get_what_most_people_bought(capsys: pytest.CaptureFixture[str]) -> None:
    """They are counted, and a user named twice is listed once."""
    assert run("--for", "007", "nobody", "007", "-k", "2") == 0
    assert lists() == {"007": "茶a", "nobody": "a茶"}
    err = capsys.readouterr().err
    assert "1 of 2 users are not in the log; they get what most people bought" in err
    assert "1 of 3 users are named twice" in err


def test_users_come_from_a_file() -> None:
    """In the column of --user."""
    Path("who.csv").write_text("user_id\nNA\n", encoding="utf-8")
    assert run("--users", "who.csv") == 0
    assert list(lists()) == ["NA"]


def test_what_was_bought_is_left_out_on_request() -> None:
    """007 has b left, 7 has a, NA 茶 before b."""
    assert run("--exclude-bought", "--model", "popular") == 0
    assert lists() == {"007": "b", "7": "a", "NA": "茶b"}


def test_a_catalog_says_what_may_be_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """A product nobody bought can be listed; one that is gone is counted and cannot."""
    Path("items.csv").write_text("product_id\n茶\nb\nnew\n", encoding="utf-8")
    assert run("--catalog", "items.csv") == 0
    assert lists() == {"007": "茶bnew", "7": "茶bnew"}
    assert "2 of 6 events are of products outside items.csv; left out." in capsys.readouterr().err


def test_a_saved_model_lists_alike_and_takes_in_news(capsys: pytest.CaptureFixture[str]) -> None:
    """The new user is known afterwards; the product that the model has not met is counted."""
    assert run("--save", "shop.model") == 0
    assert main(["recommend", "--model-file", "shop.model", "-o", "again.csv"]) == 0
    assert Path("again.csv").read_bytes() == Path("out.csv").read_bytes()
    update = ["--model-file", "shop.model", "--update", "news.csv", "--for", "new", "nobody"]
    assert main(["recommend", *update, "-o", "again.csv"]) == 0
    assert lists("again.csv")["new"][0] == "b"
    err = capsys.readouterr().err
    assert "1 of 3 events are of products outside shop.model; left out." in err
    assert "news.csv: 2 events taken in; 1 users are new." in err


def test_a_model_that_takes_in_nothing_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, with the remedy."""
    assert run("--save", "shop.model") == 0

    def cannot(*_: object) -> Fitted:
        raise NotImplementedError("cannot take in further events: fit again")

    monkeypatch.setattr(Fitted, "update", cannot)
    update = ["--model-file", "shop.model", "--update", "news.csv", "-o", "out.csv"]
    assert main(["recommend", *update]) == 1
    assert "shop.model: cannot take in further events: fit again." in capsys.readouterr().err


@pytest.mark.parametrize("output", ["out.parquet", "out.tsv"])
def test_files_come_and_go_as_parquet_too(output: str) -> None:
    """Whole-number ids stay whole numbers, and are understood on the command line."""
    table = pd.DataFrame({"user_id": [1, 1, 2], "product_id": [10, 10, 20]})
    table.assign(time=pd.Timestamp(2024, 1, 1)).to_parquet("log.parquet")
    assert main(["recommend", "log.parquet", "--for", "1", "3", "-o", output]) == 0
    reads = {"out.parquet": pd.read_parquet, "out.tsv": lambda file: pd.read_csv(file, sep="\t")}
    found = reads[output](output)
    assert found["user_id"].tolist() == [1, 1, 3, 3]
    assert found["product_id"].tolist() == [10, 20, 10, 20]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["log.csv", "--user", "name"], "log.csv: no column 'name'; its columns are: user_id"),
        (["log.csv", "--user", "time"], "name one column twice"),
        (["log.csv", "--save", "nowhere/m"], "nowhere: no such directory; make it first"),
        (["log.csv", "--update", "news.csv"], "--update needs --model-file"),
        (["log.csv", "--model-file", "log.csv"], "one of the two"),
        (["--model-file", "log.csv", "--model", "als"], "are for learning"),
        (["--model-file", "log.csv"], "log.csv: is no catalogkit-recommender, or cut short"),
        ([], "give EVENTS to learn from, or --model-file"),
        (["gone.csv"], "gone.csv: no such file"),
        (["log.csv", "--model", "content"], "give --catalog ITEMS"),
        (["log.csv", "--model", "blend"], "log.csv: of "),
    ],
)
def test_a_choice_that_cannot_be_met_is_explained(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line and without output."""
    assert main(["recommend", *arguments, "-o", "out.csv"]) == 1
    err = capsys.readouterr().err.splitlines()[-1]
    assert err.startswith("catalogkit: ")
    assert message in err
    assert not Path("out.csv").exists()


@pytest.mark.parametrize(
    ("output", "message"),
    [("out.xlsx", "name it .csv, .tsv or .parquet"), ("nowhere/out.csv", "no such directory")],
)
def test_an_output_that_cannot_be_is_refused_first(
    output: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the log is read."""
    assert run(output=output) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "ten"])
def test_a_list_has_a_product_or_more(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Anything else is a mistake in the command."""
    with pytest.raises(SystemExit) as ended:
        run("-k", number)
    assert ended.value.code == 2
    assert "must be a whole number, 1 or more" in capsys.readouterr().err


def test_a_user_that_is_no_number_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Where the users of the log are numbers."""
    table = pd.DataFrame({"user_id": [1], "product_id": [10], "time": [pd.Timestamp(2024, 1, 1)]})
    table.to_parquet("log.parquet")
    assert main(["recommend", "log.parquet", "--for", "ann", "-o", "out.csv"]) == 1
    assert "user 'ann': the users of the log are whole numbers" in capsys.readouterr().err
