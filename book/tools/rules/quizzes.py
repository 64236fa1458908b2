"""Rules for quizzes: whole questions, feedback on every option, answers that no pattern betrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import mean

from book.tools.quizzes import Question, questions
from book.tools.rules.problems import Problem
from book.tools.rules.reading import Notebook

LETTERS = ("a", "b", "c")
LONGEST_OPTION = 20
SHORTEST_FEEDBACK = 4
# A third, give or take two standard deviations of 180 fair draws.
FAIR = (0.26, 0.41)


def check_questions(notebook: Notebook) -> list[Problem]:
    """Demand three distinct short options a question, one right, feedback on each of the others."""
    found = []
    for number, question in enumerate(of(notebook), 1):
        where = f"{notebook.file}, quiz question {number}"
        found += [Problem(where, what, "see tests/book/test_quiz_rules.py for the form") for what in
                  _faults(question)]  # fmt: skip
    return found


def check_answers_differ(notebook: Notebook) -> list[Problem]:
    """Demand that the letter of a chapter's first answer does not give away the others."""
    right = [question.right for question in of(notebook)]
    if len(right) < 2 or len(set(right)) > 1:
        return []
    what = f"all answers of its quiz are {''.join(right[0]) or 'missing'}"
    return [Problem(notebook.file, what, "move an option")]


def check_unbiased(quizzes: Mapping[str, list[Question]]) -> list[Problem]:
    """Demand that over the book neither place nor length of an option tells that it is right."""
    asked = [q for quiz in quizzes.values() for q in quiz if not _faults(q)]
    signs: dict[str, Callable[[Question], bool]] = {
        f"option {letter}": lambda q, letter=letter: q.right == (letter,)  # type: ignore[misc]
        for letter in LETTERS
    }
    signs |= {"the longest option": lambda q: is_right(q, max),
              "the shortest option": lambda q: is_right(q, min)}  # fmt: skip
    low, high = FAIR
    return [
        Problem("the quizzes", f"{sign} is right in {share:.0%} of all questions",
                f"keep it between {low:.0%} and {high:.0%}")
        for sign, holds in signs.items()
        if asked and not low <= (share := mean(map(holds, asked))) <= high
    ]  # fmt: skip


def is_right(question: Question, extreme: Callable[..., str]) -> bool:
    """Tell whether the longest (max) or the shortest (min) option, in characters, is right."""
    return question.right == (extreme(question.options, key=lambda o: len(question.options[o])),)


def of(notebook: Notebook) -> list[Question]:
    """Return a chapter's questions."""
    texts = (cell["source"] for cell in notebook.cells if cell["cell_type"] == "markdown")
    return questions("\n\n".join(texts))


def _faults(question: Question) -> list[str]:
    """Say what a question lacks."""
    options, feedback = question.options, question.feedback
    checks = {
        f"has the options {', '.join(options) or 'none'}, not a, b, c": tuple(options) == LETTERS,
        f"calls {len(question.right)} options right, not one": len(question.right) == 1,
        "has two options alike": len({o.lower() for o in options.values()}) == len(options),
        f"has an option of more than {LONGEST_OPTION} words": all(
            len(text.split()) <= LONGEST_OPTION for text in options.values()
        ),
        "gives no feedback on each wrong option": set(feedback)
        == set(options) - set(question.right)
        and all(len(text.split()) >= SHORTEST_FEEDBACK for text in feedback.values()),
        "has a key that computes nothing": question.key.strip("\"'") not in LETTERS,
    }
    return [what for what, holds in checks.items() if not holds]
