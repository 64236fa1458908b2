"""The tables that the ledger pages show."""

from pathlib import Path

import nbformat
import pytest

from book.tools import pages
from catalogkit import ledger


def test_a_treated_section_is_a_link_and_the_others_are_planned() -> None:
    """The map promises nothing that is not there."""
    table = pages.section_map({"T-3.2.2": "notebooks/taxonomy/03_text.html"})
    assert (
        "| {ref}`T-3.2.2 <T-3.2.2>` | Text preprocessing · 文本预处理 | taxonomy/03_text |" in table
    )
    assert "| [T-3.2.3]{.id} |" in table
    assert "taxonomy/04_annotation (planned) |" in table


def test_the_map_has_a_row_for_every_section() -> None:
    """No section of the documents is lost on the way to the page."""
    rows = [line for line in pages.section_map({}).splitlines() if "(planned)" in line]
    assert len(rows) == len(ledger.entries("sections")) == 125


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    """Markdown would otherwise shift the columns."""
    assert "a\\|b" in pages._table(("x",), [("a|b",)])


def test_a_page_keeps_all_but_its_mark() -> None:
    """Only the line that asks for a table is replaced."""
    page = pages.fill("before\n\n% generated: errata\n\nafter", {"T-E01": "notebooks/a.html"})
    assert page.startswith("before\n\n```{raw} html\n")
    assert page.endswith("```\n\nafter")
    assert 'href="../notebooks/a.html#t-e01"' in page


def test_an_unknown_mark_is_an_error() -> None:
    """A slip in a page's mark fails the build instead of leaving a hole."""
    with pytest.raises(KeyError, match="errrata"):
        pages.fill("% generated: errrata", {})


def test_labels_are_found_in_notebooks_and_pages(tmp_path: Path) -> None:
    """Only labels of the documents' ids count, and only in text cells."""
    text = nbformat.v4.new_markdown_cell("(T-E01)=\n## A\n\n(figure-1)=")
    code = nbformat.v4.new_code_cell("(T-E02)=")
    nbformat.write(nbformat.v4.new_notebook(cells=[text, code]), tmp_path / "a.ipynb")
    (tmp_path / "b.md").write_text("(R-3.2.1)=\n# B", encoding="utf-8")
    sources = {"notebooks/a": tmp_path / "a.ipynb", "book/b": tmp_path / "b.md"}
    assert pages.labels_in(sources) == {"T-E01": "notebooks/a.html", "R-3.2.1": "book/b.html"}
