"""Rules for the built site: pictures are described, links land, nothing comes from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from posixpath import normpath
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from book.tools.rules.problems import Problem

Pages = Mapping[str, BeautifulSoup]
SHORTEST_ALT = 3  # words
_PATH = re.compile(r"[\w./-]*\.(?:png|svg|jpe?g|gif|webp)|\S*/\S*", re.IGNORECASE)
_ROLE = re.compile(r"\{[a-z]+(?:[:+-][a-z]+)*\}|\bnp\.(?:float|int)\d+\(")
_LOADED = {"script": "src", "link": "href", "img": "src", "source": "src", "iframe": "src",
           "video": "src", "audio": "src", "embed": "src", "object": "data"}  # fmt: skip
_LOADING_LINKS = {"stylesheet", "preload", "modulepreload", "icon", "prefetch", "preconnect"}
_ADDRESS = re.compile(r"^(?:https?:)?//", re.IGNORECASE)
_CSS_ADDRESS = re.compile(r"(?:url\(\s*|@import\s+)[\"']?((?:https?:)?//[^\"')\s]+)", re.IGNORECASE)
_SCRIPT_ADDRESS = re.compile(
    r"(?:\bimport\s*\(?|\bfrom|\bimportScripts\(|\.src\s*=|\bfetch\()\s*[\"'](https?://[^\"']+)"
)


def read_site(folder: Path) -> dict[str, BeautifulSoup]:
    """Parse every page of a built site, its path from the site's root to its tree."""
    paths = (path for path in sorted(folder.rglob("*.html")) if "_static" not in path.parts)
    return {
        path.relative_to(folder).as_posix(): BeautifulSoup(path.read_text("utf-8"), "lxml")
        for path in paths
    }


def check_pictures(pages: Pages) -> list[Problem]:
    """Demand that every picture says in words what it shows."""
    found = []
    for page, picture in _in_articles(pages, "img"):
        alt = str(picture.get("alt", "")).strip()
        if len(alt.split()) < SHORTEST_ALT or _PATH.fullmatch(alt):
            what = f"the picture {_name(picture)} has no alternative text, only {alt!r}"
            remedy = "say what it shows: cell metadata `mystnb: {image: {alt: …}}`, or `:alt:`"
            found.append(Problem(page, what, remedy))
    return found


def check_captions(pages: Pages) -> list[Problem]:
    """Demand a caption on every figure, and that a cell's picture is a figure."""
    remedy = "add cell metadata `mystnb: {figure: {caption: …, name: …}}`, or text under the figure"
    found = []
    for page, figure in _in_articles(pages, "figure"):
        caption = figure.find("figcaption")
        if caption is None or not caption.get_text(strip=True).rstrip("#"):
            what = f"the figure {_name(figure.find('img'))} has no caption"
            found.append(Problem(page, what, remedy))
    for page, picture in _in_articles(pages, ".cell_output img"):
        if picture.find_parent("figure") is None:
            what = f"the picture {_name(picture)} of a cell is no figure and has no caption"
            found.append(Problem(page, what, remedy))
    return found


def check_links(folder: Path, pages: Pages) -> list[Problem]:
    """Demand that every link inside the site leads to a file and, if it names one, to an anchor."""
    anchors = {page: _anchors(tree) for page, tree in pages.items()}
    found = set()
    for page, tree in pages.items():
        for link in tree.select("a[href]"):
            target, fragment = _target(page, str(link["href"]))
            if target is None:
                continue
            if target not in anchors and not (folder / target).is_file():
                found.add((page, f"links to {link['href']}, which is not in the site"))
            elif fragment and target in anchors and fragment not in anchors[target]:
                found.add((page, f"links to {link['href']}, but there is no such place there"))
    remedy = "mend the link or restore the label that it points to"
    return [Problem(page, what, remedy) for page, what in sorted(found)]


def check_section_map(
    page: str, pages: Pages, ids: Iterable[str], labelled: set[str]
) -> list[Problem]:
    """Demand that the section map lists every id, and links each that the book labels.

    page: the map's path in the site; labelled: the ids that have a label.
    """
    if page not in pages:
        return [Problem(page, "is not in the site", "list the section map in _toc.yml")]
    article = _article(pages[page])
    words = set(re.split(r"[\s,;()]+", article.get_text(" ")))
    ends = {str(link["href"]).partition("#")[2] for link in article.select("a[href]")}
    missing = [key for key in ids if key not in words]
    dead = [
        key
        for key in ids
        if key in labelled and re.sub(r"[^a-z0-9]+", "-", key.lower()) not in ends
    ]
    remedy = "run `make book`; the map is made from book/ledger/sections.yml and the labels"
    return [Problem(page, f"does not list {key}", remedy) for key in missing] + [
        Problem(page, f"lists {key} without a link to where it is treated", remedy) for key in dead
    ]


def check_rendering(pages: Pages) -> list[Problem]:
    """Demand that no role, numpy wrapper or builder's error is left in what readers see."""
    found = []
    for page, tree in pages.items():
        article = _article(tree)
        text = "".join(
            str(piece) for piece in article.find_all(string=True)
            if piece.find_parent(["pre", "code", "script", "style"]) is None
            and piece.find_parent(class_="math") is None
        )  # fmt: skip
        found += [Problem(page, f"shows raw markup: {raw}", "mend the role, or glue `float(x)`")
                  for raw in sorted(set(_ROLE.findall(text)))]  # fmt: skip
        found += [Problem(page, f"shows an error of docutils: {bad.get_text(' ', strip=True)[:80]}",
                          "mend the markup that it names")
                  for bad in article.select(".problematic, .system-message")]  # fmt: skip
    return found


def check_offline(folder: Path, pages: Pages) -> list[Problem]:
    """Demand that pages and style sheets load no script, style, font or picture from elsewhere."""
    loads = {(page, address) for page, tree in pages.items() for address in _loads(tree)}
    for sheet in sorted(folder.rglob("*.css")):
        for address in _CSS_ADDRESS.findall(sheet.read_text("utf-8")):
            loads.add((sheet.relative_to(folder).as_posix(), address))
    remedy = "vendor the file in the book, or do without it: the site must open without a network"
    return [Problem(page, f"loads {address}", remedy) for page, address in sorted(loads)]


def _loads(tree: BeautifulSoup) -> Iterator[str]:
    """Yield every outside address that a browser fetches by itself."""
    for name, attribute in _LOADED.items():
        for tag in tree.find_all(name):
            loading = name != "link" or _LOADING_LINKS & set(tag.get_attribute_list("rel"))
            address = str(tag.get(attribute, ""))
            if loading and _ADDRESS.match(address):
                yield address
    for script in tree.find_all("script"):
        yield from _SCRIPT_ADDRESS.findall(script.get_text())
    for styled in tree.find_all("style"):
        yield from _CSS_ADDRESS.findall(styled.get_text())
    for styled in tree.select("[style]"):
        yield from _CSS_ADDRESS.findall(str(styled["style"]))


def _article(tree: BeautifulSoup) -> Tag:
    """Return the part of a page that its author wrote."""
    return tree.select_one("article.bd-article") or tree.select_one("main") or tree


def _in_articles(pages: Pages, selector: str) -> Iterator[tuple[str, Tag]]:
    for page, tree in pages.items():
        for tag in _article(tree).select(selector):
            yield page, tag


def _anchors(tree: BeautifulSoup) -> set[str]:
    ids = {str(tag["id"]) for tag in tree.select("[id]")}
    return ids | {str(tag["name"]) for tag in tree.select("a[name]")}


def _target(page: str, href: str) -> tuple[str | None, str]:
    """Return the file in the site and the anchor that a link means; None for one that leaves it."""
    parts = urlsplit(href)
    if parts.scheme or parts.netloc or href in {"", "#"}:
        return None, ""
    folder = PurePosixPath(page).parent
    target = normpath((folder / unquote(parts.path)).as_posix()) if parts.path else page
    return f"{target}/index.html" if parts.path.endswith("/") else target, unquote(parts.fragment)


def _name(picture: Tag | None) -> str:
    source = str(picture.get("src", "")) if picture else ""
    return PurePosixPath(source).name if len(source) < 200 else "embedded in the page"
