"""Test a grader: right answers keep all marks, a wrong one loses its own question's and no other.

Every variant beside the source is put into the reference notebook and graded like any submission, a
wrong answer to two of three questions, right ones to the third. So are the file as handed out,
and notebooks that end Python, do not end, or use the network.
"""

from __future__ import annotations

import ast
import copy
import itertools
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from book.tools.assignments.grade import Graded, grade
from book.tools.assignments.sources import Assignment, Variant, questions, variants, wrong_and_right

AT_LEAST = {"wrong": 5, "right": 2}
LOOP_SECONDS = 10
"""What a cell may take; a right answer takes two at most."""
_CHECK = re.compile(r"""^grader\.check\(["'](\w+)["']\)""")
_END = "<!-- END QUESTION -->"
FAULTS = {
    "ends Python": "import os\nos._exit(1)",
    "never ends": "while True:\n    pass",
    "uses the network": "import urllib.request\nurllib.request.urlopen('http://192.0.2.1')",
}


@dataclass(frozen=True)
class Case:
    """One notebook to grade: what it stands for, who must lose marks, which answers it holds."""

    title: str
    notebook: nbformat.NotebookNode
    lost: frozenset[str]
    answers: Mapping[str, Variant] = field(default_factory=dict)


def cases(assignment: Assignment) -> list[Case]:
    """Return everything a grader is tested with."""
    reference = nbformat.read(assignment.reference, 4)
    [starter] = assignment.student.glob("*.ipynb")
    graded = [q.name for q in questions(assignment) if not q.manual]
    everything, first = frozenset(graded), graded[0]
    found = [
        Case("the file as handed out", nbformat.read(starter, 4), everything),
        Case("the reference", reference, frozenset()),
    ]
    lean = imports_and_answers(reference)
    for number, answers in enumerate(mixed(variants(assignment), graded), 1):
        notebook = with_answers(lean, {q: one.code for q, one in answers.items()})
        lost = frozenset(q for q, one in answers.items() if not one.right)
        found.append(Case(f"mixture {number}", notebook, lost, answers))
    for title, code in FAULTS.items():
        lost = everything if title == "ends Python" else frozenset({first})
        found.append(Case(title, with_answers(reference, {first: code}), lost))
    return found


def mixed(known: Sequence[Variant], graded: Sequence[str]) -> Iterator[dict[str, Variant]]:
    """Mix answers so that each wrong one stands once, among right ones to other questions.

    A third of the questions is answered rightly, each time another: if a wrong answer costs marks
    elsewhere, it shows.
    """
    wrong, right = {}, {}
    for question in graded:
        wrong[question], others = wrong_and_right(known, question)
        right[question] = itertools.cycle(others)
    for turn in itertools.count():
        if not any(wrong.values()):
            return
        answers = {}
        for place, question in enumerate(graded):
            left = wrong[question] if (place + turn) % 3 else []
            answers[question] = left.pop(0) if left else next(right[question])
        if any(not one.right for one in answers.values()):
            yield answers


def imports_and_answers(reference: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the reference without what shows students their data: tests bring their own.

    Of a cell that is neither an answer nor a check its imports stay. That is half of the time.
    """
    notebook = copy.deepcopy(reference)
    for cell in notebook.cells:
        if (
            cell.cell_type == "code"
            and not _is_answer(cell)
            and not cell.source.startswith("grader")
        ):
            lines = ast.parse(cell.source).body
            needed = [n for n in lines if isinstance(n, ast.Import | ast.ImportFrom)
                      or ast.unparse(n).startswith("grader = ")]  # fmt: skip
            cell.source = "\n".join(map(ast.unparse, needed))
    return notebook


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
        if _is_answer(cell):
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


def _is_answer(cell: nbformat.NotebookNode) -> bool:
    """Tell whether otter-grader marked a cell as part of a solution."""
    return "otter_assign_solution_cell" in cell.metadata.get("tags", [])


def missed(case: Case, result: Graded) -> list[Variant]:
    """Return the wrong answers that got marks."""
    return [one for question, one in case.answers.items()
            if question in case.lost and result.marks[question] > 0]  # fmt: skip


def problem(case: Case, result: Graded) -> str:
    """Say what a grader did wrong with a case, '' if nothing."""
    said = [f"the grader of {one.question} misses {one.title!r}" for one in missed(case, result)]
    for question, marks in result.marks.items():
        one = case.answers.get(question)
        if question in case.lost and marks > 0 and not one:
            said.append(f"the grader of {question} gives marks to {case.title}")
        if question not in case.lost and marks < result.possible[question]:
            what = f"right answer {one.title!r}" if one else "reference"
            why = result.messages.get(question, result.status)[-400:]
            said.append(f"{case.title}: the {what} to {question} loses marks: {why}")
    if said and case.answers:
        wrong = [f"{q}: {one.title!r}" for q, one in case.answers.items() if not one.right]
        said.append(f"  (wrong beside it: {'; '.join(wrong)})")
    return "\n".join(said)


def examine(assignment: Assignment, chosen: list[Case], at_a_time: int = 2) -> list[Graded]:
    """Grade some cases, several at a time; the results come in the cases' order."""

    def one(place: int) -> Graded:
        path = Path(folder) / f"{place}.ipynb"
        nbformat.write(chosen[place].notebook, path)
        return grade(assignment, path, cell_seconds=LOOP_SECONDS)

    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(at_a_time) as pool:
        return list(pool.map(one, range(len(chosen))))


def too_few(assignment: Assignment) -> list[str]:
    """Name the questions with fewer than five wrong or two right variants."""
    known = variants(assignment)
    return [
        f"{assignment.name}, {question.name}: {len(answers)} {kind} variants, not {least}"
        for question in questions(assignment)
        if not question.manual
        for (kind, least), answers in zip(
            AT_LEAST.items(), wrong_and_right(known, question.name), strict=True
        )
        if len(answers) < least
    ]
