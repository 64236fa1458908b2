"""Read MyST markdown the way the checks need it: prose apart from code, directives and labels."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

ID = re.compile(r"\b[TRXDS]-(?:[CE]\d{2}|\d+(?:\.(?:\d+|Q\d+))*)\b")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,}|:{3,})\s*(?:\{([\w:+-]+)\})?\s*(.*?)\s*$")
_OPTION = re.compile(r"^\s*:([\w-]+):\s*(.*?)\s*$")
_YAML_OPTION = re.compile(r"^\s*([\w-]+):\s*(.*?)\s*$")
_LABEL = re.compile(r"^\(([^()\s]+)\)=\s*$")
# Directives whose body is no prose.
_LITERAL = {
    "", "code", "code-block", "code-cell", "sourcecode", "literalinclude", "math", "mermaid", "raw",
    "toctree", "tableofcontents", "eval-rst", "bibliography", "include", "glue", "glue:figure",
    "glue:math", "glue:md",
}  # fmt: skip
# Directives whose argument is a path or a label, not a title.
_UNTITLED = {"figure", "image", "solution", "solution-start", "exercise-end", "solution-end"}
_NUMBER_ONLY = re.compile(r"^(?:\d|[.,%+±≈~=<>()/-]|\\[%,;! ]|\{,\}|\\(?:pm|approx|times)|\s)*$")
_MARKUP = [
    (re.compile(r"<!--.*?-->", re.DOTALL), " "),
    (re.compile(r"^\s*%.*$", re.MULTILINE), " "),
    (re.compile(r"^\s*\[[^\]]+\]:\s+\S+.*$", re.MULTILINE), " "),
    (re.compile(r"^\([^()\s]+\)=\s*$", re.MULTILINE), " "),
    (re.compile(r"\{[\w:+-]+\}(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL), " "),
    (re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL), " "),
    (re.compile(r"(?<=\])\([^)\s]*(?:\s+\"[^\"]*\")?\)"), ""),
    (re.compile(r"<?\bhttps?://[^\s>)]+>?"), " "),
    (re.compile(r"</?[a-zA-Z][^<>]*>"), " "),
]
_MATH = re.compile(r"(?<!\\)\$\$(.+?)\$\$|(?<![\\$])\$(?=\S)([^$\n]+?)(?<=\S)\$(?!\d)", re.DOTALL)


@dataclass
class Directive:
    """One directive: its name, argument, the line it opens on (from 0), its depth and options."""

    name: str
    argument: str
    line: int
    depth: int
    options: dict[str, str] = field(default_factory=dict)


@dataclass
class Markdown:
    """A text's lines: prose, with '' for what is none, and how deep in directives each stands."""

    prose: list[str] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    directives: list[Directive] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        """Return every name that a link can point to: `(label)=` and directives' own."""
        targets = [found[1] for line in self.prose if (found := _LABEL.match(line))]
        options = [directive.options for directive in self.directives]
        return targets + [o[key] for o in options for key in ("label", "name") if key in o]


def parse(text: str) -> Markdown:
    """Sort the lines of a markdown text; a front matter between `---` is no prose."""
    parser = _Parser()
    lines = text.splitlines()
    if lines and lines[0].strip() == "---":
        parser.options = "yaml"
        parser.keep("")
        lines = lines[1:]
    for line in lines:
        parser.feed(line)
    return parser.found


def reader_text(prose: str) -> str:
    """Return the words as a reader sees them, on one line: no roles, code, formulas, targets, ids.

    A formula that is nothing but a number is no formula: it stays.
    """
    for pattern, replacement in _MARKUP:
        prose = pattern.sub(replacement, prose)
    prose = ID.sub(" ", _MATH.sub(_number_or_nothing, prose))
    return " ".join(prose.split())


def _number_or_nothing(formula: re.Match[str]) -> str:
    inner = formula[1] or formula[2]
    if not _NUMBER_ONLY.match(inner):
        return " "
    return f" {inner.replace('{,}', ',').replace(chr(92) + ',', '').replace(chr(92), '')} "


class _Parser:
    """Walk the lines with a stack of open fences."""

    def __init__(self) -> None:
        self.found = Markdown()
        self.fences: list[tuple[str, bool]] = []
        self.options = ""

    def feed(self, line: str) -> None:
        fence = _FENCE.match(line)
        if fence and self._closes(fence):
            self.fences.pop()
            self.options = ""
            self.keep("")
        elif self._is_option(line) or (self.fences and self.fences[-1][1]):
            self.keep("")
        elif fence and "`" not in fence[3]:
            self._open(*fence.groups())
        else:
            self.keep(line)

    def keep(self, prose: str) -> None:
        self.found.prose.append(prose)
        self.found.depths.append(len(self.fences))

    def _closes(self, fence: re.Match[str]) -> bool:
        if not self.fences or fence[2] or fence[3]:
            return False
        mark = self.fences[-1][0]
        return fence[1][0] == mark[0] and len(fence[1]) >= len(mark)

    def _open(self, mark: str, name: str | None, argument: str) -> None:
        literal = (name or "") in _LITERAL
        titled = not literal and name not in _UNTITLED
        line = len(self.found.prose)
        self.keep(argument if titled else "")
        if name:
            self.found.directives.append(Directive(name, argument, line, len(self.fences)))
            self.options = "colon"
        self.fences.append((mark, literal))

    def _is_option(self, line: str) -> bool:
        if not self.options:
            return False
        if line.strip() == "---":
            self.options = "yaml" if self.options == "colon" else ""
            return True
        option = (_OPTION if self.options == "colon" else _YAML_OPTION).match(line)
        if option and self.found.directives:
            self.found.directives[-1].options[option[1]] = option[2]
        if self.options == "colon" and not option:
            self.options = ""
        return bool(self.options)
