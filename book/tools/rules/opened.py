"""Rules for a page as a browser opens it: whole, light, readable in any theme and by anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from importlib.metadata import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

from book.tools.rules.problems import Problem

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, ViewportSize

Theme = Literal["dark", "light"]
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 800}
PATIENCE = 2000
"""Milliseconds that a page has to follow a change of theme."""
AT_HOME = ("file:", "data:", "blob:", "http://127.0.0.1:")
# The theme asks its own theme switch, which is hidden: no effect on the page.
THEIRS = ("theme mode",)
# sphinxcontrib-bibtex writes its list without list items.
THEIR_LIST = ".citation-list"
_LOADING = re.compile(r"<(?:link|script|img|source)\b[^>]*>")
_ADDRESS = re.compile(r'\b(?:src|href)="([^"#]+)"')
_IN_CSS = re.compile(r"(?:url\(|@import )['\"]?((?!url|data:|https?:)[^'\")#]+)")
_DRAWN = "async () => { await window.MathJax?.startup?.promise; }"
_RAW = r"""() => {
  const source = /\\(frac|sum|mathbf|mathrm|operatorname)\b|\$\$/, found = [];
  const article = document.querySelector('article') || document.body;
  const walk = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  for (let node; node = walk.nextNode();)
    if (!node.parentElement.closest('pre, code, script, mjx-container') && source.test(node.data))
      found.push(node.data.trim().slice(0, 60));
  for (const math of document.querySelectorAll('article .math'))
    if (!math.querySelector('mjx-container svg')) found.push(math.textContent.slice(0, 60));
  return [...new Set(found)]; }"""
_BROKEN = """() => [...document.querySelectorAll('article img')]
  .filter(image => !image.naturalWidth).map(image => image.getAttribute('src'))"""
_BLOCKING = """() => [...document.head.querySelectorAll('script[src]')]
  .filter(s => !s.defer && !s.async && s.type != 'module').map(s => s.getAttribute('src'))"""
_FOLLOWED = """([theme, patience]) => new Promise(done => {
  const end = performance.now() + patience, now = () => document.documentElement.dataset.theme;
  const look = () => now() == theme || performance.now() > end
    ? done(now() == theme) : setTimeout(look, 10);
  look(); })"""
# Words of code in the same place and class have the same colours: one of each is enough.
_THINNED = """() => {
  const seen = new Set();
  for (const word of document.querySelectorAll('pre span:not(:has(*))')) {
    let key = '';
    for (let e = word; e != document.body; e = e.parentElement) key += e.tagName + e.className;
    if (seen.has(key)) word.replaceWith(word.textContent);
    seen.add(key); } }"""

_BARRIERS = """async (theirs) => {
  const options = {resultTypes: ['violations', 'incomplete'], preload: false};
  const {violations, incomplete} = await axe.run({exclude: [theirs]}, options);
  const grave = violations.filter(v => ['serious', 'critical'].includes(v.impact));
  const unseen = node => node.any.some(check => check.data?.messageKey == 'equalRatio');
  const equal = incomplete.filter(v => v.id == 'color-contrast').flatMap(v => v.nodes);
  return [...grave.flatMap(v => v.nodes.map(node => [v.id, node])),
    ...equal.filter(unseen).map(node => ['text in the colour of its ground', node])]; }"""


@dataclass
class Heard:
    """What a page reports while it is open: errors, requests that leave, files that it loads."""

    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    files: set[Path] = field(default_factory=set)

    def error(self, message: str) -> None:
        """Note an error, unless it is one of the theme's."""
        if not any(known in message for known in THEIRS):
            self.errors.append(message)

    def request(self, url: str) -> None:
        """Note what is asked for, and where."""
        if not url.startswith(AT_HOME):
            self.outside.append(url)
        elif url.startswith("file:"):
            self.files.add(Path(unquote(urlsplit(url).path)))


def page_names(site: Path) -> list[str]:
    """Return the pages of a built site; index.html only forwards, 404.html has no theme."""
    paths = (path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts)
    return [
        p.relative_to(site).as_posix() for p in paths if p.name not in ("index.html", "404.html")
    ]


def files_of(page: Path) -> set[Path]:
    """Return a page and all files that it loads from beside it, as its source names them.

    Cheaper than a browser; `Heard.files` says what a browser asked for.
    """
    named = {page}
    for tag in _LOADING.findall(page.read_text(encoding="utf-8")):
        if address := _ADDRESS.search(tag):
            named.add((page.parent / unquote(urlsplit(unescape(address[1])).path)).resolve())
    for sheet in [file for file in named if file.suffix == ".css"]:
        addresses = _IN_CSS.findall(sheet.read_text(encoding="utf-8"))
        named |= {(sheet.parent / urlsplit(address).path).resolve() for address in addresses}
    return {file for file in named if file.is_file()}


def listen(page: Page) -> Heard:
    """Write down from now on what a page reports."""
    heard = Heard()
    page.on("pageerror", lambda error: heard.error(str(error)))
    page.on("console", lambda m: heard.error(m.text) if m.type == "error" else None)
    page.on("request", lambda request: heard.request(request.url))
    page.on("requestfailed", lambda request: heard.error(f"failed: {request.url}"))
    return heard


def check_opened(
    window: BrowserContext, file: Path, name: str, themes: Iterable[Theme]
) -> list[Problem]:
    """Open a page once, on a dark phone, then on a desk, and look at everything.

    window: dark, of size PHONE, with reduced motion; themes: those in which axe-core looks.
    """
    page = window.new_page()
    heard = listen(page)
    page.goto(file.as_uri())
    page.evaluate(_DRAWN)
    found = _look(page) + _from_a_desk(page, themes) + _of(heard)
    page.close()
    return [Problem(name, what, remedy) for what, remedy in dict.fromkeys(found)]


def _look(page: Page) -> list[tuple[str, str]]:
    """Say what is wrong with a page on a phone."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    sideways = [wide] if wide > PHONE["width"] else []
    asked = {
        "the first paint waits for {}": (page.evaluate(_BLOCKING), "defer it"),
        "the picture {} is not drawn": (page.evaluate(_BROKEN), "mend its path or its file"),
        "a formula is left as its source: {}": (page.evaluate(_RAW), "mend its TeX"),
        "a phone has to scroll sideways, to {} px": (
            sideways,
            "let the wide part scroll by itself",
        ),
    }
    return [(what.format(x), remedy) for what, (xs, remedy) in asked.items() for x in xs]


def _from_a_desk(page: Page, themes: Iterable[Theme]) -> list[tuple[str, str]]:
    """Say what hinders readers of a wide page, and whether it follows their theme."""
    page.set_viewport_size(DESK)
    page.evaluate(_THINNED)
    page.evaluate(_axe())
    found = []
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        if not page.evaluate(_FOLLOWED, [theme, PATIENCE]):
            found.append(f"a reader of {theme} pages gets another theme")
        found += barriers(page) if theme in themes else []
    return [(what, "mend the text, or book.css") for what in found]


def barriers(page: Page) -> list[str]:
    """Return what axe-core finds serious or critical on a page, with the place of each.

    Text in the very colour of its ground is among it, which axe-core leaves to people.
    """
    return [
        f"{kind} at {node['target'][0]}: {node['html'][:80]}"
        for kind, node in page.evaluate(_BARRIERS, THEIR_LIST)
    ]


def _of(heard: Heard) -> list[tuple[str, str]]:
    """Say what a page reported."""
    errors = [(f"a script says: {error}", "mend it, or what it loads") for error in heard.errors]
    outside = [
        (f"{url} is fetched from elsewhere", "vendor it in the book") for url in heard.outside
    ]
    return errors + outside


def _axe() -> str:
    script = next(p for p in files("axe-playwright-python") or () if p.name == "axe.min.js")
    return Path(str(script.locate())).read_text(encoding="utf-8")
