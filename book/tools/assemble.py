"""Lay out what jupyter-book builds: filled-in pages, executed notebooks, vendored scripts."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from importlib.metadata import files
from pathlib import Path
from typing import Any

import nbformat
import yaml

from book.tools import ledger_page
from book.tools.assignments import sources as assignments
from book.tools.chapters import BUILD, ROOT, Chapter, discover
from book.tools.glossary import link_terms, terms_in
from book.tools.ledger_page import Labels
from book.tools.pages import fill, labels_in, records

STAGE = BUILD / "stage"
WIDGET = "application/vnd.jupyter.widget-view+json"
MATHJAX = ("sphinx-mathjax-offline", "tex-svg.js")
MATHJAX_SHA256 = "d4295dc33744836935c1399feece5159577b34c5c8ffb9f1c6324cd82e03a882"


def assemble() -> list[Chapter]:
    """Lay out the stage anew; return the chapters left out because they were not executed."""
    shutil.rmtree(STAGE, ignore_errors=True)
    chapters = discover()
    missing = [chapter for chapter in chapters if not chapter.executed.exists()]
    done = [chapter for chapter in chapters if chapter not in missing]
    terms = terms_in((ROOT / "book" / "glossary.md").read_text(encoding="utf-8"))
    for chapter in done:
        _place(chapter, terms)
    pages = sorted((ROOT / "book").glob("*.md"))
    sources = {f"notebooks/{chapter.name}": chapter.executed for chapter in done}
    labels = labels_in(sources | {f"book/{page.stem}": page for page in pages})
    for page in pages:
        target = STAGE / "book" / page.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(fill(page.read_text(encoding="utf-8"), labels), encoding="utf-8")
    for folder in ("static", "figures"):
        shutil.copytree(ROOT / "book" / folder, STAGE / "book" / folder)
    (STAGE / "genindex.md").write_text("# Index\n", encoding="utf-8")
    for name in ("CHANGELOG.md", "book/references.bib"):
        _copy(ROOT / name, STAGE / name)
    _offer_downloads(labels)
    _copy(_mathjax(), STAGE / "book" / "_vendor" / "tex-svg.js")
    _settings(missing)
    return missing


def _offer_downloads(labels: Labels) -> None:
    """Write ledger, errata and assignments as files that readers can take away."""
    for assignment in assignments.discover():
        _copy(assignment.handout, STAGE / "book" / "handouts" / assignment.handout.name)
    recorded = records()
    downloads = {
        "claims.csv": ledger_page.as_csv(recorded),
        "claims.json": ledger_page.as_json(recorded),
        "errata.csv": ledger_page.errata_csv(labels),
        "errata.json": ledger_page.errata_json(labels),
    }
    for name, content in downloads.items():
        (STAGE / "book" / "static" / name).write_text(content, encoding="utf-8")


def _place(chapter: Chapter, terms: Sequence[str]) -> None:
    """Copy an executed chapter; its first cell says what this run took."""
    notebook = nbformat.read(chapter.executed, 4)
    card = json.loads(chapter.card.read_text(encoding="utf-8"))
    notebook.cells[0].source += (
        f"\n\n*Took {card['seconds']:.0f} s and {card['memory_mb'] / 1000:.1f} GB "
        f"in the profile “{card['profile']}” ({card['machine']}; no GPU needed).*"
    )
    without_widgets(notebook)
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    linked = link_terms([cell.source for cell in texts], terms)
    for cell, source in zip(texts, linked, strict=True):
        cell.source = source
    target = STAGE / "notebooks" / f"{chapter.name}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)


def without_widgets(notebook: nbformat.NotebookNode) -> None:
    """Leave out what a page could only show with scripts from elsewhere, such as progress bars."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if WIDGET not in o.get("data", {})]


def _settings(missing: list[Chapter]) -> None:
    """Copy settings: no page of a missing chapter; launch buttons only where an address is set."""
    config = _read(ROOT / "_config.yml")
    if not config.get("repository", {}).get("url"):
        config.pop("launch_buttons", None)
        config.pop("repository", None)
    _face_the_web(config)
    toc = _read(ROOT / "_toc.yml")
    gone = {f"notebooks/{chapter.name}" for chapter in missing}
    for part in toc["parts"]:
        part["chapters"] = [entry for entry in part["chapters"] if entry["file"] not in gone]
    toc["parts"] = [part for part in toc["parts"] if part["chapters"]]
    for name, content in (("_config.yml", config), ("_toc.yml", toc)):
        (STAGE / name).write_text(
            yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8"
        )


def _face_the_web(config: dict[str, Any]) -> None:
    """Prepare what only a published site needs: a page for what is lost, previews, a sitemap.

    A lost page may be at any depth, so its link starts from the site's address.
    """
    address = config["html"]["baseurl"].rstrip("/")
    home = f"{address}/" if address else ""
    extra = STAGE / "book" / "extra"
    lost = (ROOT / "book" / "404.html").read_text(encoding="utf-8")
    extra.mkdir(parents=True)
    (extra / "404.html").write_text(lost.replace("{{home}}", home), encoding="utf-8")
    if not address:
        return
    sphinx = config["sphinx"]
    sphinx["extra_extensions"] += ["sphinxext.opengraph", "sphinx_sitemap"]
    sphinx["config"] |= {
        "html_baseurl": f"{address}/",
        "sitemap_url_scheme": "{link}",
        "ogp_site_url": f"{address}/",
        "ogp_site_name": config["title"],
        "ogp_image": "_static/preview.png",
        "ogp_image_alt": config["title"],
        "ogp_social_cards": {"enable": False},
    }


def _mathjax() -> Path:
    """Find MathJax in the package that carries it and check that it is the file we know."""
    package, name = MATHJAX
    found = [path for path in files(package) or () if path.name == name]
    path = Path(str(found[0].locate()))
    if hashlib.sha256(path.read_bytes()).hexdigest() != MATHJAX_SHA256:
        raise SystemExit(f"{name} of {package} is not the file we know: reinstall the lock")
    return path


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content
