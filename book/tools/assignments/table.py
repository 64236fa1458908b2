"""Test a grader: right answers keep all marks, a wrong one loses its own question's and no other.

Every variant beside the source is put into the reference notebook, one at a time, and graded like
any submission. So are the file as handed out, and notebooks that end Python, do not end, or use
the network.
"""

from __future__ import annotations

import copy
import re
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat

from book.tools.assignments.grade import Graded, grade
from book.tools.assignments.sources import Assignment, Variant, questions, variants

AT_LEAST = {False: 5, True: 2}
LOOP_SECONDS = 15
_CHECK = re.compile(r"""^grader\.check\(["'](\w+)["']\)""")
_END = "<!-- END QUESTION -->"
FAULTS = {
    "ends Python": "import os\nos._exit(1)",
    "never ends": "while True:\n    pass",
    "uses the network": "import urllib.request\nurllib.request.urlopen('http://192.0.2.1')",
}


@dataclass(frozen=True)
class Case:
    """One notebook to grade: what it stands for and which questions must lose their marks."""

    title: str
    notebook: nbformat.NotebookNode
    lost: frozenset[str]
    variant: Variant | None = None


def cases(assignment: Assignment) -> list[Case]:
    """Return everything a grader is tested with."""
    reference = nbformat.read(assignment.reference, 4)
    [starter] = assignment.student.glob("*.ipynb")
    graded = [q.name for q in questions(assignment) if not q.manual]
    everything, first = frozenset(graded), graded[0]
    found = [
        Case("the file as handed out", nbformat.read(starter, 4), everything),
        Case("the reference", reference, frozenset()),
        *(_with_rights(reference, assignment)),
    ]
    for one in variants(assignment):
        if not one.right:
            changed = with_answers(reference, {one.question: one.code})
            title = f"{one.question}, wrong: {one.title}"
            found.append(Case(title, changed, frozenset({one.question}), one))
    for title, code in FAULTS.items():
        lost = everything if title == "ends Python" else frozenset({first})
        found.append(Case(title, with_answers(reference, {first: code}), lost))
    return found


def _with_rights(reference: nbformat.NotebookNode, assignment: Assignment) -> list[Case]:
    """Put the first right answer to every question into one notebook, the second into another."""
    rights: dict[str, list[Variant]] = {}
    for one in variants(assignment):
        if one.right:
            rights.setdefault(one.question, []).append(one)
    rounds = max(map(len, rights.values()), default=0)
    found = []
    for number in range(rounds):
        chosen = {question: ones[number] for question, ones in rights.items() if number < len(ones)}
        notebook = with_answers(reference, {q: one.code for q, one in chosen.items()})
        titles = "; ".join(f"{q}: {one.title}" for q, one in chosen.items())
        found.append(Case(f"right: {titles}", notebook, frozenset()))
    return found


def with_answers(
    reference: nbformat.NotebookNode, answers: Mapping[str, str]
) -> nbformat.NotebookNode:
    """Return a notebook with other answers: a question's solution cells become the given code.

    A question's cells end with its check. Raises ValueError when a question has no solution cell.
    """
    notebook = copy.deepcopy(reference)
    waiting: list[nbformat.NotebookNode] = []
    replaced = set()
    for cell in notebook.cells:
        check = _CHECK.match(cell.source)
        if "otter_assign_solution_cell" in cell.metadata.get("tags", []):
            waiting += [cell] if cell.cell_type == "code" else []
        elif check and check[1] in answers and waiting:
            for place, old in enumerate(waiting):
                old.source = "" if place else answers[check[1]]
            replaced.add(check[1])
        if check or _END in cell.source:
            waiting = []
    if missing := set(answers) - replaced:
        raise ValueError(f"no solution cell before the check of {', '.join(sorted(missing))}")
    return notebook


def problem(case: Case, result: Graded) -> str:
    """Say what a grader did wrong with a case, '' if nothing."""
    lost = {q for q, marks in result.marks.items() if marks < result.possible[q]}
    kept = {q for q in case.lost if result.marks[q] > 0}
    if case.variant and not case.variant.right and kept:
        return f"the grader of {case.variant.question} misses {case.variant.title!r}"
    if kept:
        return f"{case.title}: keeps marks of {', '.join(sorted(kept))}"
    if wronged := lost - case.lost:
        said = [f"{question}: {result.messages.get(question, result.status)[-300:]}"
                for question in sorted(wronged)]  # fmt: skip
        return f"{case.title}: loses marks of\n" + "\n".join(said)
    return ""


def examine(assignment: Assignment, chosen: list[Case], at_a_time: int = 2) -> dict[str, str]:
    """Grade some cases, several at a time; return each title with its problem, '' if none."""

    def one(case: Case) -> str:
        path = Path(folder) / f"{chosen.index(case)}.ipynb"
        nbformat.write(case.notebook, path)
        return problem(case, grade(assignment, path, cell_seconds=LOOP_SECONDS))

    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(at_a_time) as pool:
        return dict(zip((c.title for c in chosen), pool.map(one, chosen), strict=True))


def too_few(assignment: Assignment) -> list[str]:
    """Name the questions with fewer than five wrong or two right variants."""
    found = variants(assignment)
    return [
        f"{assignment.name}, {question.name}: {count} {'right' if right else 'wrong'} variants, "
        f"not {least}"
        for question in questions(assignment)
        if not question.manual
        for right, least in AT_LEAST.items()
        if (count := sum(v.right == right and v.question == question.name for v in found)) < least
    ]
