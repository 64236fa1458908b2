"""Grade what students hand in, each in a process of its own; a report for student and teacher."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib

from book.tools.assignments.sources import Assignment, Question, questions
from book.tools.chapters import ROOT
from book.tools.execute import ENVIRONMENT

CELL_SECONDS = 60
SECONDS = 300
LARGEST = 20 * 2**20
PASSED_ON = ("PATH", "LANG", "CATALOGKIT_HOME", "SYSTEMROOT")
_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Graded:
    """The result of one submission.

    status: "graded", or what kept it from being graded; marks: question to marks, without those
    read by a person; messages: question to what its tests said.
    """

    submission: str
    status: str
    marks: dict[str, float]
    possible: dict[str, float]
    messages: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """Return the sum of the marks."""
        return sum(self.marks.values())


def grade(
    assignment: Assignment,
    submission: Path,
    *,
    cell_seconds: int = CELL_SECONDS,
    seconds: int = SECONDS,
) -> Graded:
    """Grade one notebook, or the zip that `grader.export()` made.

    A cell that takes more than cell_seconds is interrupted; a submission that takes more than
    seconds, ends Python or cannot be read gets no marks and a status that says why.
    """
    possible = {q.name: q.points for q in questions(assignment) if not q.manual}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            notebook = _notebook(submission, folder)
            tests = _run(assignment, notebook, folder, cell_seconds, seconds)
        except NotGradedError as reason:
            return Graded(submission.name, str(reason), dict.fromkeys(possible, 0.0), possible)
    scores = {test["name"]: float(test.get("score", 0)) for test in tests}
    said = {test["name"]: _ESCAPE.sub("", test.get("output", "")).strip() for test in tests}
    missing = set(possible) - set(scores)
    return Graded(
        submission.name,
        f"not graded to the end: {', '.join(sorted(missing))}" if missing else "graded",
        {question: scores.get(question, 0.0) for question in possible},
        possible,
        said,
    )


class NotGradedError(Exception):
    """A submission that cannot be graded; the text says why, for the student to read."""


def report(result: Graded, by_hand: list[Question]) -> str:
    """Write what a student gets back, as Markdown."""
    lines = [f"# {result.submission}", "", f"Status: {result.status}.", ""]
    total, possible = result.total, sum(result.possible.values())
    lines += [f"Marks of the tests: {total:g} of {possible:g}", ""]
    for question, points in result.possible.items():
        lines += [f"## {question}: {result.marks[question]:g} of {points:g}", ""]
        if result.marks[question] < points and question in result.messages:
            lines += ["```text", result.messages[question], "```", ""]
    for read in by_hand:
        lines += [f"## {read.name}: read by a person, of {read.points:g}", ""]
    return "\n".join(lines)


def _notebook(submission: Path, folder: Path) -> Path:
    """Copy the one notebook of a submission; nothing else of a zip is unpacked or read."""
    target = folder / "submission.ipynb"
    if submission.suffix != ".zip":
        content = submission.read_bytes() if submission.stat().st_size <= LARGEST else b""
    else:
        try:
            with zipfile.ZipFile(submission) as packed:
                inside = [i for i in packed.infolist() if i.filename.endswith(".ipynb")]
                if len(inside) != 1:
                    raise NotGradedError(f"the zip holds {len(inside)} notebooks, not one")
                small = inside[0].file_size <= LARGEST
                content = packed.read(inside[0]) if small else b""
        except zipfile.BadZipFile as error:
            raise NotGradedError("the file is no zip: export it again") from error
    if not content:
        raise NotGradedError("the notebook is empty or larger than 20 MB: clear its outputs")
    target.write_bytes(content)
    return target


def _run(
    assignment: Assignment, notebook: Path, folder: Path, cell_seconds: int, seconds: int
) -> list[dict[str, str]]:
    """Run the sacrificial process; return the tests of its report."""
    command = [sys.executable, "-m", "book.tools.assignments.once", str(notebook),
               str(assignment.autograder.resolve()), str(folder), str(cell_seconds)]  # fmt: skip
    with subprocess.Popen(
        command, cwd=ROOT, env=_environment(folder / "home"), start_new_session=True,
        text=True, errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        try:
            said, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise NotGradedError(f"stopped after {seconds} s: a cell does not end") from error
        finally:
            _end(process)
    found = folder / "results.json"
    if not found.exists():
        raise NotGradedError(_reason(said))
    tests: list[dict[str, str]] = json.loads(found.read_text(encoding="utf-8"))["tests"]
    return tests


def _environment(home: Path) -> dict[str, str]:
    """Make a home of the submission's own and name it; nothing of the instructor's is passed on."""
    fonts = home / "matplotlib"  # a copy of our list of fonts: making it anew takes a second
    shutil.copytree(matplotlib.get_cachedir(), fonts)
    passed = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
    own = {"HOME": str(home), "TMPDIR": str(home), "MPLCONFIGDIR": str(fonts)}
    return passed | ENVIRONMENT | own


def _reason(said: str) -> str:
    """Say in one line why there is no report."""
    if "DeadKernelError" in said:
        return "a cell ended Python itself: nothing could be graded"
    lines = said.strip().splitlines() or ["otter-grader left no report"]
    return f"not graded: {lines[-1]}"


def _end(process: subprocess.Popen[str]) -> None:
    """End a process and all that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
