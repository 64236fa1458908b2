"""Every page of the built site as a browser opens it, and faults planted in one of them."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from book.tools.build_site import SITE
from book.tools.rules.opened import Theme, check_opened, files_of, listen
from book.tools.rules.problems import report
from tests.book.conftest import PAGES

pytestmark = [pytest.mark.book, pytest.mark.browser]

PREFACE = SITE / "book/preface.html"
MATHEMATICS = SITE / "notebooks/taxonomy/07_mathematics.html"
MEDIAN_BYTES = 1_500_000
# One page of each kind is looked at in both themes, the others in one or the other.
KINDS = ("book/preface.html", "book/claims.html", "book/errata.html", "book/glossary.html",
         "book/bibliography.html", "notebooks/taxonomy/03_text.html",
         "notebooks/taxonomy/07_mathematics.html", "search.html")  # fmt: skip
HEAD = "<script src='missing.js'></script>"
PLANTED = {
    "<script>throw new Error('planted')</script>": "a script says: planted",
    HEAD: "failed: file://",
    "<img alt='three words here' src='https://example.org/a.png'>": "https://example.org/a.png is",
    "<img alt='three words here' src='data:image/png;base64,AA'>": "the picture data:image/png",
    "<p>It is \\frac{1}{2}.</p>": "source: It is \\frac{1}{2}.",
    "<p>It is $$x$$.</p>": "source: It is $$x$$.",
    "<p class='math'>x over y</p>": "source: x over y",
    "<div style='width:500px'>wide</div>": "scroll sideways",
    "<script src='late.js'></script>": "the first paint waits for missing.js",
    "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>": "image-alt at",
    "<p style='color:#999;background:#aaa'>pale</p>": "color-contrast at",
    "<pre><span style='color:#ddd;background:#fff'>words</span></pre>": '<span style="color:#ddd',
    "<p><span style='color:#fff;background:#fff'>white</span></p>": "text in the colour of its",
    "<button></button>": "button-name at",
}


def themes(name: str) -> tuple[Theme, ...]:
    """Return the themes in which axe-core looks at a page."""
    here: Theme = "dark" if PAGES.index(name) % 2 else "light"
    return ("dark", "light") if name in KINDS else (here,)


def test_there_are_pages_of_every_kind() -> None:
    """The tests below are vacuous without a site."""
    assert len(PAGES) >= 10, "no site in _build/html: run `make book` first"
    assert set(KINDS) <= set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_whole_for_everybody(phone: BrowserContext, name: str) -> None:
    """No error, nothing from elsewhere, all drawn, it fits a phone, and axe-core is content."""
    problems = check_opened(phone, SITE / name, name, themes(name))
    assert not problems, report(problems)


@pytest.fixture(scope="module")
def faults(phone: BrowserContext, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return what is found on a copy of the preface in which every kind of fault is planted."""
    page = tmp_path_factory.mktemp("planted") / "page.html"
    text = PREFACE.read_text(encoding="utf-8").replace('rel="preload"', 'rel="next"')
    text = text.replace("<head>", f"<head><base href='{PREFACE.parent.as_uri()}/'>{HEAD}", 1)
    article = '<article class="bd-article">'
    assert article in text
    page.write_text(text.replace(article, article + "".join(PLANTED), 1), encoding="utf-8")
    phone.route("https://**", lambda route: route.abort())
    problems = check_opened(phone, page, "planted", ["dark", "light"])
    phone.unroute("https://**")
    return [str(problem) for problem in problems]


@pytest.mark.parametrize("said", PLANTED.values())
def test_a_planted_fault_is_noticed(faults: list[str], said: str) -> None:
    """The check above can fail, on each kind of fault, and names the page."""
    assert [fault for fault in faults if fault.startswith("planted: ") and said in fault]


def test_a_page_that_ignores_its_reader_s_theme_is_noticed(
    phone: BrowserContext, tmp_path: Path
) -> None:
    """A page that is always light is reported to those who read in the dark."""
    (tmp_path / "page.html").write_text("<html data-theme='light'><body>Light.</body></html>")
    problems = check_opened(phone, tmp_path / "page.html", "page", [])
    assert [p.what for p in problems] == ["a reader of dark pages gets another theme"]


def test_pages_are_light() -> None:
    """The median page, with all that it loads, weighs at most a megabyte and a half."""
    weights = [sum(file.stat().st_size for file in files_of(SITE / name)) for name in PAGES]
    assert statistics.median(weights) <= MEDIAN_BYTES


@pytest.mark.parametrize("page", [PREFACE, MATHEMATICS, SITE / "search.html"])
def test_a_browser_loads_no_file_that_was_not_weighed(phone: BrowserContext, page: Path) -> None:
    """What a page's source names is all that it asks for, formulas and search included."""
    opened = phone.new_page()
    heard = listen(opened)
    opened.goto(page.as_uri())
    opened.wait_for_load_state("networkidle")
    opened.close()
    assert page in heard.files
    assert heard.files <= files_of(page)
