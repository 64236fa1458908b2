"""Write the tables that the ledger pages show, from the ids in git and the cards of the run.

A page in book/ asks for one with a comment line ``% generated: section_map``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

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
    sections = ledger.entries("sections")
    parts = []
    for letter, title in _documents().items():
        rows = [
            (_link(key, labels), f"{entry['en']} · {entry['zh']}", entry["chapter"])
            for key, entry in sections.items()
            if key.startswith(f"{letter}-")
        ]
        parts.append(f"## {title}\n\n" + _table(("section", "heading", "chapter"), rows))
    return "\n\n".join(parts)


def claims(labels: set[str]) -> str:
    """List every claim with its verdict, its effects with intervals and the rule behind them."""
    records = {key: r for card in cards().values() for key, r in card["claims"].items()}
    parts = []
    for letter, title in _documents().items():
        rows = [
            (_link(key, labels), entry["says"], *_evidence(records.get(key)), f"`{entry['rule']}`")
            for key, entry in ledger.entries("claims").items()
            if key.startswith(f"{letter}-")
        ]
        header = ("claim", "the document says", "verdict", "effect with interval", "rule")
        parts.append(f"## {title}\n\n" + _table(header, rows))
    return "\n\n".join(parts)


def errata(labels: set[str]) -> str:
    """List every defect: what is printed, what kind of fault it is, what the book does instead."""
    parts = []
    for letter, title in _documents().items():
        rows = [
            (_link(key, labels), entry["kind"], entry["what"], entry["fix"])
            for key, entry in ledger.entries("errata").items()
            if key.startswith(f"{letter}-")
        ]
        parts.append(f"## {title}\n\n" + _table(("id", "kind", "what is wrong", "instead"), rows))
    return "\n\n".join(parts)


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
    rows = [(r["what"], r["ours"], r["against"], r["theirs"], r["ratio"]) for r in card["rows"]]
    note = f"\n\nMeasured at commit `{card['commit'][:10]}` on {card['machine']}."
    return _table(("measured", "catalogkit", "against", "theirs", "ratio"), rows) + note


TABLES: Mapping[str, Callable[[set[str]], str]] = {
    "section_map": section_map,
    "claims": claims,
    "errata": errata,
    "timings": timings,
    "benchmarks": benchmarks,
}


def _documents() -> dict[str, str]:
    return {key: f"{key} · {entry['en']}" for key, entry in ledger.entries("documents").items()}


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
    return f"{{ref}}`{key} <{key}>`" if key in labels else f"{key} (planned)"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a Markdown table; bars inside cells are escaped."""
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join(
        "| " + " | ".join(str(c).replace("|", "\\|") for c in row) + " |" for row in lines
    )
