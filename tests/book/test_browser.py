"""The built site as readers use it: they go on, search, predict, filter, by keyboard alone."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from book.tools.build_site import SITE
from book.tools.rules.opened import DESK, listen
from tests.book.conftest import PAGES

pytestmark = [pytest.mark.book, pytest.mark.browser]

INDEX = "genindex.html"
STOP = """() => {
  const stop = document.activeElement, style = getComputedStyle(stop);
  const ring = style.outlineStyle != 'none' || style.boxShadow != 'none';
  return [stop.innerText || stop.ariaLabel || stop.className, ring]; }"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the site on a local address, as `make serve` does."""
    handler = partial(QuietHandler, directory=SITE)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serve files without a line for each."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open an empty page in a browser that remembers nothing; no script of it may fail."""
    page = browser.new_page()
    heard = listen(page)
    yield page
    page.close()
    assert heard.errors == []


@pytest.mark.parametrize("name", ["book/preface.html", "notebooks/taxonomy/03_text.html"])
def test_a_served_page_is_as_clean_as_one_from_disk(page: Page, address: str, name: str) -> None:
    """No error, nothing from elsewhere, no file that is not there."""
    heard, missing = listen(page), list[str]()
    page.on("response", lambda r: missing.append(r.url) if r.status >= 400 else None)
    page.goto(address + name)
    page.wait_for_load_state("networkidle")
    assert (heard.errors, heard.outside, missing) == ([], [], [])


def neighbours(name: str, side: str) -> list[str]:
    """Return where a page's link to the page before ("left-prev") or after leads."""
    links = re.findall(rf'<a class="{side}"\s+href="([^"]+)"', (SITE / name).read_text("utf-8"))
    return [posixpath.normpath(posixpath.join(posixpath.dirname(name), link)) for link in links]


def test_next_leads_through_the_whole_book_and_back() -> None:
    """From the preface, next leads once through every page, and previous leads back."""
    visited = ["book/preface.html"]
    while following := neighbours(visited[-1], "right-next"):
        # Sphinx draws its index, the last page, without links at its foot.
        assert neighbours(following[0], "left-prev") == [visited[-1]] or following == [INDEX]
        visited += following
    assert sorted([*visited, "search.html"]) == PAGES


def test_a_reader_goes_on_and_back(page: Page) -> None:
    """The links at the foot of a page lead to the next page and to the one before."""
    page.goto((SITE / "book/preface.html").as_uri())
    page.locator("a.right-next").click()
    page.wait_for_url("**/book/how_to_use.html")
    page.locator("a.left-prev").click()
    page.wait_for_url("**/book/preface.html")


def test_search_finds_a_term(page: Page) -> None:
    """The search page works from disk."""
    page.goto((SITE / "search.html").as_uri() + "?q=bonferroni")
    page.wait_for_selector("ul.search li a", timeout=20_000)
    assert page.locator("ul.search li a[href*='03_text']").count() > 0


def test_a_link_of_the_section_map_lands_on_its_heading(page: Page) -> None:
    """The id T-3.2.2 leads to the heading that treats it."""
    page.goto((SITE / "book/section_map.html").as_uri())
    page.get_by_role("link", name="T-3.2.2", exact=True).click()
    page.wait_for_load_state()
    anchor = page.url.split("#")[1]
    section = page.locator(f"section:has(> [id='{anchor}']), section[id='{anchor}']").first
    assert "文本预处理" in section.locator("h2").first.inner_text()


def test_a_folded_solution_opens_by_keyboard(page: Page) -> None:
    """Quiz answers are folded, focusable and open on Enter."""
    page.goto((SITE / "notebooks/taxonomy/01_background.html").as_uri())
    answer = page.locator("details.sd-dropdown").first
    assert answer.get_attribute("open") is None
    answer.locator("summary").focus()
    page.keyboard.press("Enter")
    assert answer.get_attribute("open") is not None


@pytest.mark.parametrize("width", [1280, 390])
def test_who_reads_by_keyboard_sees_where_they_are(browser: Browser, width: int) -> None:
    """Tab starts with the way to the text, and each stop within the page has a ring."""
    size: ViewportSize = {"width": width, "height": 844}
    page = browser.new_page(viewport=size, reduced_motion="reduce")
    page.goto((SITE / "notebooks/taxonomy/03_text.html").as_uri())
    stops = []
    for _ in range(30 if width < DESK["width"] else 60):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(STOP))
    page.close()
    assert stops[0][0] == "Skip to main content"
    assert [name for name, ring in stops if not ring] == []


def test_a_result_stays_folded_until_the_reader_predicts(page: Page) -> None:
    """The answer opens the result and stays in this browser, by keyboard alone."""
    page.goto((SITE / "notebooks/taxonomy/03_text.html").as_uri())
    result, answer = page.locator("#result-0"), page.locator(".prediction textarea").first
    assert not result.is_visible()
    answer.focus()
    page.keyboard.type("about a tenth")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert result.is_visible()
    page.reload()
    assert answer.input_value() == "about a tenth"
    assert result.is_visible()


def test_a_link_into_a_folded_result_unfolds_it(page: Page) -> None:
    """Nobody who follows a link to a figure or a defect finds nothing there."""
    page.goto((SITE / "notebooks/taxonomy/03_text.html").as_uri())
    inside = page.locator("#result-0 p").first
    assert not inside.is_visible()
    inside.evaluate("e => { e.id = 'inside'; location.hash = 'inside'; }")
    inside.wait_for(state="visible", timeout=5_000)


def test_the_ledger_filters_by_document_and_verdict(page: Page) -> None:
    """What is left matches, the count says so, and the address keeps the choice."""
    page.goto((SITE / "book/claims.html").as_uri())
    page.locator("select[name=document]").select_option("T")
    page.locator("select[name=value]").select_option("not supported")
    entries = page.locator("article.entry:visible")
    number = entries.count()
    assert number >= 1
    assert entries.evaluate_all(
        "all => all.every(e => e.dataset.document == 'T' && e.dataset.value == 'not supported')"
    )
    assert page.locator(".filters output").inner_text() == f"{number} of 71"
    page.reload()
    assert entries.count() == number


def test_the_ledger_is_ordered_by_how_clear_a_verdict_is(page: Page) -> None:
    """The most clearly refuted claim comes first, the undecided last."""
    page.goto((SITE / "book/claims.html").as_uri())
    page.locator("select[name=order]").select_option("1")
    clear = page.locator("article.entry").evaluate_all("all => all.map(e => +e.dataset.clear)")
    decided = [number for number in clear if number == number]
    assert clear[: len(decided)] == sorted(decided)


def test_the_slider_trades_relevance_for_variety_by_keyboard(page: Page) -> None:
    """At full relevance nDCG is highest; to the left the departments rise, and the list follows."""
    page.goto((SITE / "notebooks/taxonomy/09c_text_and_behavior.html").as_uri())
    place = page.locator(".rerank")
    said = place.locator("output")
    numbers = re.compile(r"nDCG@10 ([\d.]+), ([\d.]+) departments")
    relevant = [float(x) for x in numbers.search(said.inner_text()).groups()]
    listed = place.locator("ol:visible li").all_inner_texts()
    place.locator("input[type=range]").focus()
    for _ in range(15):
        page.keyboard.press("ArrowLeft")
    varied = [float(x) for x in numbers.search(said.inner_text()).groups()]
    assert varied[0] < relevant[0]
    assert varied[1] > relevant[1]
    assert place.locator("ol:visible li").all_inner_texts() != listed


def test_text_and_numbers_are_there_without_javascript(browser: Browser) -> None:
    """A reader without scripts loses comfort, not content."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((SITE / "notebooks/taxonomy/03_text.html").as_uri())
    assert "T-C05: not supported" in page.locator("article").inner_text()
    page.goto((SITE / "book/claims.html").as_uri())
    assert page.locator("article.entry:visible").count() == 71
    assert not page.locator("form.filters").is_visible()
    hollow = page.locator("svg circle:not(.yes)").first
    assert hollow.evaluate("e => getComputedStyle(e).fill") == "rgb(255, 255, 255)"
    page.goto((SITE / "notebooks/taxonomy/07_mathematics.html").as_uri())
    assert page.locator("article noscript p").is_visible()
    page.goto((SITE / "notebooks/taxonomy/09c_text_and_behavior.html").as_uri())
    assert page.locator(".rerank-still li:visible").count() == 10
    context.close()
