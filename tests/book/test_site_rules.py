"""The built site is whole: pictures described, links alive, nothing loaded from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from book.tools.rules import site as site_rules
from book.tools.rules.problems import report
from book.tools.rules.reading import read_passages
from catalogkit import ledger

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
MAP = "book/section_map.html"
DESCRIBE = "say what it shows: cell metadata `mystnb: {image: {alt: …}}`, or `:alt:`"
CAPTION = "add cell metadata `mystnb: {figure: {caption: …, name: …}}`, or text under the figure"
VENDOR = "vendor the file in the book, or do without it: the site must open without a network"
MEND = "mend the link or restore the label that it points to"
FIGURE = """<div class="cell_output"><figure><img src="../_images/a.png" alt="A bar chart of sizes">
<figcaption><p>Sizes.<a class="headerlink" href="#fig">#</a></p></figcaption></figure></div>"""


def site(folder: Path, article: str, head: str = "") -> dict[str, Any]:
    """Write a site of two pages, the given article on the first; return its pages."""
    page = "<html><head>{}</head><body><article class='bd-article'>{}</article></body></html>"
    (folder / "book").mkdir()
    (folder / "book" / "a.html").write_text(page.format(head, f"<h1 id='fig'>A</h1>{article}"))
    (folder / "b.html").write_text(page.format("", "<h1 id='t-3-2-2'>B</h1>"))
    return site_rules.read_site(folder)


def lines(problems: list[Any]) -> list[str]:
    """Return problems as the lines that a contributor reads."""
    return [str(problem) for problem in problems]


# ---- the book itself


@pytest.fixture(scope="module")
def pages() -> dict[str, Any]:
    """Parse the built site once."""
    assert (SITE / "index.html").exists(), "there is no built site: run `make book` first"
    return site_rules.read_site(SITE)


@pytest.mark.book
def test_every_picture_of_the_book_is_described(pages: dict[str, Any]) -> None:
    """Who cannot see a figure reads what it shows, and everybody reads its caption."""
    problems = site_rules.check_pictures(pages) + site_rules.check_captions(pages)
    assert not problems, report(problems)


@pytest.mark.book
def test_every_link_in_the_book_lands(pages: dict[str, Any]) -> None:
    """No link inside the site is dead, down to its anchor."""
    problems = site_rules.check_links(SITE, pages)
    assert not problems, report(problems)


@pytest.mark.book
def test_the_section_map_is_complete_and_alive(pages: dict[str, Any]) -> None:
    """Every section of the documents is listed, and linked once it is treated."""
    labelled = {label for passage in read_passages(ROOT) for label in passage.markdown.labels}
    problems = site_rules.check_section_map(MAP, pages, ledger.entries("sections"), labelled)
    assert not problems, report(problems)


@pytest.mark.book
def test_the_book_shows_no_raw_markup(pages: dict[str, Any]) -> None:
    """Roles are rendered, glued numbers are plain, the builder left no error in the text."""
    problems = site_rules.check_rendering(pages)
    assert not problems, report(problems)


@pytest.mark.book
def test_the_book_loads_nothing_from_elsewhere(pages: dict[str, Any]) -> None:
    """The site works without a network."""
    problems = site_rules.check_offline(SITE, pages)
    assert not problems, report(problems)


# ---- planted


def test_a_page_in_order_has_no_problem(tmp_path: Path) -> None:
    """A described figure, a live link, mathematics and code that look like roles."""
    article = FIGURE + (
        "<a href='../b.html#t-3-2-2'>b</a><a href='#fig'>a</a><a href='https://example.org/x'>x</a>"
        "<span class='math'>\\(\\frac{a}{b}\\)</span><code>{glue:text}</code><img src='data:x' "
        "alt='The mark of the book'>"
    )
    pages = site(tmp_path, article, "<script src='../_static/a.js'></script>")
    problems = site_rules.check_pictures(pages) + site_rules.check_captions(pages)
    problems += site_rules.check_links(tmp_path, pages) + site_rules.check_rendering(pages)
    problems += site_rules.check_offline(tmp_path, pages)
    assert not problems, report(problems)


@pytest.mark.parametrize("alt", ["", "../_images/a.png", "a.png", "output", "_images/3f/a b.png"])
def test_a_missing_alternative_text_is_named(tmp_path: Path, alt: str) -> None:
    """Nothing, a path or a single word describes no figure."""
    pages = site(tmp_path, f"<img src='../_images/a.png' alt='{alt}'>")
    assert lines(site_rules.check_pictures(pages)) == [
        f"book/a.html: the picture a.png has no alternative text, only {alt!r} — {DESCRIBE}"
    ]


@pytest.mark.parametrize("caption", ["", "<figcaption><a href='#fig'>#</a></figcaption>"])
def test_a_figure_without_caption_is_named(tmp_path: Path, caption: str) -> None:
    """A caption that is only its own link is none."""
    pages = site(tmp_path, f"<figure><img src='x/a.png' alt='Three plain words'>{caption}</figure>")
    assert lines(site_rules.check_captions(pages)) == [
        f"book/a.html: the figure a.png has no caption — {CAPTION}"
    ]


def test_a_cells_picture_that_is_no_figure_is_named(tmp_path: Path) -> None:
    """A plot without metadata has no caption."""
    pages = site(
        tmp_path, "<div class='cell_output'><img src='x/a.png' alt='Three plain words'></div>"
    )
    assert lines(site_rules.check_captions(pages)) == [
        f"book/a.html: the picture a.png of a cell is no figure and has no caption — {CAPTION}"
    ]


@pytest.mark.parametrize(
    ("link", "what"),
    [
        ("../c.html", "which is not in the site"),
        ("b.html", "which is not in the site"),
        ("../b.html#t-9", "but there is no such place there"),
        ("#nowhere", "but there is no such place there"),
    ],
)
def test_a_dead_link_is_named(tmp_path: Path, link: str, what: str) -> None:
    """A missing page and a missing anchor are both dead ends."""
    pages = site(tmp_path, f"<a href='{link}'>there</a>")
    assert lines(site_rules.check_links(tmp_path, pages)) == [
        f"book/a.html: links to {link}, {what} — {MEND}"
    ]


def test_a_gap_in_the_section_map_is_named(tmp_path: Path) -> None:
    """A section that is treated is linked, one that is not is at least listed."""
    pages = site(tmp_path, "<p>T-3.2.2 <a href='../b.html#t-3-2'>x</a> T-3.3 (planned)</p>")
    ids, labelled = ["T-3.2.2", "T-3.3", "T-4.1"], {"T-3.2.2"}
    remedy = "run `make book`; the map is made from book/ledger/sections.yml and the labels"
    assert lines(site_rules.check_section_map("book/a.html", pages, ids, labelled)) == [
        f"book/a.html: does not list T-4.1 — {remedy}",
        f"book/a.html: lists T-3.2.2 without a link to where it is treated — {remedy}",
    ]


@pytest.mark.parametrize("raw", ["{glue:text}", "{ref}", "np.float64("])
def test_raw_markup_is_named(tmp_path: Path, raw: str) -> None:
    """A reader sees numbers and links, never roles or wrappers."""
    pages = site(tmp_path, f"<p>It reaches {raw}0.5).</p>")
    assert lines(site_rules.check_rendering(pages)) == [
        f"book/a.html: shows raw markup: {raw} — mend the role, or glue `float(x)`"
    ]


def test_an_error_of_the_builder_is_named(tmp_path: Path) -> None:
    """What docutils could not read stands in red on the page."""
    pages = site(tmp_path, "<span class='problematic'>`x`</span>")
    assert lines(site_rules.check_rendering(pages)) == [
        "book/a.html: shows an error of docutils: `x` — mend the markup that it names"
    ]


@pytest.mark.parametrize(
    "head",
    [
        "<script src='https://cdn.example/x.js'></script>",
        "<script src='//cdn.example/x.js'></script>",
        "<link rel='stylesheet' href='https://cdn.example/x.js'>",
        "<link rel='preload' as='font' href='https://cdn.example/x.js'>",
        "<img src='https://cdn.example/x.js'>",
        "<script type='module'>import x from 'https://cdn.example/x.js'</script>",
        "<style>@import 'https://cdn.example/x.js';</style>",
        "<div style=\"background: url('https://cdn.example/x.js')\"></div>",
    ],
)
def test_what_a_page_loads_from_elsewhere_is_named(tmp_path: Path, head: str) -> None:
    """Scripts, styles, fonts and pictures come with the book."""
    pages = site(tmp_path, "", head)
    [line] = lines(site_rules.check_offline(tmp_path, pages))
    assert line.startswith("book/a.html: loads ")
    assert line.endswith(f"//cdn.example/x.js — {VENDOR}")


def test_what_a_style_sheet_loads_from_elsewhere_is_named(tmp_path: Path) -> None:
    """A font behind a style sheet is a request too; a comment's address is not."""
    (tmp_path / "a.css").write_text(
        "/* https://example.org */ @font-face{src:url(https://f.example/a)}"
    )
    assert lines(site_rules.check_offline(tmp_path, site(tmp_path, ""))) == [
        f"a.css: loads https://f.example/a — {VENDOR}"
    ]


def test_a_canonical_link_loads_nothing(tmp_path: Path) -> None:
    """Only links that a browser follows by itself count."""
    pages = site(tmp_path, "", "<link rel='canonical' href='https://example.org/'>")
    assert site_rules.check_offline(tmp_path, pages) == []
