"""A light page keeps its icons, its settings and the order of its scripts."""

import pytest

from book.tools.lighten import lighter, stylesheet

HEAD = """\
<head>
  <link href="../_static/vendor/fontawesome/6.5.2/css/all.min.css?digest=1" rel="stylesheet" />
  <link rel="preload" as="font" href="../_static/vendor/fontawesome/6.5.2/webfonts/a.woff2" />
  <script src="../_static/vendor/fontawesome/6.5.2/js/all.min.js?digest=1"></script>
  <script src="../_static/doctools.js?v=1"></script>
  <script>DOCUMENTATION_OPTIONS.pagename = 'a';</script>
  <script>const THEBE_JS_URL = "https://example.org/thebe.js"; const x = 1</script>
  <script async="async" src="../_static/sphinx-thebe.js?v=1"></script>
  <script defer="defer" src="../_static/tex-svg.js?v=1"></script>
</head>"""
DRAWINGS = 'x={bars:[448,512,["navicon"],"f0c9","M0 96"],"arrow-up":[384,512,[8593],"f062","M2 1"]}'


def test_all_icons_are_replaced_by_those_in_use() -> None:
    """No link to the collection is left, one to our stylesheet is there."""
    page = lighter(f"<html>{HEAD}<body></body></html>", "../_static/icons.css")
    assert "fontawesome" not in page
    assert '<link rel="stylesheet" href="../_static/icons.css" /></head>' in page


def test_scripts_wait_and_what_needs_them_waits_too() -> None:
    """A deferred script defines what the inline one sets, so that is deferred as a module."""
    page = lighter(HEAD, "icons.css")
    assert '<script defer="defer" src="../_static/doctools.js?v=1">' in page
    assert "<script type=\"module\">DOCUMENTATION_OPTIONS.pagename = 'a';" in page


def test_the_service_that_is_off_leaves_nothing() -> None:
    """Its constant was declared twice, which is an error in every browser's console."""
    assert "thebe" not in lighter(HEAD, "icons.css").lower()


@pytest.mark.parametrize(("body", "stays"), [('<div class="math">x</div>', True), ("x", False)])
def test_only_pages_with_formulas_load_mathjax(body: str, stays: bool) -> None:
    """Two megabytes are spared where there is nothing to draw."""
    assert ("tex-svg.js" in lighter(f"{HEAD}<body>{body}</body>", "icons.css")) is stays


def test_without_scripts_a_page_is_light_and_says_why_formulas_are_not_drawn() -> None:
    """The theme comes from a script, and so do formulas: both have something to fall back on."""
    article = '<body><article class="bd-article"><div class="math">x</div></article></body>'
    page = lighter(f'<html data-theme="auto">{HEAD}{article}</html>', "icons.css")
    assert '<html data-theme="light">' in page
    assert '<article class="bd-article"><noscript><p>Scripts are off' in page
    assert "noscript" not in lighter(f"{HEAD}<body>{article[:34]}</body>", "icons.css")


def test_an_icon_is_drawn_from_the_collection_by_name_or_alias() -> None:
    """The path of the drawing arrives in the stylesheet."""
    css = stylesheet({"arrow-up", "navicon", "solid"}, DRAWINGS)
    assert css.count("--icon: url(") == 2
    assert ".fa-navicon { --icon:" in css
    assert "M2%201" in css


def test_an_icon_that_nobody_draws_stops_the_build() -> None:
    """A blank square would be found by readers only."""
    with pytest.raises(SystemExit, match="no icon 'unicorn'"):
        stylesheet({"unicorn"}, DRAWINGS)
