"""The built site as a browser shows it: from disk, with nothing leaving the machine."""

from __future__ import annotations

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


def watched(browser: Browser, **options: object) -> tuple[Page, list[str], list[str]]:
    """Open an empty page that notes script errors, and requests that fail or leave the machine."""
    page = browser.new_page(**options)  # type: ignore[arg-type]
    errors: list[str] = []
    requests: list[str] = []

    def note(message: str) -> None:
        if not any(known in message for known in THEIRS):
            errors.append(message)

    def request_made(url: str) -> None:
        if not url.startswith(("file:", "data:")):
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
