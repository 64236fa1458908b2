"""Rules for what every chapter gives its reader: opening, predictions, exercises, quiz, reading."""

from __future__ import annotations

import re

from book.tools.rules.markdown import Directive
from book.tools.rules.problems import Problem
from book.tools.rules.reading import Notebook, section

EXERCISES = (2, 4)
QUESTIONS = 3
OPENING_CELLS = 4
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SECTION = re.compile(r"\b[TRXDS]-\d|\bsections?\s+\d")
_LEARN = re.compile(r"what you(?:'|’)?(?: wi)?ll learn", re.IGNORECASE)
_QUESTION = re.compile(r"^\**\d+[.)]\s")


def check_opening(notebook: Notebook) -> list[Problem]:
    """Demand a title, its source sections with the document's own heading, and what is learnt."""
    first = notebook.cells[0]
    lines = first["source"].splitlines() if first["cell_type"] == "markdown" else []
    titles = [line for line in notebook.markdown.prose if re.match(r"#\s", line)]
    found = []
    if not any(re.match(r"#\s", line) for line in lines) or len(titles) != 1:
        what = f"the chapter has {len(titles)} titles, or the first cell has none"
        found.append(Problem(notebook.place(0), what, "open with the one line `# Title`"))
    if not any(_SECTION.search(line) and _CHINESE.search(line) for line in lines):
        what = "names no source section with the document's own heading"
        remedy = "add a line such as `Source: document T, section 3.2.2: 文本预处理` to it"
        found.append(Problem(notebook.place(0), what, remedy))
    opening = "\n".join(cell["source"] for cell in notebook.cells[:OPENING_CELLS])
    if not _LEARN.search(opening):
        what = "does not say what the reader will learn"
        remedy = f"put an admonition `What you will learn` into the first {OPENING_CELLS} cells"
        found.append(Problem(notebook.file, what, remedy))
    return found


def check_predictions(notebook: Notebook) -> list[Problem]:
    """Demand that the reader commits to an answer at least once before a cell runs."""
    directives = notebook.markdown.directives
    if any("predict" in d.argument.lower() for d in directives if d.name == "admonition"):
        return []
    remedy = "ask before a telling cell: ```{admonition} Predict"
    return [Problem(notebook.file, "never asks the reader to predict", remedy)]


def check_exercises(notebook: Notebook) -> list[Problem]:
    """Demand a few labelled exercises, each with its own folded solution."""
    named: dict[str, list[Directive]] = {"exercise": [], "solution": []}
    for directive in notebook.markdown.directives:
        named.setdefault(directive.name.removesuffix("-start"), []).append(directive)
    exercises, solutions = named["exercise"], named["solution"]
    low, high = EXERCISES
    found = []
    if not low <= len(exercises) <= high:
        what = f"has {len(exercises)} exercises, not {low} to {high}"
        found.append(Problem(notebook.file, what, "write them as ```{exercise} with a :label:"))
    answered = {solution.argument for solution in solutions}
    for label in (exercise.options.get("label", "") for exercise in exercises):
        if label not in answered:
            what = f"the exercise {label or 'without a label'!r} has no solution"
            found.append(Problem(notebook.file, what, "add ```{solution} with its label"))
    for solution in solutions:
        if "dropdown" not in solution.options.get("class", ""):
            what = f"the solution of {solution.argument!r} is open"
            found.append(Problem(notebook.file, what, "fold it with `:class: dropdown`"))
    return found


def check_quiz(notebook: Notebook) -> list[Problem]:
    """Demand a quiz: a heading, then three numbered questions, each with its folded answer.

    A question is a line `1. …` outside directives under a heading that contains "Quiz"; between it
    and the next question, or the end of the quiz, stands a `{dropdown} Answer`.
    """
    quiz = section(notebook, "quiz")
    if not quiz:
        return [Problem(notebook.file, "has no quiz", "add a heading `## Quiz` with questions")]
    page = notebook.markdown
    asked = [i for i in quiz if page.depths[i] == 0 and _QUESTION.match(page.prose[i])]
    found = []
    if len(asked) != QUESTIONS:
        what = f"its quiz has {len(asked)} questions, not {QUESTIONS}"
        found.append(
            Problem(notebook.file, what, "number them `1.`, `2.`, `3.` outside directives")
        )
    folds = [d.line for d in page.directives
             if d.name == "dropdown" and d.argument.lower().startswith("answer")]  # fmt: skip
    ends = [*asked[1:], quiz.stop]
    for number, (start, end) in enumerate(zip(asked, ends, strict=False), 1):
        if not any(start < line < end for line in folds):
            what = f"question {number} of its quiz gives no feedback"
            found.append(Problem(notebook.file, what, "put ```{dropdown} Answer under it"))
    return found


def check_further_reading(notebook: Notebook) -> list[Problem]:
    """Demand a section that says where to read on."""
    if section(notebook, "further reading"):
        return []
    remedy = "end with `## Further reading` and citations"
    return [Problem(notebook.file, "has no further reading", remedy)]


def check_all(notebook: Notebook) -> list[Problem]:
    """Run every rule of this module."""
    rules = (check_opening, check_predictions, check_exercises, check_quiz, check_further_reading)
    return [problem for rule in rules for problem in rule(notebook)]
