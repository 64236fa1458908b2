"""A re-run agrees with what is published, inside its budget; planted disagreements are named."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from book.tools.rules import labels as label_rules
from book.tools.rules import results as result_rules
from book.tools.rules.problems import report
from book.tools.rules.reading import read_notebooks
from catalogkit import ledger

ROOT = Path(__file__).parents[2]
EXECUTED = ROOT / "_build" / "executed"
FRESH = ROOT / "_build" / "results"
PUBLISHED = ROOT / "book" / "results"
CHAPTER = "taxonomy/03_text"
PUBLISH = "run `make publish` if the change is intended, and say why in the changelog"
CARD = {
    "chapter": CHAPTER,
    "cpu_seconds": 60.0,
    "memory_mb": 1500,
    "claims": {
        "T-C05": {
            "verdict": "mixed",
            "rule": "low > 0",
            "seeds": 3,
            "effects": {"tf-idf": {"value": 0.012, "low": -0.003, "high": 0.027, "n": 400}},
        }
    },
}


@pytest.fixture
def card() -> dict[str, Any]:
    """Return a re-run's card that agrees with the published one."""
    return copy.deepcopy(CARD)


def compared(card: dict[str, Any]) -> list[str]:
    """Compare a card with the published one; return the lines that a contributor reads."""
    problems = result_rules.check_against_published({CHAPTER: card}, {CHAPTER: CARD})
    return [str(problem) for problem in problems]


def recorded() -> dict[str, str]:
    """Return each claim that a source notebook records, with its chapter."""
    calls = (
        record for notebook in read_notebooks(ROOT) for record in label_rules.records(notebook)
    )
    return {str(record.claim): record.notebook.name for record in calls}


# ---- the book itself


@pytest.fixture
def fresh() -> dict[str, Any]:
    """Return the cards of the latest run."""
    assert FRESH.is_dir(), "there is no executed book: run `make book` first"
    return result_rules.read_cards(FRESH)


@pytest.mark.book
def test_every_chapter_was_executed_and_left_a_card(fresh: dict[str, Any]) -> None:
    """What readers see was run, all of it and nothing else."""
    chapters = [notebook.name for notebook in read_notebooks(ROOT)]
    executed = result_rules.executed_names(EXECUTED)
    problems = result_rules.check_complete(chapters, executed, fresh)
    problems += result_rules.check_recorded_have_evidence(fresh, recorded())
    assert not problems, report(problems)


@pytest.mark.book
def test_the_run_agrees_with_what_is_published(fresh: dict[str, Any]) -> None:
    """No effect left its published interval, no verdict changed."""
    published = result_rules.read_cards(PUBLISHED)
    of_machine = {
        claim: entry["machine"]
        for claim, entry in ledger.entries("claims").items()
        if "machine" in entry
    }
    problems = result_rules.check_against_published(fresh, published, of_machine)
    problems += result_rules.check_published_are_recorded(published, recorded())
    assert not problems, report(problems)


@pytest.mark.book
def test_every_chapter_keeps_its_budget(fresh: dict[str, Any]) -> None:
    """A reader's laptop runs each chapter in a minute or two."""
    problems = result_rules.check_budget(fresh)
    assert not problems, report(problems)


@pytest.mark.book
def test_every_exercise_keeps_its_budget(fresh: dict[str, Any]) -> None:
    """Who tries a solution does not wait long."""
    problems = result_rules.check_exercises(fresh)
    assert not problems, report(problems)


# ---- planted


def test_a_card_that_agrees_has_no_problem(card: dict[str, Any]) -> None:
    """A value anywhere in the published interval is the same result, its ends included."""
    effect = card["claims"]["T-C05"]["effects"]["tf-idf"]
    assert compared(card) == []
    effect["value"] = 0.027
    assert compared(card) == []


def test_an_effect_outside_its_interval_is_named(card: dict[str, Any]) -> None:
    """Claim, effect and numbers are said, and what to do."""
    card["claims"]["T-C05"]["effects"]["tf-idf"]["value"] = 0.031
    assert compared(card) == [
        "taxonomy/03_text, T-C05: the effect 'tf-idf' is now 0.031, outside its published interval "
        f"[-0.003, 0.027] — {PUBLISH}"
    ]


def test_an_effect_that_is_no_number_is_named(card: dict[str, Any]) -> None:
    """NaN lies in no interval."""
    card["claims"]["T-C05"]["effects"]["tf-idf"]["value"] = float("nan")
    assert "is now nan, outside" in compared(card)[0]


def test_another_verdict_is_named(card: dict[str, Any]) -> None:
    """A verdict is never changed in passing."""
    card["claims"]["T-C05"]["verdict"] = "supported"
    assert compared(card) == [
        "taxonomy/03_text, T-C05: the verdict is now 'supported', published is 'mixed' — " + PUBLISH
    ]


def test_another_set_of_effects_is_named(card: dict[str, Any]) -> None:
    """An effect that was dropped, or added, is seen."""
    effects = card["claims"]["T-C05"]["effects"]
    effects["encoder"] = effects.pop("tf-idf")
    assert compared(card) == [
        "taxonomy/03_text, T-C05: has the effects encoder; published: tf-idf — " + PUBLISH
    ]


def test_a_claim_on_one_side_only_is_named(card: dict[str, Any]) -> None:
    """What is published is measured, and what is measured is published."""
    card["claims"]["T-C06"] = card["claims"].pop("T-C05")
    assert compared(card) == [
        "taxonomy/03_text, T-C05: is published, but the re-run lacks it — " + PUBLISH,
        "taxonomy/03_text, T-C06: is not published — " + PUBLISH,
    ]


@pytest.mark.parametrize(
    ("name", "value", "agrees"), [("value", 0.5, True), ("verdict", "supported", False)]
)
def test_a_machine_s_time_may_differ_but_not_the_verdict(
    card: dict[str, Any], name: str, value: object, agrees: bool
) -> None:
    """Milliseconds belong to a machine and an hour; what they decide should not."""
    claim = card["claims"]["T-C05"]
    (claim if name == "verdict" else claim["effects"]["tf-idf"])[name] = value
    of_machine = {"T-C05": ["tf-idf"]}
    problems = result_rules.check_against_published({CHAPTER: card}, {CHAPTER: CARD}, of_machine)
    assert (problems == []) is agrees


@pytest.mark.parametrize(
    ("low", "of_machine", "agrees"),
    [(0.001, ["tf-idf"], True), (0.001, [], False), (0.3, ["tf-idf"], False)],
)
def test_a_machine_may_turn_a_verdict_within_its_intervals_only(
    card: dict[str, Any], low: float, of_machine: list[str], agrees: bool
) -> None:
    """A second process gains where a core is free; disjoint intervals are another matter."""
    claim, published = card["claims"]["T-C05"], copy.deepcopy(CARD)
    published["claims"]["T-C05"]["effects"]["tf-idf"] |= {"value": 0.1, "low": -0.1, "high": 0.2}
    claim["verdict"] = "supported"
    claim["effects"]["tf-idf"] |= {"value": low + 0.1, "low": low, "high": low + 0.2}
    found = result_rules.check_against_published(
        {CHAPTER: card}, {CHAPTER: published}, {"T-C05": of_machine}
    )
    assert (found == []) is agrees


def test_a_missing_published_card_is_named(card: dict[str, Any]) -> None:
    """A new chapter's results are committed with it."""
    [problem] = result_rules.check_against_published({CHAPTER: card}, {})
    assert str(problem) == (
        "taxonomy/03_text: has no published card — "
        "run `make publish` and commit book/results/taxonomy/03_text.json"
    )


def test_a_published_claim_that_no_chapter_records_is_named(card: dict[str, Any]) -> None:
    """A verdict does not outlive its experiment, nor move to another chapter unseen."""
    for recorded_by in ({}, {"T-C05": "taxonomy/04_annotation"}):
        [problem] = result_rules.check_published_are_recorded({CHAPTER: card}, recorded_by)
        assert str(problem) == (
            "book/results/taxonomy/03_text.json: publishes T-C05, which the chapter does not record"
            " — put the record back, or run `make publish`"
        )
    assert result_rules.check_published_are_recorded({CHAPTER: card}, {"T-C05": CHAPTER}) == []


def test_a_record_that_the_run_did_not_reach_is_named(card: dict[str, Any]) -> None:
    """A call behind a condition is no evidence."""
    [problem] = result_rules.check_recorded_have_evidence({CHAPTER: card}, {"T-C07": CHAPTER})
    assert str(problem) == (
        "taxonomy/03_text: records T-C07, but its run left no such record — "
        "call ledger.record where the `laptop` profile reaches it, and run `make book`"
    )


def test_chapters_without_run_or_card_are_named() -> None:
    """Chapter, execution and card go together."""
    problems = result_rules.check_complete(
        ["a/1", "a/2", "a/3"], ["a/1", "a/2", "a/0"], {"a/1": {}}
    )
    assert [str(problem) for problem in problems] == [
        "a/3: has not been executed — run `make book`",
        "a/2: was executed and left no result card — run `make book` again",
        "a/0: was executed and is no chapter any more — run `make book`",
    ]


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("cpu_seconds", 181.0, "used 181 CPU seconds: the goal is 90, the gate fails above 180"),
        (
            "memory_mb",
            8193,
            "used 8,193 MB of memory: the goal is 4,096, the gate fails above 8,192",
        ),
    ],
)
def test_a_chapter_over_budget_is_named(
    card: dict[str, Any], key: str, value: float, what: str
) -> None:
    """Twice the goal is the end, for seconds and for memory."""
    card[key] = value
    assert [str(problem) for problem in result_rules.check_budget({CHAPTER: card})] == [
        f"taxonomy/03_text: {what} — "
        "use less data or fewer settings, cache embeddings, or split the chapter"
    ]


def test_a_noisy_machine_fails_no_chapter(card: dict[str, Any]) -> None:
    """Up to twice the goal a chapter passes."""
    card |= {"cpu_seconds": 180.0, "memory_mb": 8192}
    assert result_rules.check_budget({CHAPTER: card}) == []


def test_an_exercise_that_takes_too_long_is_named(card: dict[str, Any]) -> None:
    """The message says which; twice the goal still passes."""
    card["exercises"] = {"solution ex-tree": 40.0, "solution ex-split": 41.0}
    [problem] = result_rules.check_exercises({CHAPTER: card})
    assert problem.what.startswith("its solution ex-split used 41 CPU seconds: the goal is 20")


def test_cards_are_found_by_chapter(tmp_path: Path) -> None:
    """Only files one folder deep are chapters' cards; the benchmark's stands beside them."""
    (tmp_path / "taxonomy").mkdir()
    (tmp_path / "bench.json").write_text("{}")
    (tmp_path / "taxonomy" / "03_text.json").write_text(json.dumps(CARD))
    assert result_rules.read_cards(tmp_path) == {CHAPTER: CARD}


def test_a_broken_card_is_named(tmp_path: Path) -> None:
    """A half-written card says which file it is."""
    (tmp_path / "taxonomy").mkdir()
    (tmp_path / "taxonomy" / "03_text.json").write_text('{"claims": ')
    with pytest.raises(
        ValueError, match=r"^03_text.json is no result card .*: run `make book` again"
    ):
        result_rules.read_cards(tmp_path)
