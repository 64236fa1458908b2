"""The command `serve`: keys, rules, and a stranger's files learnt and kept."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from catalogkit.cli import main
from catalogkit.serving.auth import read_keys
from catalogkit.serving.models import load_models

COLUMNS = {"id": "sku", "text": "title", "user": "customer", "item": "sku", "time": "date"}
NAMED = [word for option, column in COLUMNS.items() for word in (f"--{option}", column)]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Write a catalog and a log with columns of their own, and a key; catch what would be run."""
    titles = [f"{'orange' if i % 2 else 'green'} juice {i}" for i in range(12)]
    kinds = ["orange" if i % 2 else "green" for i in range(12)]
    products = {"sku": range(12), "title": titles, "kind": kinds}
    pd.DataFrame(products).to_csv(tmp_path / "products.csv", index=False)
    bought = [(f"c{u}", i, f"2026-01-{i + 1:02}") for u in range(6) for i in range(u % 2, 12, 2)]
    orders = pd.DataFrame(bought, columns=["customer", "sku", "date"])
    orders.to_csv(tmp_path / "orders.csv", index=False)
    monkeypatch.chdir(tmp_path)
    main(["serve", "key", "shop"])
    run: list[object] = []
    monkeypatch.setattr("catalogkit.serving.running.run", lambda *given: run.append(given))
    files = ["--catalog", "products.csv", "--log", "orders.csv"]
    return ["serve", *files, "--method", "tf-idf", *NAMED]


def test_a_key_is_printed_once_and_kept_as_a_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Standard output has the key alone, for a script to catch; --remove takes it away."""
    monkeypatch.chdir(tmp_path)
    assert main(["serve", "key", "shop", "--keys", "k"]) == 0
    secret = capsys.readouterr().out.strip()
    assert read_keys(tmp_path / "k").owner(secret) == "shop"
    assert main(["serve", "key", "shop", "--keys", "k", "--remove"]) == 0
    assert read_keys(tmp_path / "k").keys == ()


def test_rules_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Prometheus reads them from a file."""
    assert main(["serve", "rules"]) == 0
    assert "alert: ServiceDown" in capsys.readouterr().out


def test_a_strangers_files_are_learnt_and_kept(shop: list[str], tmp_path: Path) -> None:
    """Lists, search and paths, whatever the columns are called."""
    assert main([*shop, "--levels", "kind", "--model", "neighbours"]) == 0
    models = load_models(tmp_path / "service")
    assert models.personal
    assert models.searching
    assert models.annotator
    assert models.personal.ranked("c1", 3, False, ()).products == ("1", "3", "5")
    assert models.searching.found("juice 7", 1).products == ("7",)
    assert models.annotator.annotate(["green juice"]).paths() == [("green",)]


def test_what_was_kept_is_served_without_files(shop: list[str], tmp_path: Path) -> None:
    """A restart learns nothing."""
    main(shop)
    before = (tmp_path / "service" / "recommender.model").stat().st_mtime_ns
    assert main(["serve"]) == 0
    assert (tmp_path / "service" / "recommender.model").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("--keys other.json", "other.json: no such file; make a key"),
        ("--text name", "no column 'name'"),
        ("--text sku", "name one column twice"),
        ("--log no.csv", "no.csv"),
    ],
)
def test_what_cannot_be_served_is_said_in_one_line(
    shop: list[str], more: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file or option, and what to do."""
    assert main([*shop, *more.split()]) == 1
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith("catalogkit: ")
    assert says in last


def test_levels_need_a_catalog(shop: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """They are its columns."""
    assert main(["serve", "--levels", "kind"]) == 1
    assert "give --catalog" in capsys.readouterr().err
