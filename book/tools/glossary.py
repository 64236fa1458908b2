"""Link the first mention of each term in a chapter to the glossary, while the site is laid out."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ENTRY = re.compile(r"^(?P<english>\S[^\n]*)\n(?P<chinese>\S[^\n]*)\n[ ]{2}\S", re.MULTILINE)
_PROTECTED = re.compile(
    r"\{[\w:+-]+\}`[^`]*`|`[^`]*`|!?\[[^\]]*\]\([^)]*\)|\$[^$]*\$|\*{1,2}[^*]+\*{1,2}|<[^>]*>|\"[^\"]*\""
)
_NOT_PROSE = re.compile(r"^\s*(?:#|\||\(|%|:|\{|\$\$|>)")
_FENCE = re.compile(r"^\s*(`{3,}|:{3,}|~{3,})")
# Words that every reader knows: a link would only be noise.
EVERYDAY = {"catalog", "category", "feature", "label", "product type", "department", "text", "tree"}


def terms_in(glossary: str) -> list[str]:
    """Return the English terms of the glossary page, as they are written there."""
    return [match["english"].strip() for match in _ENTRY.finditer(glossary)]


def link_terms(cells: Iterable[str], terms: Iterable[str]) -> list[str]:
    """Return a chapter's Markdown cells with the first mention of each term as a link.

    Code, headings, tables, formulas, links, emphasis and everything inside a directive stay.
    """
    left = sorted((t for t in terms if t.lower() not in EVERYDAY), key=len, reverse=True)
    return [_linked(cell, left) for cell in cells]


def _linked(cell: str, left: list[str]) -> str:
    """Link within one cell, and take what was linked from the list of what is left."""
    lines, fence = [], ""
    for line in cell.split("\n"):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        elif not fence and not _NOT_PROSE.match(line):
            line = _link_line(line, left)
        lines.append(line)
    return "\n".join(lines)


def _link_line(line: str, left: list[str]) -> str:
    for term in list(left):
        held = [match.span() for match in _PROTECTED.finditer(line)]
        for found in re.finditer(rf"(?<![\w-]){re.escape(term)}(?:s|es)?(?![\w-])", line, re.I):
            if not any(start < found.end() and found.start() < end for start, end in held):
                line = f"{line[: found.start()]}{{term}}`{found[0]} <{term}>`{line[found.end() :]}"
                left.remove(term)
                break
    return line
