"""Assignments: make them, grade them, test their graders.

    python -m book.tools.assignments                      make all, into _build/assignments
    python -m book.tools.assignments grade NAME FILE …    grade what students handed in
    python -m book.tools.assignments test [NAME …]        test the graders; exit 1 if one misses

`grade` writes into _build/grades (or --out) one report a submission and marks.csv.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from book.tools.assignments import table
from book.tools.assignments.generate import make
from book.tools.assignments.grade import Graded, grade, report
from book.tools.assignments.sources import (
    Assignment,
    Variant,
    discover,
    questions,
    variants,
    wrong_and_right,
)
from book.tools.chapters import BUILD, PUBLISHED
from book.tools.run_chapter import put

CARD = PUBLISHED / "graders.json"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; see the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command")
    grading = commands.add_parser("grade", help="grade what students handed in")
    grading.add_argument("name", choices=[a.name for a in discover()])
    grading.add_argument("files", nargs="+", type=Path)
    grading.add_argument("--out", type=Path, default=BUILD / "grades")
    testing = commands.add_parser("test", help="test the graders")
    testing.add_argument("names", nargs="*")
    options = parser.parse_args(arguments)
    for assignment in discover():
        make(assignment)
    if options.command == "grade":
        return grade_all(Assignment(options.name), options.files, options.out)
    if options.command == "test":
        return test_all([a for a in discover() if a.name in options.names or not options.names])
    print(*(a.folder for a in discover()), sep="\n")
    return 0


def grade_all(assignment: Assignment, files: list[Path], out: Path) -> int:
    """Grade files one after the other; exit 1 when one could not be graded."""
    by_hand = [question for question in questions(assignment) if question.manual]
    results = []
    for path in files:
        result = grade(assignment, path)
        results.append(result)
        put(out / f"{path.stem}.md", report(result, by_hand))
        print(f"{path.name}: {result.total:g}, {result.status}")
    _write_marks(results, out / "marks.csv")
    return int(any(result.status != "graded" for result in results))


def test_all(assignments: list[Assignment]) -> int:
    """Test graders and publish the table; name every variant that one misses."""
    card = json.loads(CARD.read_text(encoding="utf-8")) if CARD.exists() else {}
    problems: list[str] = []
    for assignment in assignments:
        cases = table.cases(assignment)
        graded = table.examine(assignment, cases)
        problems += table.too_few(assignment)
        problems += filter(None, map(table.problem, cases, graded))
        missed = chain.from_iterable(map(table.missed, cases, graded))
        card[assignment.name] = counts(assignment, list(missed))
    put(CARD, json.dumps(card, indent=1, ensure_ascii=False) + "\n")
    print(*problems, sep="\n")
    return 1 if problems else 0


def counts(assignment: Assignment, missed: Sequence[Variant]) -> dict[str, dict[str, float]]:
    """Count, for each question, the wrong variants, those caught, and the right ones."""
    known = variants(assignment)
    table_of = {}
    for question in (q for q in questions(assignment) if not q.manual):
        wrong, right = wrong_and_right(known, question.name)
        table_of[question.name] = {
            "marks": question.points,
            "wrong": len(wrong),
            "caught": len([one for one in wrong if one not in missed]),
            "right": len(right),
        }
    return table_of


def _write_marks(results: list[Graded], path: Path) -> None:
    """Write one line a submission."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["submission", "status", "total", *results[0].possible])
        for result in results:
            writer.writerow(
                [result.submission, result.status, result.total, *result.marks.values()]
            )


if __name__ == "__main__":
    sys.exit(main())
