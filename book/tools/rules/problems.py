"""What a check found: where, what is wrong, and what puts it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One defect of the book, as one line that a contributor can act on."""

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} — {self.remedy}"


def report(problems: Iterable[Problem]) -> str:
    """Write problems one a line, after a line break, as the message of an assertion."""
    return "".join(f"\n{problem}" for problem in problems)
