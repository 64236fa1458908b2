"""Read the book's sources for the checks: notebooks, pages, and the passages of prose in both."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from book.tools.rules.markdown import Markdown, parse

Json = dict[str, Any]
_HEADING = re.compile(r"^(#{1,6})\s+(.*)$")


@dataclass(frozen=True)
class Notebook:
    """A notebook as its JSON says, with each cell's source as one string.

    file: its path from the root of the repository, with forward slashes.
    """

    file: str
    data: Json

    @property
    def name(self) -> str:
        """Return the chapter's name, such as taxonomy/03_text."""
        return self.file.removeprefix("notebooks/").removesuffix(".ipynb")

    @property
    def cells(self) -> list[Json]:
        """Return the cells in order."""
        cells: list[Json] = self.data["cells"]
        return cells

    @property
    def markdown(self) -> Markdown:
        """Return the prose of all text cells as one text."""
        texts = (cell["source"] for cell in self.cells if cell["cell_type"] == "markdown")
        return parse("\n\n".join(texts))

    def place(self, index: int) -> str:
        """Name a cell by its index from 0, as a reader counts: from 1."""
        return f"{self.file}, cell {index + 1}"

    def code(self) -> Iterator[tuple[int, Json]]:
        """Yield each code cell with its index."""
        return ((i, cell) for i, cell in enumerate(self.cells) if cell["cell_type"] == "code")


@dataclass(frozen=True)
class Passage:
    """A piece of prose in one place: a text cell, a caption, or a page's section.

    text: the markdown source; can_glue: whether a glued number would be filled in there.
    """

    file: str
    place: str
    text: str
    can_glue: bool = True

    @cached_property
    def markdown(self) -> Markdown:
        """Return the passage's lines, sorted."""
        return parse(self.text)


def tags(cell: Json) -> list[str]:
    """Return a cell's tags."""
    return list(cell.get("metadata", {}).get("tags", []))


def section(notebook: Notebook, title: str) -> range:
    """Return the lines under the heading that contains a title, down to the next of its level."""
    lines = notebook.markdown.prose
    heads = [(i, found) for i, line in enumerate(lines) if (found := _HEADING.match(line))]
    for start, head in heads:
        if title in head[2].lower():
            later = (i for i, next_ in heads if i > start and len(next_[1]) <= len(head[1]))
            return range(start + 1, next(later, len(lines)))
    return range(0)


def read_notebook(path: Path, root: Path) -> Notebook:
    """Read one notebook; raises ValueError naming the file when it is not JSON."""
    file = path.relative_to(root).as_posix()
    try:
        data: Json = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{file} is no notebook ({error}): restore it from git") from error
    for cell in data["cells"]:
        cell["source"] = "".join(cell["source"])
    return Notebook(file, data)


def read_notebooks(root: Path) -> list[Notebook]:
    """Read every chapter below notebooks/; assignments are no chapters."""
    paths = sorted((root / "notebooks").rglob("*.ipynb"))
    kept = (p for p in paths if not {"assignments", ".ipynb_checkpoints"} & set(p.parts))
    return [read_notebook(path, root) for path in kept]


def notebook_passages(notebook: Notebook) -> Iterator[Passage]:
    """Yield the prose of a notebook: text cells, and the captions and alt texts of figures."""
    for index, cell in enumerate(notebook.cells):
        if cell["cell_type"] == "markdown":
            yield Passage(notebook.file, notebook.place(index), cell["source"])
        shown = cell.get("metadata", {}).get("mystnb", {})
        for part, key in (("figure", "caption"), ("image", "alt")):
            if text := shown.get(part, {}).get(key):
                yield Passage(
                    notebook.file, f"{notebook.place(index)} ({key})", text, can_glue=False
                )


def page_passages(path: Path, root: Path) -> Iterator[Passage]:
    """Yield the sections of a markdown page, each with the line that it starts on."""
    file = path.relative_to(root).as_posix()
    lines = path.read_text(encoding="utf-8").splitlines()
    page = parse("\n".join(lines))
    outside = [i for i, depth in enumerate(page.depths) if depth == 0]
    heads = [i for i in outside if re.match(r"#{1,6}\s", page.prose[i])]
    for start, end in zip([0, *heads], [*heads, len(lines)], strict=True):
        if start < end:
            yield Passage(file, f"{file}, line {start + 1}", "\n".join(lines[start:end]))


def read_passages(root: Path) -> list[Passage]:
    """Return all prose of the book: chapters and the pages below book/."""
    chapters = [p for notebook in read_notebooks(root) for p in notebook_passages(notebook)]
    pages = sorted((root / "book").rglob("*.md"))
    return chapters + [passage for page in pages for passage in page_passages(page, root)]
