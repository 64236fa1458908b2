"""Chapters link to the glossary, once a term, in prose only."""

import pytest

from book.tools.chapters import ROOT
from book.tools.glossary import link_terms, terms_in

TERMS = ["encoder", "frozen encoder", "recall", "catalog"]


def test_the_glossary_s_terms_are_found() -> None:
    """English comes first, Chinese below it, the sentence indented."""
    page = (
        "```{glossary}\nBM25\nBM25 算法\n  A ranking function.\n\nrecall\n召回率\n  A share.\n```"
    )
    assert terms_in(page) == ["BM25", "recall"]


def test_the_book_s_glossary_is_read_whole() -> None:
    """Every entry of the page has its two names and its sentence."""
    page = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8")
    entries = page.split("{glossary}\n")[1].split("\n\n")
    assert len(terms_in(page)) == len(entries) > 100


def test_only_the_first_mention_in_a_chapter_is_a_link() -> None:
    """Later cells are left alone."""
    assert link_terms(["High recall.", "More recall."], TERMS) == [
        "High {term}`recall <recall>`.", "More recall."]  # fmt: skip


def test_a_longer_term_is_preferred() -> None:
    """A frozen encoder is not an encoder that happens to be frozen."""
    assert link_terms(["The frozen encoders win."], TERMS) == [
        "The {term}`frozen encoders <frozen encoder>` win."]  # fmt: skip


@pytest.mark.parametrize(
    "cell",
    ["## Recall", "`recall`", "[recall](a.md)", "$recall$", "| recall |", "{ref}`recall <x>`",
     "**recall**", "```{note}\nrecall\n```", "::::{grid}\nrecall\n::::", "recalling", "re-recall",
     "our catalog"],
)  # fmt: skip
def test_what_is_not_plain_prose_is_left_alone(cell: str) -> None:
    """Code, headings, tables, formulas, links, emphasis, directives, other and everyday words."""
    assert link_terms([cell], TERMS) == [cell]


def test_prose_after_a_directive_is_linked_again() -> None:
    """A closed fence is closed, also one that holds a shorter fence."""
    cell = "````{note}\n```python\nrecall\n```\nrecall\n````\nGood recall."
    assert link_terms([cell], TERMS)[0].endswith("Good {term}`recall <recall>`.")
