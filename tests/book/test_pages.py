"""The tables that the ledger pages show."""

from pathlib import Path

import nbformat
import pytest

from book.tools import pages
from catalogkit import ledger


@pytest.fixture
def no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that nothing has been executed."""
    monkeypatch.setattr(pages, "cards", dict)


def test_a_treated_section_is_a_link_and_the_others_are_planned() -> None:
    """The map promises nothing that is not there."""
    table = pages.section_map({"T-3.2.2"})
    assert (
        "| {ref}`T-3.2.2 <T-3.2.2>` | Text preprocessing · 文本预处理 | taxonomy/03_text |" in table
    )
    assert "| [T-3.2.3]{.id} |" in table
    assert "taxonomy/04_annotation (planned) |" in table


def test_the_map_has_a_row_for_every_section() -> None:
    """No section of the documents is lost on the way to the page."""
    rows = [line for line in pages.section_map(set()).splitlines() if "(planned)" in line]
    assert len(rows) == len(ledger.entries("sections")) == 125


def test_a_decided_claim_shows_verdict_and_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verdict and numbers come from the card of the run."""
    effect = {"value": -0.05, "low": -0.08, "high": -0.02, "n": 9, "level": 0.95}
    record = {"verdict": "not supported", "effects": {"letters": effect}}
    monkeypatch.setattr(pages, "cards", lambda: {"x": {"claims": {"T-C05": record}}})
    decided = pages.claims({"T-C05"}).split("## T ·")[0]
    assert "**not supported** | letters: −0.050 (−0.080 to −0.020) | `low > 0` |" in decided


def test_a_claim_without_a_run_is_planned(no_run: None) -> None:
    """Nobody reads a verdict that was not measured."""
    assert "| [T-C01]{.id} | Automatic annotation" in pages.claims(set())
    assert "**" not in pages.claims(set())


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    """Markdown would otherwise shift the columns."""
    assert "a\\|b" in pages._table(("x",), [("a|b",)])


def test_a_page_keeps_all_but_its_mark() -> None:
    """Only the line that asks for a table is replaced."""
    page = pages.fill("before\n\n% generated: errata\n\nafter", {"T-E01"})
    assert page.startswith("before\n\n## T ·")
    assert page.endswith("after")
    assert "{ref}`T-E01 <T-E01>`" in page


def test_an_unknown_mark_is_an_error() -> None:
    """A slip in a page's mark fails the build instead of leaving a hole."""
    with pytest.raises(KeyError, match="errrata"):
        pages.fill("% generated: errrata", set())


def test_labels_are_found_in_notebooks_and_pages(tmp_path: Path) -> None:
    """Only labels of the documents' ids count, and only in text cells."""
    text = nbformat.v4.new_markdown_cell("(T-E01)=\n## A\n\n(figure-1)=")
    code = nbformat.v4.new_code_cell("(T-E02)=")
    nbformat.write(nbformat.v4.new_notebook(cells=[text, code]), tmp_path / "a.ipynb")
    (tmp_path / "b.md").write_text("(R-3.2.1)=\n# B", encoding="utf-8")
    assert pages.labels_in([tmp_path / "a.ipynb", tmp_path / "b.md"]) == {"T-E01", "R-3.2.1"}
