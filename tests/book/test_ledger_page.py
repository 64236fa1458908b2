"""The ledger as readers see it: every entry, its verdict as text, its intervals to scale."""

import csv
import io
import json
from typing import Any

import pytest
from bs4 import BeautifulSoup

from book.tools import ledger_page
from catalogkit import ledger

LABELS = {"T-C05": "notebooks/taxonomy/03_text.html"}


def interval(value: float, low: float, high: float) -> dict[str, Any]:
    """Return an interval as a card has it."""
    return {"value": value, "low": low, "high": high, "n": 9, "level": 0.95}


@pytest.fixture
def records() -> dict[str, Any]:
    """Return the record of one claim whose first effect satisfies `low > 0` and second does not."""
    effects = {"gain": interval(2, 1, 3), "loss": interval(-2, -3, -1)}
    return {"T-C05": {"verdict": "mixed", "effects": effects}}


def entries(page: str) -> dict[str, Any]:
    """Parse a page and return its articles by id."""
    tree = BeautifulSoup(page, "lxml")
    return {str(article["id"]): article for article in tree.select("article.entry")}


def test_every_claim_has_its_article(records: dict[str, Any]) -> None:
    """Nothing of the ledger is lost on the way to the page."""
    found = entries(ledger_page.claims(LABELS, records))
    assert list(found) == [f"{key.lower()}-entry" for key in ledger.entries("claims")]
    assert len(found) == 71


def test_a_decided_claim_shows_verdict_numbers_and_the_way_to_its_cell(
    records: dict[str, Any],
) -> None:
    """Verdict and numbers come from the card of the run."""
    article = entries(ledger_page.claims(LABELS, records))["t-c05-entry"]
    assert article.select_one(".badge").get_text() == "◐ mixed"
    assert [cell.get_text() for cell in article.select("td:last-child")] == [
        "+2.000 (+1.000 to +3.000)", "−2.000 (−3.000 to −1.000)"]  # fmt: skip
    assert article.select_one("a.id")["href"] == "../notebooks/taxonomy/03_text.html#t-c05"


def test_intervals_of_a_claim_share_a_scale_with_the_rule_s_threshold(
    records: dict[str, Any],
) -> None:
    """From −3 to 3 the threshold 0 is in the middle and the two effects mirror each other."""
    article = entries(ledger_page.claims(LABELS, records))["t-c05-entry"]
    rule = {float(line["x1"]) for line in article.select("line.rule")}
    first, second = (float(dot["cx"]) for dot in article.select("circle"))
    assert rule == {100.0}
    assert first > 100
    assert first + second == pytest.approx(200)
    assert [dot["class"] for dot in article.select("circle")] == [["yes"], ["no"]]


def test_a_claim_without_a_run_is_planned() -> None:
    """Nobody reads a verdict that was not measured."""
    found = entries(ledger_page.claims({}, {}))
    assert {a["data-value"] for a in found.values()} == {"planned"}
    assert not any(article.select("circle, a.id") for article in found.values())


def test_a_claim_is_as_clear_as_its_weakest_effect(records: dict[str, Any]) -> None:
    """An interval of half width 1 around −2 lies two half widths below the threshold."""
    article = entries(ledger_page.claims(LABELS, records))["t-c05-entry"]
    assert float(article["data-clear"]) == -2


def test_a_rule_of_at_most_is_clear_when_below(records: dict[str, Any]) -> None:
    """T-C07 asks for less than 100: 40 with half width 10 is six half widths on the good side."""
    record = {"verdict": "supported", "effects": {"ms": interval(40, 30, 50)}}
    article = entries(ledger_page.claims({}, {"T-C07": record}))["t-c07-entry"]
    assert float(article["data-clear"]) == 6


def test_every_defect_has_its_article() -> None:
    """What is wrong and what is done instead stand beside each other."""
    found = entries(ledger_page.errata({"T-E01": "notebooks/a.html"}))
    assert len(found) == len(ledger.entries("errata")) == 44
    assert "planned" not in found["t-e01-entry"].get_text()
    assert "planned" in found["t-e02-entry"].get_text()


def test_the_picture_has_a_square_for_every_claim(records: dict[str, Any]) -> None:
    """Each says id, verdict and claim in words and leads to its entry."""
    tree = BeautifulSoup(ledger_page.verdicts(records), "lxml")
    squares = tree.select("a.square")
    assert len(squares) == 71
    (mixed,) = tree.select("a.mixed")
    assert mixed["href"] == "claims.html#t-c05-entry"
    assert str(mixed["aria-label"]).startswith("T-C05, mixed: Removing stop words")
    assert [li.get_text(strip=True) for li in tree.select(".verdict-key li")] == [
        "◐1 mixed", "·70 planned"]  # fmt: skip


def test_downloads_hold_every_claim_and_effect(records: dict[str, Any]) -> None:
    """One row an effect in CSV, one object a claim in JSON."""
    rows = list(csv.DictReader(io.StringIO(ledger_page.as_csv(records))))
    assert [r["effect"] for r in rows if r["claim"] == "T-C05"] == ["gain", "loss"]
    assert len(rows) == 72
    (found,) = (c for c in json.loads(ledger_page.as_json(records)) if c["claim"] == "T-C05")
    assert found["effects"]["loss"]["low"] == -3


def test_downloads_hold_every_defect() -> None:
    """The same ids as on the page, and whether they are shown."""
    labels = {"T-E01": "notebooks/a.html"}
    rows = list(csv.DictReader(io.StringIO(ledger_page.errata_csv(labels))))
    assert [row["id"] for row in rows] == list(ledger.entries("errata"))
    assert [row["shown"] for row in rows[:2]] == ["yes", "planned"]
    assert [d["shown"] for d in json.loads(ledger_page.errata_json(labels))[:2]] == [True, False]
