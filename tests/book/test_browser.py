"""The built site as a browser shows it: from disk, with nothing leaving the machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page

from book.tools.build_site import SITE

pytestmark = [pytest.mark.book, pytest.mark.browser]

# index.html only forwards to the preface; 404.html is no page of the theme.
PAGES = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if "_static" not in path.parts and path.name not in {"index.html", "404.html"}
)
# The theme's own slip, without effect on the page: it asks its own theme switch.
THEIRS = ("theme mode",)
PHONE = {"width": 390, "height": 844}


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


def watched(browser: Browser, **options: object) -> tuple[Page, list[str], list[str]]:
    """Open an empty page that notes script errors, and requests that fail or leave the machine."""
    page = browser.new_page(**options)  # type: ignore[arg-type]
    errors: list[str] = []
    requests: list[str] = []

    def note(message: str) -> None:
        if not any(known in message for known in THEIRS):
            errors.append(message)

    def request_made(url: str) -> None:
        if not url.startswith(("file:", "data:", "http://127.0.0.1:")):
            requests.append(url)

    page.on("pageerror", lambda error: note(str(error)))
    page.on("console", lambda m: note(m.text) if m.type == "error" else None)
    page.on("request", lambda request: request_made(request.url))
    page.on("requestfailed", lambda request: note(f"failed: {request.url}"))
    return page, errors, requests


def test_there_are_pages() -> None:
    """The tests below are vacuous without a site."""
    assert len(PAGES) >= 10, "no site in _build/html: run `make book` first"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_script_error_or_outside_request(browser: Browser, name: str) -> None:
    """Everything a page needs lies beside it, and every picture of it is drawn."""
    page, errors, outside = watched(browser)
    page.goto((SITE / name).as_uri())
    broken = "[...document.querySelectorAll('article img')].filter(i => !i.naturalWidth).length"
    assert page.evaluate(broken) == 0
    page.wait_for_load_state("networkidle")
    assert errors == []
    assert outside == []
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone_and_follows_its_theme(browser: Browser, name: str) -> None:
    """At 390 pixels nothing makes the page scroll sideways, and a dark phone gets a dark page."""
    page, _, _ = watched(browser, viewport=PHONE, color_scheme="dark")
    page.goto((SITE / name).as_uri(), wait_until="domcontentloaded")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.close()


def raw_formulas(page: Page) -> list[str]:
    """Return the formulas that are on the page as their source: not drawn, or outside of math."""
    page.wait_for_load_state("networkidle")
    source = r"/\\(frac|sum|mathbf|mathrm|operatorname)\b|\$\$/"
    return page.evaluate(
        "() => { const article = document.querySelector('article') || document.body;"
        "const walk = document.createTreeWalker(article, NodeFilter.SHOW_TEXT), found = [];"
        "for (let node; node = walk.nextNode();)"
        f"if (!node.parentElement.closest('pre, code, script, mjx-container') && {source}"
        ".test(node.data)) found.push(node.data.slice(0, 60)); return found; }"
    )


@pytest.mark.parametrize("name", PAGES)
def test_no_formula_is_left_as_its_source(browser: Browser, name: str) -> None:
    """What looks like TeX stands in code or is drawn."""
    page, _, _ = watched(browser)
    page.goto((SITE / name).as_uri())
    if page.locator(".math").count():
        page.wait_for_selector("mjx-container svg", state="attached", timeout=20_000)
    assert raw_formulas(page) == []
    page.close()


@pytest.mark.parametrize(
    ("planted", "noticed"),
    [
        ("<script>throw new Error('planted')</script>", "errors"),
        ("<script src='missing.js'></script>", "errors"),
        ("<img alt='a' src='https://example.org/a.png'>", "outside"),
        ("<p>It is \\frac{1}{2}.</p>", "raw"),
        ("<p>It is $$x$$.</p>", "raw"),
    ],
)
def test_a_planted_fault_is_noticed(
    browser: Browser, tmp_path: Path, planted: str, noticed: str
) -> None:
    """The checks above can fail, each on its own kind of fault."""
    page, errors, outside = watched(browser)
    page.route("https://**", lambda route: route.abort())
    (tmp_path / "page.html").write_text(f"<html><body><article>{planted}</article></body></html>")
    page.goto((tmp_path / "page.html").as_uri())
    found = {"errors": errors, "outside": outside, "raw": raw_formulas(page)}
    assert found[noticed]
    page.close()


@pytest.mark.parametrize("name", ["book/preface.html", "notebooks/taxonomy/03_text.html"])
def test_a_served_page_is_as_clean_as_one_from_disk(
    browser: Browser, address: str, name: str
) -> None:
    """No error, nothing from elsewhere, no file that is not there."""
    page, errors, outside = watched(browser)
    missing: list[str] = []
    page.on("response", lambda r: missing.append(r.url) if r.status >= 400 else None)
    page.goto(address + name)
    page.wait_for_load_state("networkidle")
    assert (errors, outside, missing) == ([], [], [])
    page.close()


def test_a_reader_gets_through_the_book_by_next(browser: Browser) -> None:
    """From the preface, next leads through every page of the table of contents, and back."""
    page, _, _ = watched(browser)
    page.goto((SITE / "book/preface.html").as_uri(), wait_until="domcontentloaded")
    visited = [page.url]
    while (link := page.locator("a.right-next")).count():
        link.first.click()
        page.wait_for_load_state("domcontentloaded")
        visited.append(page.url)
    assert len(visited) == len(set(visited)) == len(PAGES) - 1  # all but the search page
    page.goto(visited[2], wait_until="domcontentloaded")
    page.locator("a.left-prev").first.click()
    page.wait_for_load_state("domcontentloaded")
    assert page.url == visited[1]
    page.close()


def test_formulas_are_drawn(browser: Browser) -> None:
    """MathJax comes from the site itself and leaves no raw formula behind."""
    page, _, _ = watched(browser)
    page.goto((SITE / "notebooks/taxonomy/03_text.html").as_uri())
    page.wait_for_selector("mjx-container svg", timeout=20_000)
    drawn = page.locator("mjx-container").count()
    assert drawn >= page.locator(".math").count() > 0
    assert "\\frac" not in page.locator("article").inner_text()
    page.close()


def test_search_finds_a_term(browser: Browser) -> None:
    """The search page works from disk."""
    page, _, _ = watched(browser)
    page.goto((SITE / "search.html").as_uri() + "?q=bonferroni")
    page.wait_for_selector("ul.search li a", timeout=20_000)
    assert page.locator("ul.search li a[href*='03_text']").count() > 0
    page.close()


def test_a_link_of_the_section_map_lands_on_its_heading(browser: Browser) -> None:
    """The id T-3.2.2 leads to the heading that treats it."""
    page, _, _ = watched(browser)
    page.goto((SITE / "book/section_map.html").as_uri())
    page.get_by_role("link", name="T-3.2.2", exact=True).click()
    page.wait_for_load_state()
    anchor = page.url.split("#")[1]
    section = page.locator(f"section:has(> [id='{anchor}']), section[id='{anchor}']").first
    assert "文本预处理" in section.locator("h2").first.inner_text()
    page.close()


def test_a_folded_solution_opens_by_keyboard(browser: Browser) -> None:
    """Quiz answers are folded, focusable and open on Enter."""
    page, _, _ = watched(browser)
    page.goto((SITE / "notebooks/taxonomy/01_background.html").as_uri())
    answer = page.locator("details.sd-dropdown").first
    assert answer.get_attribute("open") is None
    answer.locator("summary").focus()
    page.keyboard.press("Enter")
    assert answer.get_attribute("open") is not None
    page.close()


def test_a_result_stays_folded_until_the_reader_predicts(browser: Browser) -> None:
    """The answer opens the result and stays in this browser, by keyboard alone."""
    page, _, _ = watched(browser)
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
    page.close()


def test_a_link_into_a_folded_result_unfolds_it(browser: Browser) -> None:
    """Nobody who follows a link to a figure or a defect finds nothing there."""
    page, _, _ = watched(browser)
    page.goto((SITE / "notebooks/taxonomy/03_text.html").as_uri())
    inside = page.locator("#result-0 p").first
    assert not inside.is_visible()
    inside.evaluate("e => { e.id = 'inside'; location.hash = 'inside'; }")
    inside.wait_for(state="visible", timeout=5_000)
    page.close()


def test_the_ledger_filters_by_document_and_verdict(browser: Browser) -> None:
    """What is left matches, the count says so, and the address keeps the choice."""
    page, _, _ = watched(browser)
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
    page.close()


def test_the_ledger_is_ordered_by_how_clear_a_verdict_is(browser: Browser) -> None:
    """The most clearly refuted claim comes first, the undecided last."""
    page, _, _ = watched(browser)
    page.goto((SITE / "book/claims.html").as_uri())
    page.locator("select[name=order]").select_option("1")
    clear = page.locator("article.entry").evaluate_all("all => all.map(e => +e.dataset.clear)")
    decided = [number for number in clear if number == number]
    assert clear[: len(decided)] == sorted(decided)
    page.close()


def test_the_slider_trades_relevance_for_variety_by_keyboard(browser: Browser) -> None:
    """At full relevance nDCG is highest; to the left the departments rise, and the list follows."""
    page, errors, _ = watched(browser)
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
    assert errors == []
    page.close()


def test_text_and_numbers_are_there_without_javascript(browser: Browser) -> None:
    """A reader without scripts loses comfort, not content."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((SITE / "notebooks/taxonomy/03_text.html").as_uri())
    assert "T-C05: not supported" in page.locator("article").inner_text()
    page.goto((SITE / "book/claims.html").as_uri())
    assert page.locator("article.entry:visible").count() == 71
    assert not page.locator("form.filters").is_visible()
    context.close()
