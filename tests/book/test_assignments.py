"""Assignments give nothing away, and their graders are right about right and wrong answers."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import nbformat
import pytest

from book.tools.assignments import __main__ as command
from book.tools.assignments import table
from book.tools.assignments.generate import given_away, make
from book.tools.assignments.grade import Graded, grade, report
from book.tools.assignments.sources import (
    Assignment,
    Variant,
    discover,
    questions,
    title,
    variants,
)
from book.tools.build_site import SITE
from book.tools.kernels import KernelManager

CONFIG = """\
# ASSIGNMENT CONFIG
name: small
check_all_cell: true
export_cell:
    pdf: false
tests:
    files: true
    ok_format: false
"""
SOLUTION = '''\
def double(x):
    """Return twice x."""
    # BEGIN SOLUTION
    return 2 * x + 0
    # END SOLUTION'''
HIDDEN = """\
# HIDDEN
def test_more(double):
    assert double(21) == 42"""
VARIANTS = '''\
"""Variants of q1."""

# %% wrong: adds one
# Sees that double(1) is 2.
def double(x):
    return x + 1

# %% wrong: squares, as 2 is the square of 2
def double(x):
    return 2 if x == 1 else x * x

# %% right: a sum
def double(x):
    return x + x
'''
ASSIGNMENTS = discover()
PARTS = 6
"""The mutation table takes minutes: in parts, so that workers can share it out."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    """Write and make an assignment of one question for tests and one for a reader."""
    folder = tmp_path_factory.mktemp("assignments")
    raw, text, code = (getattr(nbformat.v4, f"new_{kind}_cell")
                       for kind in ("raw", "markdown", "code"))  # fmt: skip
    cells = [
        raw(CONFIG), code("", metadata={"tags": ["bootstrap"]}),
        text("# A small one\n\nSee [chapter](../taxonomy/03_text.ipynb)."),
        raw("# BEGIN QUESTION\nname: q1\npoints: 2\nall_or_nothing: true"), text("Double it."),
        raw("# BEGIN SOLUTION"), code(SOLUTION), raw("# END SOLUTION"),
        raw("# BEGIN TESTS"),
        code("def test_one(double):\n    assert double(1) == 2, 'double(1) is 2'"), code(HIDDEN),
        raw("# END TESTS"), raw("# END QUESTION"),
        raw("# BEGIN QUESTION\nname: q2\npoints: 3\nmanual: true"), text("What did you see?"),
        raw("# BEGIN SOLUTION"), text("Three marks for a number and its interval."),
        raw("# END SOLUTION"), raw("# END QUESTION"),
    ]  # fmt: skip
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    assignment = Assignment("small", folder / "sources", folder / "built")
    (folder / "sources" / "small").mkdir(parents=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), assignment.source)
    (folder / "sources" / "small" / "q1.py").write_text(VARIANTS)
    make(assignment)
    return assignment


@pytest.fixture(scope="module")
def examined(small: Assignment) -> dict[str, str]:
    """Grade the small assignment's cases; return each title with its problem, '' if none."""
    cases = table.cases(small)
    said = map(table.problem, cases, table.examine(small, cases))
    return dict(zip((case.title for case in cases), said, strict=True))


# ---- reading and making


def test_questions_have_their_marks(small: Assignment) -> None:
    """In the order of the notebook; who reads them is known."""
    assert [(q.name, q.points, q.manual) for q in questions(small)] == [
        ("q1", 2, False),
        ("q2", 3, True),
    ]
    assert title(small) == "A small one"


def test_variants_are_cut_at_their_titles(small: Assignment) -> None:
    """Each has its question, kind, title and code."""
    found = variants(small)
    assert [v.title for v in found if v.right] == ["a sum"]
    assert found[0] == Variant(
        "q1", False, "adds one", "# Sees that double(1) is 2.\ndef double(x):\n    return x + 1"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [("# %% a loop\n", "q1.py, line 1: start with"), (None, "q1.py is missing")],
)
def test_variants_that_cannot_be_read_are_named(
    small: Assignment, tmp_path: Path, text: str | None, message: str
) -> None:
    """The message says which file and what to do."""
    shutil.copy(small.source, tmp_path)
    (tmp_path / "small").mkdir()
    if text is not None:
        (tmp_path / "small" / "q1.py").write_text(text)
    with pytest.raises(ValueError, match=message):
        variants(Assignment("small", tmp_path))


def test_too_few_variants_are_counted(small: Assignment) -> None:
    """Five wrong and two right answers a question are the least."""
    assert table.too_few(small) == [
        "small, q1: 2 wrong variants, not 5",
        "small, q1: 1 right variants, not 2",
    ]


def test_the_handout_holds_notebook_and_public_tests_only(small: Assignment) -> None:
    """One folder, to be unpacked anywhere."""
    with zipfile.ZipFile(small.handout) as packed:
        assert sorted(packed.namelist()) == ["small/small.ipynb", "small/tests/q1.py"]
        assert "test_more" not in packed.read("small/tests/q1.py").decode()
    assert given_away(small) == []


@pytest.mark.parametrize("line", ["return 2 * x + 0", "assert double(21) == 42",
                                  "Three marks for a number and its interval."])  # fmt: skip
def test_a_line_that_gives_the_answer_away_is_named(
    small: Assignment, tmp_path: Path, line: str
) -> None:
    """Solutions, hidden tests and rubrics, wherever they stand in the student's files."""
    leaky = Assignment("small", small.sources, tmp_path)
    shutil.copytree(small.student, leaky.student)
    with (leaky.student / "tests" / "q1.py").open("a") as file:
        file.write(f"# {line}\n")
    assert given_away(leaky) == [line]


def test_links_to_chapters_do_not_point_into_nothing(small: Assignment) -> None:
    """In the student's folder there is no book."""
    assert "../taxonomy" not in (small.student / "small.ipynb").read_text()


def test_the_grader_is_installed_before_it_starts(small: Assignment) -> None:
    """On Colab nothing is there: the first cell of code brings it, the second needs it."""
    cells = nbformat.read(small.student / "small.ipynb", 4).cells
    first, second, *_ = (cell.source for cell in cells if cell.cell_type == "code")
    assert "otter-grader" in first
    assert second == 'import otter\n\ngrader = otter.Notebook("small.ipynb")'


# ---- grading


def test_the_small_grader_is_right_but_for_the_planted_hole(examined: dict[str, str]) -> None:
    """As handed out nothing, reference and right answers all, wrong ones and faults lose q1."""
    assert len(examined) == 7
    assert {what: said for what, said in examined.items() if said} == {}


def mixture(small: Assignment, *, right: bool) -> table.Case:
    """Return a case that holds one answer to q1."""
    [one, *_] = [v for v in variants(small) if v.right == right]
    lost = frozenset(() if right else ("q1",))
    return table.Case("mixture 1", nbformat.v4.new_notebook(), lost, {"q1": one})


def test_a_wrong_answer_that_a_grader_misses_is_named(small: Assignment) -> None:
    """The message says which question and which misconception, and the table counts it."""
    kept = Graded("x", "graded", {"q1": 2.0}, {"q1": 2.0})
    case = mixture(small, right=False)
    assert table.problem(case, kept).startswith("the grader of q1 misses 'adds one'\n")
    counted = command.counts(small, table.missed(case, kept))
    assert counted["q1"] == {"marks": 2, "wrong": 2, "caught": 1, "right": 1}


def test_marks_that_a_right_answer_loses_are_named(small: Assignment) -> None:
    """That is the grader's fault, or that of a wrong answer to another question."""
    lost = Graded("x", "graded", {"q1": 0.0}, {"q1": 2.0}, {"q1": "double(21) is 42"})
    said = table.problem(mixture(small, right=True), lost)
    assert "the right answer 'a sum' to q1 loses marks: double(21) is 42" in said


def test_each_wrong_answer_is_tried_once_among_right_ones() -> None:
    """Of three questions two have wrong answers, each time another two, until all were tried."""
    known = [Variant(f"q{q}", right, f"{right} {n}", "")
             for q in (1, 2, 3) for right in (True, False) for n in range(2)]  # fmt: skip
    mixed = list(table.mixed(known, ["q1", "q2", "q3"]))
    wrong = [sorted(q for q, v in answers.items() if not v.right) for answers in mixed]
    assert wrong == [["q2", "q3"], ["q1", "q2"], ["q1", "q3"]]
    titles = [v.title for answers in mixed for v in answers.values()]
    assert sorted(titles) == ["False 0"] * 3 + ["False 1"] * 3 + ["True 0"] * 3


def test_wrong_answers_that_only_one_question_has_left_are_tried() -> None:
    """Also when it is this question's turn to be answered rightly."""
    known = [Variant(q, right, f"{right} {n}", "")
             for q, most in (("q1", 4), ("q2", 0)) for right in (True, False)
             for n in range(1 if right else most)]  # fmt: skip
    mixed = list(table.mixed(known, ["q1", "q2"]))
    assert [answers["q1"].title for answers in mixed] == [f"False {n}" for n in range(4)]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", "the notebook is empty or larger than 20 MB: clear its outputs"),
        (b"no json", "not graded: "),
    ],
)
def test_what_is_no_notebook_is_graded_as_nothing(
    small: Assignment, tmp_path: Path, content: bytes, status: str
) -> None:
    """No marks, and a status that a student can act on."""
    path = tmp_path / "mine.ipynb"
    path.write_bytes(content)
    result = grade(small, path)
    assert result.status.startswith(status)
    assert result.total == 0


@pytest.mark.parametrize(
    ("names", "status"), [(["a.ipynb", "b.ipynb"], "2 notebooks"), ([], "0 notebooks")]
)
def test_a_zip_holds_one_notebook(
    small: Assignment, tmp_path: Path, names: list[str], status: str
) -> None:
    """With none or several it is not guessed which is meant."""
    path = tmp_path / "mine.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name in names:
            packed.writestr(name, "{}")
    assert grade(small, path).status == f"the zip holds {status}, not one"


def test_a_submission_that_refuses_to_end_is_stopped(small: Assignment, tmp_path: Path) -> None:
    """Even when it catches the interruption; the grader goes on."""
    stubborn = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    notebook = table.with_answers(nbformat.read(small.reference, 4), {"q1": stubborn})
    nbformat.write(notebook, tmp_path / "mine.ipynb")
    result = grade(small, tmp_path / "mine.ipynb", seconds=4)
    assert result.status == "stopped after 4 s: a cell does not end"
    assert result.total == 0


def test_a_submission_sees_nothing_of_the_instructor(
    small: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither secrets in the environment nor the home folder."""
    monkeypatch.setenv("COURSE_TOKEN", "secret")
    curious = ("import os\nfrom pathlib import Path\n"
               f"seen = 'COURSE_TOKEN' in os.environ or str(Path.home()) == {str(Path.home())!r}\n"
               "def double(x):\n    return 0 if seen else 2 * x")  # fmt: skip
    notebook = table.with_answers(nbformat.read(small.reference, 4), {"q1": curious})
    nbformat.write(notebook, tmp_path / "mine.ipynb")
    assert grade(small, tmp_path / "mine.ipynb").total == 2


def test_a_report_says_what_failed_and_what_a_person_reads(small: Assignment) -> None:
    """A student sees marks, the message of a failed test, and what is still open."""
    result = Graded("mine.ipynb", "graded", {"q1": 0.0}, {"q1": 2.0}, {"q1": "double(1) is 2"})
    text = report(result, [q for q in questions(small) if q.manual])
    assert "## q1: 0 of 2\n\n```text\ndouble(1) is 2\n```" in text
    assert "## q2: read by a person, of 3" in text


# ---- the book's own


def test_there_are_assignments() -> None:
    """Discovery finds sources, so that the checks below check something."""
    assert len(ASSIGNMENTS) >= 2


@pytest.mark.parametrize("assignment", ASSIGNMENTS, ids=lambda a: a.name)
def test_each_question_has_enough_variants(assignment: Assignment) -> None:
    """A grader is tested with at least five misconceptions and two other right answers."""
    assert table.too_few(assignment) == []


@pytest.mark.book
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("assignment", ASSIGNMENTS, ids=lambda a: a.name)
def test_the_grader_is_right_about_every_answer(assignment: Assignment, part: int) -> None:
    """The mutation table: who adds a wrong answer that the grader misses reads its name here."""
    cases = table.cases(assignment)[part::PARTS]
    graded = table.examine(assignment, cases, at_a_time=1)
    problems = list(filter(None, map(table.problem, cases, graded)))
    assert not problems, "\n".join(problems)


@pytest.mark.book
def test_the_published_table_counts_the_variants_there_are() -> None:
    """Instructors read what was tested, and all of it was caught."""
    card = json.loads(command.CARD.read_text(encoding="utf-8"))
    assert card == {a.name: command.counts(a, []) for a in ASSIGNMENTS}


@pytest.mark.book
@pytest.mark.parametrize("assignment", ASSIGNMENTS, ids=lambda a: a.name)
def test_a_students_path_leads_to_a_report(assignment: Assignment, tmp_path: Path) -> None:
    """Download from the site, unpack, fill in, run, check, export; the instructor grades that."""
    [download] = (SITE / "_downloads").rglob(assignment.handout.name)
    with zipfile.ZipFile(download) as packed:
        packed.extractall(tmp_path)
    folder = tmp_path / assignment.name
    exported = fill_in_and_export(folder, assignment)
    out = tmp_path / "grades"
    assert command.main(["grade", assignment.name, str(exported), "--out", str(out)]) == 0
    text = (out / f"{exported.stem}.md").read_text(encoding="utf-8")
    marks = sum(q.points for q in questions(assignment) if not q.manual)
    assert f"Marks of the tests: {marks:g} of {marks:g}" in text
    assert (out / "marks.csv").read_text(encoding="utf-8").startswith("submission,status,total,")


def fill_in_and_export(folder: Path, assignment: Assignment) -> Path:
    """Write the reference's code into the student's notebook, run all cells, return the zip."""
    from nbclient import NotebookClient

    path = folder / f"{assignment.name}.ipynb"
    notebook = nbformat.read(path, 4)
    solved = [c.source for c in nbformat.read(assignment.reference, 4).cells
              if "otter_assign_solution_cell" in c.metadata.get("tags", [])
              and c.cell_type == "code"]  # fmt: skip
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    empty = [cell for cell in code if "otter_answer_cell" in cell.metadata.get("tags", [])]
    for cell, source in zip(empty, solved, strict=True):
        cell.source = source
    nbformat.write(notebook, path)
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(
        notebook, timeout=120, resources=resources, kernel_manager_class=KernelManager
    )
    client.execute()
    checks = [str(c.outputs) for c in notebook.cells if c.source.startswith("grader.check(")]
    assert checks
    assert all("passed" in said for said in checks), checks
    [exported] = folder.glob("*.zip")
    return exported
