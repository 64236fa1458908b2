"""Where an assignment's files live, its questions and marks, and the variants that test them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
import yaml

from book.tools.chapters import BUILD, NOTEBOOKS

SOURCES = NOTEBOOKS / "assignments"
BUILT = BUILD / "assignments"
_QUESTION = "# BEGIN QUESTION\n"
_VARIANT = re.compile(r"^# %% (?:(wrong|right): )?(.*)$", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Assignment:
    """One instructor's source; `name` is its file without the ending."""

    name: str
    sources: Path = SOURCES
    built: Path = BUILT

    @property
    def source(self) -> Path:
        """The instructor's notebook in git."""
        return self.sources / f"{self.name}.ipynb"

    @property
    def folder(self) -> Path:
        """Where what is generated goes."""
        return self.built / self.name

    @property
    def student(self) -> Path:
        """The folder of what students get: notebook and public tests."""
        return self.folder / "student"

    @property
    def handout(self) -> Path:
        """The same as one file to download."""
        return self.folder / f"{self.name}.zip"

    @property
    def reference(self) -> Path:
        """The notebook with the solutions."""
        return self.folder / "autograder" / f"{self.name}.ipynb"

    @property
    def autograder(self) -> Path:
        """What otter-grader and course platforms grade with."""
        return self.folder / "autograder.zip"


@dataclass(frozen=True)
class Question:
    """One question and its marks; manual: read by a person, with a rubric."""

    name: str
    points: float
    manual: bool


@dataclass(frozen=True)
class Variant:
    """Another answer to a question: right, or wrong with the misconception that it stands for."""

    question: str
    right: bool
    title: str
    code: str


def discover() -> list[Assignment]:
    """Return every assignment on disk."""
    return [Assignment(path.stem) for path in sorted(SOURCES.glob("*.ipynb"))]


def questions(assignment: Assignment) -> list[Question]:
    """Read the questions and their marks from the source, in order."""
    cells = nbformat.read(assignment.source, 4).cells
    texts = (c.source for c in cells if c.cell_type == "raw" and c.source.startswith(_QUESTION))
    settings = (yaml.safe_load(text) for text in texts)
    return [Question(s["name"], s.get("points", 1), s.get("manual", False)) for s in settings]


def title(assignment: Assignment) -> str:
    """Return the title that the source opens with."""
    cells = nbformat.read(assignment.source, 4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return str(re.search(r"^# (.+)$", text, re.MULTILINE)[1])  # type: ignore[index]


def variants(assignment: Assignment) -> list[Variant]:
    """Read the variants of every question that is graded by tests, wrong ones and right ones.

    They stand in a folder named as the assignment, one file a question, in cells that start with
    `# %% wrong: title` or `# %% right: title`.
    Raises ValueError naming the file when a question has none or a cell no such title.
    """
    found: list[Variant] = []
    for question in questions(assignment):
        if not question.manual:
            found += _read(assignment.source.with_suffix("") / f"{question.name}.py", question.name)
    return found


def wrong_and_right(known: Sequence[Variant], question: str) -> tuple[list[Variant], list[Variant]]:
    """Return the wrong and the right answers to a question, each in their order."""
    own = [one for one in known if one.question == question]
    return [one for one in own if not one.right], [one for one in own if one.right]


def _read(path: Path, question: str) -> Iterator[Variant]:
    """Cut one file at its titles."""
    if not path.exists():
        raise ValueError(f"{path.name} is missing: write wrong and right answers to {question}")
    text = path.read_text(encoding="utf-8")
    heads = list(_VARIANT.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    for head, end in zip(heads, ends, strict=True):
        if not head[1]:
            line = text.count("\n", 0, head.start()) + 1
            raise ValueError(f"{path.name}, line {line}: start with `wrong:` or `right:`")
        code = text[head.end() : end].strip()
        yield Variant(question, head[1] == "right", head[2].strip(), code)
