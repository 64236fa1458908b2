"""Make a built site light: the icons that it draws instead of all, scripts that wait their turn."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.parse import quote

VENDOR = "_static/vendor/fontawesome"
ICONS = "_static/icons.css"
_ICON = re.compile(r"\bfa-([a-z][a-z-]*[a-z])\b")
_FONTAWESOME = re.compile(r"[ \t]*<(?:link|script)[^>]*/fontawesome/[^>]*>(?:</script>)?\n?")
# The live-code service is off: its settings only make a constant that is declared twice.
_THEBE = re.compile(
    r"[ \t]*<script(?:>const THEBE_JS_URL[^<]*| [^>]*/sphinx-thebe\.js[^>]*>)"
    r"</script>\n?"
)
_BLOCKING = re.compile(r"<script (?=src=|data-sd-tabs)(?![^>]*\b(?:async|defer)\b)")
_WAITING = re.compile(r"<script>(?=DOCUMENTATION_OPTIONS\b)")
_MATHJAX = re.compile(r"[ \t]*<script[^>]*/tex-svg\.js[^>]*></script>\n?")
# A script follows the reader's theme; where scripts are off, colours would be undefined.
_THEME = re.compile(r'(?<=data-theme=")auto(?=")')
_ARTICLE = '<article class="bd-article">'
_UNDRAWN = "<noscript><p>Scripts are off: formulas stand as their TeX source.</p></noscript>"
_RULES = """\
.fa-solid, .fas, .fa-regular, .far, .fa-brands, .fab {
  display: inline-block; width: 1em; height: 1em; vertical-align: -.125em;
  background: currentColor; -webkit-mask: var(--icon) center / contain no-repeat;
  mask: var(--icon) center / contain no-repeat;
}
.fa-lg { font-size: 1.25em; }
"""


def lighten(site: Path) -> None:
    """Rewrite a built site in place: fewer bytes to load, and none that a first paint waits for.

    Raises SystemExit when an icon that a page uses is not in the theme's collection.
    """
    (script,) = (site / VENDOR).glob("*/js/all.min.js")
    drawings = script.read_text(encoding="utf-8")
    pages = [page for page in site.rglob("*.html") if "_static" not in page.parts]
    used: set[str] = set()
    for page in pages:
        text = page.read_text(encoding="utf-8")
        used |= set(_ICON.findall(text))
        up = "../" * (len(page.relative_to(site).parts) - 1)
        page.write_text(lighter(text, f"{up}{ICONS}"), encoding="utf-8")
    for own in site.glob("_static/scripts/*.js"):
        used |= set(_ICON.findall(own.read_text(encoding="utf-8")))
    (site / ICONS).write_text(stylesheet(used, drawings), encoding="utf-8")
    shutil.rmtree(site / VENDOR)


def lighter(page: str, icons: str) -> str:
    """Return a page that loads one small stylesheet of icons, and its scripts after its text."""
    page = _FONTAWESOME.sub("", page)
    page = _THEBE.sub("", page)
    head, end, body = page.partition("</head>")
    head = _THEME.sub("light", head, count=1)
    if 'class="math' in body:
        body = body.replace(_ARTICLE, _ARTICLE + _UNDRAWN, 1)
    else:
        head = _MATHJAX.sub("", head)
    head = _BLOCKING.sub('<script defer="defer" ', head)
    head = _WAITING.sub('<script type="module">', head)
    return f'{head}<link rel="stylesheet" href="{icons}" />{end}{body}'


def stylesheet(names: set[str], drawings: str) -> str:
    """Return CSS that draws each named icon in the text's own colour, at its size."""
    sizes_and_families = {"lg", "solid", "regular", "brands"}
    rules = [_RULES]
    for name in sorted(names - sizes_and_families):
        found = re.search(
            rf'[,{{]"?{name}"?:\[(\d+),(\d+),\[[^\]]*\],"[0-9a-f]+","(M[^"]+)"\]', drawings
        ) or re.search(
            rf'[,{{]"?[a-z-]+"?:\[(\d+),(\d+),\[[^\]]*"{name}"[^\]]*\],"[0-9a-f]+","(M[^"]+)"\]',
            drawings,
        )
        if not found:
            raise SystemExit(f"no icon {name!r} in the theme's collection: correct its name")
        width, height, path = found.groups()
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
            f'<path d="{path}"/></svg>'
        )
        rules.append(f'.fa-{name} {{ --icon: url("data:image/svg+xml,{quote(svg)}"); }}\n')
    return "".join(rules)
