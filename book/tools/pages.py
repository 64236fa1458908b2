"""Write the tables that the ledger pages show, from the ids in git and the cards of the run.

A page in book/ asks for one with a comment line ``% generated: section_map``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from book.tools.chapters import BUILD, PUBLISHED
from catalogkit import ledger
from catalogkit.evaluation.intervals import Interval

MARK = re.compile(r"^% generated: (\w+)$", re.MULTILINE)
LABEL = re.compile(r"^\(([TRXDS]-[\w.]+)\)=$", re.MULTILINE)


def fill(page: str, labels: set[str]) -> str:
    """Replace every ``% generated:`` line of a page by its table. Unknown names raise KeyError."""
    return MARK.sub(lambda match: TABLES[match[1]](labels), page)


def labels_in(paths: Iterable[Path]) -> set[str]:
    """Return the ids that the given notebooks and pages define as labels."""
    found: set[str] = set()
    for path in paths:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            cells = json.loads(text)["cells"]
            text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        found |= set(LABEL.findall(text))
    return found


def cards() -> dict[str, dict[str, Any]]:
    """Return the result cards of the latest run, chapter name to card."""
    paths = sorted((BUILD / "results").rglob("*.json"))
    loaded = (json.loads(path.read_text(encoding="utf-8")) for path in paths)
    return {card["chapter"]: card for card in loaded}


def section_map(labels: set[str]) -> str:
    """List every section of the documents with a live link to the heading that treats it."""

    def row(key: str, entry: dict[str, Any]) -> tuple[str, ...]:
        chapter = entry["chapter"] if key in labels else f"{entry['chapter']} (planned)"
        return _link(key, labels), f"{entry['en']} · {entry['zh']}", chapter

    return _by_document("sections", ("section", "heading", "chapter"), row)


def claims(labels: set[str]) -> str:
    """List every claim with its verdict, its effects with intervals and the rule behind them."""
    records = {key: r for card in cards().values() for key, r in card["claims"].items()}

    def row(key: str, entry: dict[str, Any]) -> tuple[str, ...]:
        verdict, effects = _evidence(records.get(key))
        return _link(key, labels), entry["says"], verdict, effects, f"`{entry['rule']}`"

    header = ("claim", "the document says", "verdict", "effect with interval", "rule")
    known = ledger.entries("claims")
    decided = _table(header, [row(key, known[key]) for key in sorted(records)])
    return f"## Decided so far\n\n{decided}\n\n" + _by_document("claims", header, row)


def errata(labels: set[str]) -> str:
    """List every defect: what is printed, what kind of fault it is, what the book does instead."""

    def row(key: str, entry: dict[str, Any]) -> tuple[str, ...]:
        shown = "shown" if key in labels else "planned"
        return _link(key, labels), entry["kind"], entry["what"], entry["fix"], shown

    return _by_document("errata", ("id", "kind", "what is wrong", "instead", ""), row)


def timings(labels: set[str]) -> str:  # noqa: ARG001 - every table has the same signature
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


def benchmarks(labels: set[str]) -> str:  # noqa: ARG001 - every table has the same signature
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


TABLES: Mapping[str, Callable[[set[str]], str]] = {
    "section_map": section_map,
    "claims": claims,
    "errata": errata,
    "timings": timings,
    "benchmarks": benchmarks,
}


def _by_document(
    kind: Literal["sections", "claims", "errata"],
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


def _evidence(record: dict[str, Any] | None) -> tuple[str, str]:
    """Return verdict and effects of one claim as two table cells."""
    if record is None:
        return "planned", ""
    lines = [
        f"{name}: {ledger.describe(Interval(**effect))}"
        for name, effect in record["effects"].items()
    ]
    return f"**{record['verdict']}**", "<br>".join(lines)


def _link(key: str, labels: set[str]) -> str:
    return f"{{ref}}`{key} <{key}>`" if key in labels else f"[{key}]{{.id}}"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a Markdown table; bars inside cells are escaped."""
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join(
        "| " + " | ".join(str(c).replace("|", "\\|") for c in row) + " |" for row in lines
    )
