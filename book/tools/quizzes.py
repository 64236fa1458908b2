"""Read a chapter's quiz: three questions with options, the right one, and feedback on each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SECTION = re.compile(r"^## Quiz\s*$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_QUESTION = re.compile(r"^\d+\. +(.*?)(?=^\d+\. |\Z)", re.MULTILINE | re.DOTALL)
_OPTION = re.compile(r"^ +- \*\*([a-z])\*\* +(.*?)(?=^ +- \*\*|^\s*$|\Z)", re.MULTILINE | re.DOTALL)
_ANSWER = re.compile(r"^```\{dropdown\} Answer\s*$(.*?)^```", re.MULTILINE | re.DOTALL)
_KEY = re.compile(r"^% key: *(.+?) *$", re.MULTILINE)
_RIGHT = re.compile(r"^\*\*([a-z])\.\*\* +(.*?)(?=^\s*$|\Z)", re.MULTILINE | re.DOTALL)
_WRONG = re.compile(r"^\*\*([a-z])\*\* +(.*?)(?=^\s*$|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Question:
    """One question; right: the letters called right, one if all is well; key: code or ''.

    options and feedback map letters to their texts; feedback is on the wrong options.
    """

    text: str
    options: dict[str, str] = field(default_factory=dict)
    right: tuple[str, ...] = ()
    feedback: dict[str, str] = field(default_factory=dict)
    key: str = ""


def questions(markdown: str) -> list[Question]:
    """Return the questions under the heading `## Quiz`, [] if there is none."""
    section = _SECTION.search(markdown)
    return [_question(found[1]) for found in _QUESTION.finditer(section[1] if section else "")]


def _question(text: str) -> Question:
    """Take one question apart; what is missing stays empty."""
    asked, _, rest = text.partition("\n\n")
    answer = "".join(_ANSWER.findall(rest))
    key = _KEY.search(answer)
    return Question(
        text=" ".join(asked.split()),
        options=_texts(_OPTION, rest),
        right=tuple(found[1] for found in _RIGHT.finditer(answer)),
        feedback=_texts(_WRONG, answer),
        key=key[1] if key else "",
    )


def _texts(pattern: re.Pattern[str], text: str) -> dict[str, str]:
    return {found[1]: " ".join(found[2].split()) for found in pattern.finditer(text)}
