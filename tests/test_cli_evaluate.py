"""`catalogkit evaluate` compares models on the end of a log and says how sure it is."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from catalogkit.cli import main

USERS = 30
CATALOG = "sku,aisle\n" + "".join(f"p{j},{'xy'[j % 2]}\n" for j in range(6)) + "never,\n"


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Users buy their own two products of six again and again; one comes late, one stays away."""
    rows = [
        (f"u{i:02}", f"p{(i + j) % 6}", f"2024-01-{day:02}")
        for i in range(USERS)
        for j in range(2)
        for day in (1 + i % 5, 10, 20)
    ]
    rows += [("late", "p0", "2024-01-20"), ("gone", "p0", "2024-01-02")]
    table = pd.DataFrame(rows, columns=["customer", "sku", "date"])
    table.to_csv(tmp_path / "log.csv", index=False)
    (tmp_path / "items.csv").write_text(CATALOG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*more: str) -> int:
    """Compare two models and the baselines at two."""
    columns = ["--user", "customer", "--item", "sku", "--time", "date", "-k", "2"]
    models = () if "--models" in more else ("--models", "ease")
    return main(["evaluate", "log.csv", *columns, *models, *more])


def test_the_better_baseline_is_what_others_are_held_against(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Own habits are all there is: frequency is perfect, popularity hits one product in three."""
    assert run() == 0
    out, err = capsys.readouterr()
    head, *rows = out.splitlines()
    assert head.split() == ["nDCG@2", "recall@2", "coverage", "nDCG", "minus", "frequency's"]
    table = {row.split()[0]: row.split()[1:] for row in rows}
    assert set(table) == {"frequency", "popular", "ease"}
    assert table["frequency"] == ["1.000", "1.000", "1.000", "-"]
    assert table["popular"][1:3] == ["0.333", "0.333"]
    assert float(table["popular"][-1].strip("[]")) < 0
    assert "testing 30 users; each product counts once a user, 60 purchases in all" in err
    assert "1 users who bought before the test alone; left out" in err
    assert "1 users who bought in the test alone; left out" in err


def test_diversity_is_measured_by_category(capsys: pytest.CaptureFixture[str]) -> None:
    """Neighbours in number are of two aisles; what nobody bought counts for coverage."""
    assert run("--catalog", "items.csv", "--category", "aisle", "-o", "out.csv") == 0
    table = pd.read_csv("out.csv").set_index("model")
    assert table.loc["frequency", ["coverage", "diversity"]].tolist() == [6 / 7, 1]
    assert table.loc["popular", "baseline"] == "frequency"
    assert "diversity" in capsys.readouterr().out.splitlines()[0]


def test_json_tells_what_was_tested_and_left_out() -> None:
    """Beside the table."""
    assert run("--test-from", "2024-01-15", "-o", "out.json") == 0
    found = json.loads(Path("out.json").read_text(encoding="utf-8"))
    assert (found["users"], found["purchases"], found["never_bought_before"]) == (30, 60, 0)
    assert found["test_from"] == "2024-01-15T00:00:00"
    assert found["left_out"]["users who bought in the test alone"] == 1
    rows = {row["model"]: row for row in found["models"]}
    assert (rows["frequency"]["ndcg"], rows["frequency"]["baseline"]) == (1, None)
    assert rows["popular"]["low"] < rows["popular"]["difference"] < rows["popular"]["high"] < 0


def test_new_purchases_alone_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody here buys anything new, and it is said."""
    assert run("--exclude-bought", "--models", "popular") == 1
    assert "log.csv: none of 31 users" in capsys.readouterr().err
    assert run("--exclude-bought", "--test-from", "2024-01-04", "--models", "popular") == 1


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--test-from", "soon"], "--test-from soon: is no time such as 2024-01-31"),
        (["--test-from", "2025-01-01"], "span 2024-01-01 00:00:00 to 2024-01-20 00:00:00, and the"),
        (["--test-days", "99"], "choose another time"),
        (["--category", "aisle"], "give --catalog ITEMS"),
        (["-o", "out.xlsx"], "name it .csv, .tsv, .parquet or .json"),
        (["-o", "nowhere/out.csv"], "nowhere: no such directory"),
        (["--catalog", "items.csv", "--category", "shelf"], "items.csv: no column 'shelf'"),
    ],
)
def test_a_choice_that_cannot_be_met_is_explained(
    more: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is learnt."""
    assert run(*more) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err.splitlines()[-1]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("u,p0,2024-01-01\nv,p1,2024-01-01\n", "there is no past to learn from and no future"),
        ("u,p0,2024-01-01\nu,p0,2024-01-20\n", "one user is too few to say how sure"),
        ("u,p0,2024-01-01\nv,p0,2024-01-20\n", "none of 1 users who buy from 2024-01-16"),
    ],
)
def test_a_log_without_a_future_is_explained(
    rows: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """All at one time, one user, nobody twice."""
    Path("log.csv").write_text("customer,sku,date\n" + rows, encoding="utf-8")
    assert run() == 1
    err = capsys.readouterr().err.splitlines()[-1]
    assert err.startswith("catalogkit: log.csv: ")
    assert message in err
