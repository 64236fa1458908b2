"""Quizzes are whole and fair; planted defects are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from book.tools.quizzes import Question, questions
from book.tools.rules import quizzes as rules
from book.tools.rules.problems import report
from book.tools.rules.reading import Notebook, read_notebooks

ROOT = Path(__file__).parents[2]
CHAPTERS = read_notebooks(ROOT)
QUIZ = """\
## Quiz

1. Which list has the higher nDCG,
   and why?

   - **a** the one with all relevant products at the end
   - **b** the one with all relevant products at the start
   - **c** both, since they hold the same products

```{dropdown} Answer
% key: "ab"[int(1 > 0)]
**b.** The discount falls with the place.

**a** takes the discount for a reward of patience.

**c** describes precision,
which ignores the order.
```

2. Next?

   - **a** yes indeed
   - **b** never
   - **c** perhaps

```{dropdown} Answer
**a.** It is.

**b** is wrong for some reason.

**c** is wrong for another reason.
```

## Further reading

1. No question.
"""


def chapter(text: str) -> Notebook:
    """Return a chapter of one text cell."""
    cell = {"cell_type": "markdown", "metadata": {}, "source": text}
    return Notebook("notebooks/taxonomy/01_x.ipynb", {"cells": [cell]})


def question(options: dict[str, str], right: str) -> Question:
    """Return a whole question with the given options."""
    feedback = dict.fromkeys(set(options) - {right}, "four words at least")
    return Question("?", options, (right,), feedback)


@pytest.mark.parametrize("notebook", CHAPTERS, ids=lambda notebook: notebook.name)
def test_a_quiz_is_whole(notebook: Notebook) -> None:
    """Each question has three options and feedback on all; the letters differ."""
    problems = rules.check_questions(notebook) + rules.check_answers_differ(notebook)
    assert not problems, report(problems)


def test_neither_place_nor_length_tells_the_right_option() -> None:
    """Who always ticks one letter, or the longest option, gets about a third."""
    problems = rules.check_unbiased({n.name: rules.of(n) for n in CHAPTERS})
    assert not problems, report(problems)


def test_a_question_is_taken_apart() -> None:
    """Text, options, the right letter, feedback and key are found, lines joined."""
    first, second = questions(QUIZ)
    assert first.text == "Which list has the higher nDCG, and why?"
    assert first.options["c"] == "both, since they hold the same products"
    assert first.right == ("b",)
    assert first.feedback["c"] == "describes precision, which ignores the order."
    assert first.key == '"ab"[int(1 > 0)]'
    assert second.key == ""


def test_a_good_quiz_has_no_problem() -> None:
    """The example above is the form."""
    assert not rules.check_questions(chapter(QUIZ))
    assert not rules.check_answers_differ(chapter(QUIZ))


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("   - **c** perhaps\n", "", "has the options a, b, not a, b, c"),
        ("**a.** It is.", "It is.", "calls 0 options right, not one"),
        ("**b** is wrong", "**b.** is wrong", "calls 2 options right, not one"),
        ("**c** is wrong for another reason.", "", "gives no feedback on each wrong option"),
        ("**c** is wrong for another reason.", "**c** no.", "gives no feedback on each wrong"),
        ("never", "Yes indeed", "has two options alike"),
        ("never", "never " * 21, "has an option of more than 20 words"),
        ('"ab"[int(1 > 0)]', '"b"', "has a key that computes nothing"),
    ],
)
def test_a_fault_of_a_question_is_named(old: str, new: str, what: str) -> None:
    """The message says which question and what it lacks."""
    problems = rules.check_questions(chapter(QUIZ.replace(old, new)))
    assert any(what in problem.what for problem in problems)
    assert {problem.where[-15:-2] for problem in problems} == {"quiz question"}


def test_one_letter_for_all_answers_is_named() -> None:
    """A reader who was right once need not think again."""
    same = QUIZ.replace("**b.** The", "**a.** The")
    [problem] = rules.check_answers_differ(chapter(same))
    assert problem.what == "all answers of its quiz are a"


@pytest.mark.parametrize(
    ("letters", "lengths", "named"),
    [
        ("aab", (1, 2, 3), "option a"),
        ("abc", (3, 1, 1), None),
    ],
)
def test_a_favored_place_is_named(
    letters: str, lengths: tuple[int, int, int], named: str | None
) -> None:
    """Two thirds in one place are too many, one third is fair."""
    options = {o: o * n for o, n in zip("abc", lengths, strict=True)}
    quiz = [question(options, right) for right in letters]
    found = [p.what for p in rules.check_unbiased({"x": quiz}) if p.what.startswith("option")]
    assert [what.split(" is")[0] for what in found][:1] == ([named] if named else [])


def test_a_right_option_that_is_always_the_longest_is_named() -> None:
    """Length gives answers away more often than place."""
    quiz = [question({o: "long" if o == r else o for o in "abc"}, r) for r in "abc"]
    found = [problem.what for problem in rules.check_unbiased({"x": quiz})]
    assert "the longest option is right in 100% of all questions" in found
