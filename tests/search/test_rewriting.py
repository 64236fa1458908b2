"""A rewriter shows its examples, takes the first line, and never leaves a query empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from catalogkit.language.generation import GenerativeModel
from catalogkit.search.rewriting import Rewriter


@dataclass
class Scripted:
    """Answers by a table, and notes what it was asked."""

    answers: dict[str, str]
    asked: list[str] = field(default_factory=list)

    def chat(self, *turns: str) -> str:
        """Join the turns."""
        return " | ".join(turns)

    def write_each(self, prompts: Sequence[str], *, max_tokens: int) -> list[str]:
        """Answer each prompt by its last word, cut after some words."""
        self.asked += prompts
        answers = [self.answers.get(prompt.split()[-1], "") for prompt in prompts]
        return [" ".join(answer.split(" ")[:max_tokens]) for answer in answers]


def rewriter(scripted: Scripted, *examples: tuple[str, str]) -> Rewriter:
    """Let the scripted model stand for a generative one."""
    return Rewriter(cast("GenerativeModel", scripted), "Say it otherwise:", examples)


def test_the_first_line_is_taken_and_quotes_are_not() -> None:
    """What a model adds below, or around, is no query."""
    model = Scripted({"tea": '"a hot drink"\nI hope this helps!'})
    assert rewriter(model).rewrite(["tea"]) == ["a hot drink"]


def test_where_nothing_is_written_the_query_stays() -> None:
    """An empty answer and one of quotes alone."""
    assert rewriter(Scripted({"soap": '""'})).rewrite(["tea", "soap"]) == ["tea", "soap"]


def test_equal_queries_are_asked_once() -> None:
    """And each gets the answer."""
    model = Scripted({"tea": "drink"})
    assert rewriter(model).rewrite(["tea", "tea"]) == ["drink", "drink"]
    assert model.asked == ["Say it otherwise: tea"]


def test_examples_come_before_the_query() -> None:
    """Each with its answer."""
    model = Scripted({})
    rewriter(model, ("bulb", "lamp")).rewrite(["tea"])
    assert model.asked == ["Say it otherwise: bulb | lamp | Say it otherwise: tea"]


def test_a_rewrite_is_cut_after_some_tokens() -> None:
    """As many as were asked for."""
    model = Scripted({"tea": "a hot drink"})
    assert rewriter(model).rewrite(["tea"], max_tokens=2) == ["a hot"]
