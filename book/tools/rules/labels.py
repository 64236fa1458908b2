"""Rules for traceability: each id has its label in one place, each claim its evidence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from book.tools.rules.markdown import ID
from book.tools.rules.problems import Problem
from book.tools.rules.reading import Notebook, Passage

Table = Mapping[str, Mapping[str, Any]]
_MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)


@dataclass(frozen=True)
class Ledger:
    """The ids that the book must treat, each with its entry.

    A section's entry names its `chapter`; a claim or defect stands in its section's chapter unless
    its own entry names another.
    """

    sections: Table
    claims: Table
    errata: Table

    @property
    def known(self) -> set[str]:
        """Return every id."""
        return {*self.sections, *self.claims, *self.errata}

    def chapter(self, name: str) -> str:
        """Return the chapter that treats an id, without the number in its file's name."""
        entry = self.sections.get(name) or self.claims.get(name) or self.errata[name]
        section = self.sections.get(str(entry.get("section")), {})
        return plain(str(entry.get("chapter") or section.get("chapter", "")))


@dataclass(frozen=True)
class Record:
    """One call of `ledger.record` in a chapter; claim is None when it is no plain string."""

    notebook: Notebook
    index: int
    claim: str | None

    @property
    def place(self) -> str:
        """Name the cell."""
        return self.notebook.place(self.index)


def plain(chapter: str) -> str:
    """Drop the reading order from a chapter's name: taxonomy/03_text is taxonomy/text."""
    path = PurePosixPath(chapter)
    return (path.parent / re.sub(r"^\d+_", "", path.name)).as_posix()


def check_labels(passages: Iterable[Passage], ledger: Ledger) -> list[Problem]:
    """Demand that every label is unique in the book, and that one that looks like an id is one."""
    first: dict[str, str] = {}
    found = []
    for passage in passages:
        for label in passage.markdown.labels:
            place = first.setdefault(label.lower(), passage.place)
            if place != passage.place or passage.markdown.labels.count(label) > 1:
                what = f"the label ({label})= stands already in {place}"
                found.append(Problem(passage.place, what, "keep the one that treats it; link here"))
            if ID.match(label) and label not in ledger.known:
                found.append(_unknown(passage.place, f"the label ({label})="))
    return found


def check_mentions(passages: Iterable[Passage], ledger: Ledger) -> list[Problem]:
    """Demand that every id named in the text exists."""
    return [
        _unknown(passage.place, f"the id {name}")
        for passage in passages
        for name in sorted(set(ID.findall(passage.text)) - ledger.known)
        if name not in passage.markdown.labels
    ]


def check_records(notebooks: Iterable[Notebook], ledger: Ledger) -> list[Problem]:
    """Demand that a claim is recorded once, by a literal known id, under its own label."""
    first: dict[str, str] = {}
    found = []
    for record in (record for notebook in notebooks for record in records(notebook)):
        if record.claim is None:
            remedy = 'name the claim in the call: ledger.record("T-C05", …)'
            found.append(Problem(record.place, "records a claim that no check can read", remedy))
        elif record.claim not in ledger.claims:
            found.append(_unknown(record.place, f"the recorded claim {record.claim}"))
        elif first.setdefault(record.claim, record.place) != record.place:
            what = f"records {record.claim}, which {first[record.claim]} records already"
            found.append(Problem(record.place, what, "keep one record; link to it from here"))
        elif record.claim not in _labels_before(record):
            what = f"records {record.claim} without its label in the text cell directly before"
            found.append(Problem(record.place, what, f"put ({record.claim})= into that cell"))
    return found


def check_coverage(
    notebooks: Iterable[Notebook], passages: Iterable[Passage], ledger: Ledger
) -> list[Problem]:
    """Demand that nothing is lost: what belongs to a chapter on disk is labelled, claims recorded.

    A label anywhere in the book will do. A claim with `untestable: reason` needs no record.
    """
    notebooks = list(notebooks)
    written = {plain(notebook.name): notebook for notebook in notebooks}
    labelled = {label for passage in passages for label in passage.markdown.labels}
    recorded = {record.claim for notebook in notebooks for record in records(notebook)}
    due = {
        name: home for name in sorted(ledger.known) if (home := written.get(ledger.chapter(name)))
    }
    found = [
        Problem(home.file, f"{name} belongs to this chapter and is labelled nowhere",
                f"put ({name})= where it is treated, or give its entry another `chapter`")
        for name, home in due.items() if name not in labelled
    ]  # fmt: skip
    claims = {name: entry for name, entry in ledger.claims.items() if not entry.get("untestable")}
    return found + [
        Problem(home.file, f"the claim {name} has no evidence",
                f'call ledger.record("{name}", …), or give its entry `untestable: reason`')
        for name, home in due.items() if name in claims and name not in recorded
    ]  # fmt: skip


def records(notebook: Notebook) -> list[Record]:
    """Return every call of `ledger.record` in a notebook."""
    found = []
    for index, cell in notebook.code():
        code = _MAGIC.sub("", cell["source"])
        try:
            tree = ast.parse(code)
        except SyntaxError:  # a listing that is shown failing
            continue
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
        found += [Record(notebook, index, _claim(call)) for call in calls if _is_record(call)]
    return found


def _is_record(call: ast.Call) -> bool:
    return ast.unparse(call.func) == "ledger.record"


def _claim(call: ast.Call) -> str | None:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "claim"]
    match [*call.args, *named]:
        case [ast.Constant(value=str() as claim), *_]:
            return claim
    return None


def _labels_before(record: Record) -> list[str]:
    if record.index == 0:
        return []
    before = record.notebook.cells[record.index - 1]
    text = before["source"] if before["cell_type"] == "markdown" else ""
    return Passage(record.notebook.file, record.place, text).markdown.labels


def _unknown(where: str, what: str) -> Problem:
    remedy = "mend the id, or add it to book/ledger/*.yml"
    return Problem(where, f"{what} is not in the ledger", remedy)
