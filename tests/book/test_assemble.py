"""What a page cannot show is left out; what a published site needs comes with its address."""

from pathlib import Path
from typing import Any

import nbformat
import pytest

from book.tools import assemble


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Assemble into an empty folder."""
    monkeypatch.setattr(assemble, "STAGE", tmp_path)
    return tmp_path


def settings(address: str) -> dict[str, Any]:
    """Return the part of the settings that concerns the published site."""
    return {"title": "A book", "html": {"baseurl": address},
            "sphinx": {"extra_extensions": [], "config": {}}}  # fmt: skip


def test_the_page_for_what_is_lost_links_from_the_site_s_address(stage: Path) -> None:
    """It is served at any depth, where relative links would lead astray."""
    assemble._face_the_web(settings("https://example.org/shop/"))
    lost = (stage / "book" / "extra" / "404.html").read_text()
    assert 'href="https://example.org/shop/book/claims.html"' in lost
    assert "{{" not in lost


def test_previews_and_sitemap_come_with_the_address(stage: Path) -> None:
    """Both need absolute addresses."""
    config = settings("https://example.org/shop")
    assemble._face_the_web(config)
    assert config["sphinx"]["extra_extensions"] == ["sphinxext.opengraph", "sphinx_sitemap"]
    assert config["sphinx"]["config"]["ogp_site_url"] == "https://example.org/shop/"


def test_without_an_address_nothing_is_promised(stage: Path) -> None:
    """A local copy has no preview, but still its page for what is lost."""
    config = settings("")
    assemble._face_the_web(config)
    assert config["sphinx"] == {"extra_extensions": [], "config": {}}
    assert (stage / "book" / "extra" / "404.html").exists()


def test_a_progress_bar_is_left_out() -> None:
    """A page could show it only with scripts from elsewhere; the figure beside it stays."""
    data = [{assemble.WIDGET: {}, "text/plain": "0 %"}, {"image/png": ""}]
    shown = [nbformat.v4.new_output("display_data", each) for each in data]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(outputs=shown), nbformat.v4.new_markdown_cell("Text.")],
        metadata={"widgets": {}},
    )
    assemble.without_widgets(notebook)
    assert [list(output.data) for output in notebook.cells[0].outputs] == [["image/png"]]
    assert "widgets" not in notebook.metadata
