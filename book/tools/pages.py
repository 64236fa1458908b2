"""Write the tables that the ledger pages show, from the ids in git and the cards of the run.

A page in book/ asks for one with a comment line ``% generated: section_map``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import yaml

from book.tools import ledger_page
from book.tools.assignments import sources as assignments
from book.tools.chapters import BUILD, PUBLISHED, ROOT
from book.tools.ledger_page import Labels
from catalogkit import ledger

MARK = re.compile(r"^% generated: (\w+)$", re.MULTILINE)
LABEL = re.compile(r"^\(([TRXDS]-[\w.]+)\)=$", re.MULTILINE)


def fill(page: str, labels: Labels) -> str:
    """Replace every ``% generated:`` line of a page by its table. Unknown names raise KeyError."""
    return MARK.sub(lambda match: TABLES[match[1]](labels), page)


def labels_in(paths: Mapping[str, Path]) -> dict[str, str]:
    """Return the ids that the given notebooks and pages define as labels, and in which of them.

    paths: name of a page in the site, without its ending, to its source.
    """
    found: dict[str, str] = {}
    for name, path in paths.items():
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            cells = json.loads(text)["cells"]
            text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        found |= dict.fromkeys(LABEL.findall(text), f"{name}.html")
    return found


def cards() -> dict[str, dict[str, Any]]:
    """Return the result cards of the latest run, chapter name to card."""
    paths = sorted((BUILD / "results").rglob("*.json"))
    loaded = (json.loads(path.read_text(encoding="utf-8")) for path in paths)
    return {card["chapter"]: card for card in loaded}


def records() -> dict[str, Any]:
    """Return what the latest run recorded of each claim."""
    return {key: record for card in cards().values() for key, record in card["claims"].items()}


def section_map(labels: Labels) -> str:
    """List every section of the documents with a live link to the heading that treats it."""

    def row(key: str, entry: dict[str, Any]) -> tuple[str, ...]:
        chapter = entry["chapter"] if key in labels else f"{entry['chapter']} (planned)"
        return _link(key, labels), f"{entry['en']} · {entry['zh']}", chapter

    return _by_document("sections", ("section", "heading", "chapter"), row)


def claims(labels: Labels) -> str:
    """List every claim with its verdict, its effects with intervals and the rule behind them."""
    return ledger_page.claims(labels, records())


def errata(labels: Labels) -> str:
    """List every defect: what is printed, what kind of fault it is, what the book does instead."""
    return ledger_page.errata(labels)


def verdicts(labels: Labels) -> str:  # noqa: ARG001 - every table has the same signature
    """Draw all verdicts as one picture."""
    return ledger_page.verdicts(records())


def timings(labels: Labels) -> str:  # noqa: ARG001 - every table has the same signature
    """List what each chapter of this run took."""
    rows = [
        (
            f"[{name}](/notebooks/{name}.ipynb)",
            f"{card['seconds']:.0f}",
            f"{card['cpu_seconds']:.0f}",
            f"{card['memory_mb']:,}",
            card["machine"],
        )
        for name, card in cards().items()
    ]  # fmt: skip
    return _table(("chapter", "seconds", "CPU seconds", "memory (MB)", "machine"), rows)


def benchmarks(labels: Labels) -> str:  # noqa: ARG001 - every table has the same signature
    """List the ratios of the published benchmark card."""
    path = PUBLISHED / "bench.json"
    if not path.exists():
        return "No benchmark has been published yet."
    card = json.loads(path.read_text(encoding="utf-8"))
    keys = ("what", "ours", "against", "theirs", "ratio")
    measured = (row for benchmark in card["measured"].values() for row in benchmark["rows"])
    rows = [tuple(str(row[key]) for key in keys) for row in measured]
    note = f"\n\nMeasured at commit `{card['commit'][:10]}` on {card['machine']}."
    return _table(("measured", "catalogkit", "against", "theirs", "ratio"), rows) + note


def handouts(labels: Labels) -> str:  # noqa: ARG001 - every table has the same signature
    """List the assignments with their marks and the files to download."""
    rows = []
    for assignment in assignments.discover():
        asked = assignments.questions(assignment)
        marks = f"{sum(question.points for question in asked):g}"
        file = f"{{download}}`{assignment.name}.zip <handouts/{assignment.name}.zip>`"
        rows.append(
            (assignments.title(assignment), str(len(asked)), marks, file, *_colab(assignment))
        )
    header = ("assignment", "questions", "marks", "files", *(["on Colab"] if rows[0][4:] else []))
    return _table(header, rows)


def graders(labels: Labels) -> str:  # noqa: ARG001 - every table has the same signature
    """List how many wrong answers to each question its grader catches."""
    card = json.loads((PUBLISHED / "graders.json").read_text(encoding="utf-8"))
    rows = [
        (name, question, *(f"{count[key]:g}" for key in ("marks", "wrong", "caught", "right")))
        for name, counts in card.items()
        for question, count in counts.items()
    ]
    wrong, caught = (sum(float(row[place]) for row in rows) for place in (3, 4))
    header = ("assignment", "question", "marks", "wrong answers", "caught", "right answers")
    return (
        f"{_table(header, rows)}\n\n**Kill rate: {caught / wrong:.0%}** of {wrong:g} wrong answers."
    )


TABLES: Mapping[str, Callable[[Labels], str]] = {
    "section_map": section_map,
    "claims": claims,
    "errata": errata,
    "verdicts": verdicts,
    "timings": timings,
    "benchmarks": benchmarks,
    "handouts": handouts,
    "graders": graders,
}


def _by_document(
    kind: Literal["sections"],
    header: tuple[str, ...],
    row: Callable[[str, dict[str, Any]], tuple[str, ...]],
) -> str:
    """Write one table for each of the five documents."""
    parts = []
    for letter, document in ledger.entries("documents").items():
        entries = ledger.entries(kind).items()
        rows = [row(key, entry) for key, entry in entries if key.startswith(f"{letter}-")]
        parts.append(f"## {letter} · {document['en']}\n\n{_table(header, rows)}")
    return "\n\n".join(parts)


def _colab(assignment: assignments.Assignment) -> tuple[str, ...]:
    """Link to the student's notebook on Colab, once the repository has an address.

    The workflow `book` pushes the student's files to a branch of their own.
    """
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    url = settings["repository"]["url"]
    if not url:
        return ()
    colab = settings["launch_buttons"]["colab_url"]
    where = f"{url.removeprefix('https://github.com/')}/blob/students/{assignment.name}"
    return (f"[open]({colab}/github/{where}/{assignment.name}.ipynb)",)


def _link(key: str, labels: Labels) -> str:
    return f"{{ref}}`{key} <{key}>`" if key in labels else f"[{key}]{{.id}}"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a Markdown table; bars inside cells are escaped."""
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join(
        "| " + " | ".join(str(c).replace("|", "\\|") for c in row) + " |" for row in lines
    )
