"""Pages that everybody can use and that arrive quickly, as axe-core and the file sizes say."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from importlib.metadata import files
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from book.tools.build_site import SITE

pytestmark = [pytest.mark.book, pytest.mark.browser]

PAGES = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if "_static" not in path.parts and path.name not in {"index.html", "404.html"}
)
AXE = next(p for p in files("axe-playwright-python") or () if p.name == "axe.min.js").locate()
# Not ours to mend: sphinxcontrib-bibtex writes its list without list items.
THEIRS = ".citation-list"
MEDIAN_BYTES = 1_500_000


@pytest.fixture(scope="module", params=["light", "dark"])
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """Open a window in a light and in a dark room."""
    context = browser.new_context(color_scheme=request.param)
    yield context
    context.close()


def serious(page: Page) -> list[str]:
    """Return what axe-core finds serious or critical on a page, with the place of each."""
    page.add_script_tag(path=str(AXE))
    options = f"{{exclude: ['{THEIRS}']}}, {{resultTypes: ['violations']}}"
    found = page.evaluate(f"axe.run({options})")["violations"]
    return [
        f"{violation['id']} at {node['target'][0]}: {node['html'][:80]}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_serious_barrier(context: BrowserContext, name: str) -> None:
    """Contrast, names, roles and structure hold in both themes."""
    page = context.new_page()
    page.goto((SITE / name).as_uri())
    assert serious(page) == []
    page.close()


@pytest.mark.parametrize(
    ("planted", "barrier"),
    [
        ('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">', "image-alt"),
        ('<p style="color:#999;background:#aaa">pale</p>', "color-contrast"),
        ("<button></button>", "button-name"),
    ],
)
def test_a_planted_barrier_is_found(browser: Browser, planted: str, barrier: str) -> None:
    """The check above can fail: each kind of barrier is reported by its name."""
    page = browser.new_page()
    page.goto((SITE / "book/preface.html").as_uri())
    page.locator("article").evaluate("(e, h) => e.insertAdjacentHTML('afterbegin', h)", planted)
    assert [found for found in serious(page) if found.startswith(barrier)]
    page.close()


def test_pages_are_light(browser: Browser) -> None:
    """The median page, with all that it loads, weighs at most a megabyte and a half."""
    weights = []
    for name in PAGES:
        page, loaded = browser.new_page(), set()
        page.on("request", lambda request, loaded=loaded: loaded.add(urlsplit(request.url).path))
        page.goto((SITE / name).as_uri())
        page.wait_for_load_state("networkidle")
        paths = [Path(unquote(path)) for path in loaded]
        weights.append(sum(path.stat().st_size for path in paths if path.is_file()))
        page.close()
    assert statistics.median(weights) <= MEDIAN_BYTES


@pytest.mark.parametrize("name", PAGES)
def test_no_script_holds_up_the_first_paint(browser: Browser, name: str) -> None:
    """Every script file of the head is deferred or asynchronous."""
    page = browser.new_page()
    page.goto((SITE / name).as_uri(), wait_until="domcontentloaded")
    blocking = page.evaluate(
        "[...document.head.querySelectorAll('script[src]')]"
        ".filter(s => !s.defer && !s.async && s.type != 'module').map(s => s.src)"
    )
    assert blocking == []
    page.close()
