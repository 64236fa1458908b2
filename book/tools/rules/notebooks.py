"""Rules for the source notebooks: clean in git, in the table of contents, short, well mixed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import nbformat
import yaml

from book.tools.format_notebooks import (
    CELL_METADATA,
    NOTEBOOK_METADATA,
    VALID_ID,
    formatted,
    kept,
)
from book.tools.rules.markdown import reader_text
from book.tools.rules.problems import Problem
from book.tools.rules.reading import Notebook, section, tags

CELLS = (20, 35)
WORDS = (800, 1600)
MEDIAN_CODE_LINES = 6
LONGEST_CODE_CELL = 20
TEXT_AROUND_CODE = 0.7
FORMAT = "run `python -m book.tools.format_notebooks`"
_WORD = re.compile(r"\S*\w\S*")
_PROFILE = re.compile(r"""^profile\s*=\s*["']laptop["']""", re.MULTILINE)


def check_toc(root: Path) -> list[Problem]:
    """Demand that the chapters on disk and those in _toc.yml are the same, each listed once."""
    toc = root / "_toc.yml"
    if not toc.exists():
        return [Problem("_toc.yml", "is missing", "restore it: without it there is no book")]
    named = [Path(entry).with_suffix("").as_posix() if entry.endswith(".ipynb") else entry
             for entry in _files(yaml.safe_load(toc.read_text(encoding="utf-8")))]  # fmt: skip
    listed = [entry for entry in named if entry.startswith("notebooks/")]
    paths = (path.relative_to(root) for path in (root / "notebooks").rglob("*.ipynb"))
    skipped = {"assignments", ".ipynb_checkpoints"}
    chapters = {path.with_suffix("").as_posix() for path in paths if not skipped & set(path.parts)}
    found = [Problem(f"{name}.ipynb", "is not in _toc.yml", "list it there, or delete the notebook")
             for name in sorted(chapters - set(listed))]  # fmt: skip
    found += [Problem("_toc.yml", f"lists {name}, which is not on disk",
                      "write the chapter, or take the entry out")
              for name in sorted(set(listed) - chapters)]  # fmt: skip
    return found + [Problem("_toc.yml", f"lists {name} twice", "keep one of the entries")
                    for name in sorted({n for n in named if named.count(n) > 1})]  # fmt: skip


def check_clean(notebook: Notebook) -> list[Problem]:
    """Demand no outputs, counts or stray metadata in git."""
    found = []
    if kept(notebook.data.get("metadata", {}), NOTEBOOK_METADATA) != notebook.data.get("metadata"):
        found.append(Problem(notebook.file, "has stray notebook metadata", FORMAT))
    for index, cell in enumerate(notebook.cells):
        traces = {
            "an output": cell.get("outputs"),
            "an execution count": cell.get("execution_count") is not None,
            "stray metadata": kept(cell["metadata"], CELL_METADATA) != cell["metadata"],
        }
        found += [Problem(notebook.place(index), f"has {trace}", FORMAT)
                  for trace, there in traces.items() if there]  # fmt: skip
    return found


def check_format(notebook: Notebook, text: str) -> list[Problem]:
    """Demand format 4.5 with a valid id of its own on each cell, written as the formatter does.

    text: the file as it stands on disk.
    """
    version = (notebook.data.get("nbformat"), notebook.data.get("nbformat_minor"))
    if version != (4, 5):
        return [Problem(notebook.file, f"is in notebook format {version}, not 4.5", FORMAT)]
    ids = [str(cell.get("id", "")) for cell in notebook.cells]
    bad = (i for i, name in enumerate(ids) if not VALID_ID.match(name) or name in ids[:i])
    found = [Problem(notebook.place(i), f"has no valid cell id of its own ({ids[i]!r})", FORMAT)
             for i in bad]  # fmt: skip
    if found:
        return found
    try:
        nbformat.validate(nbformat.from_dict(notebook.data), relax_add_props=False)
    except nbformat.ValidationError as error:
        return [Problem(notebook.file, f"is no valid notebook: {error.message}", FORMAT)]
    if text != formatted(text):
        return [Problem(notebook.file, "is not written in the one form", FORMAT)]
    return []


def check_size(notebook: Notebook) -> list[Problem]:
    """Hold the limits on cells, words and code.

    Cells: all of them. Words: of the text cells, as `reader_text` leaves them, with the titles of
    directives, without code, formulas, options, labels and glued numbers; a run of Chinese is one
    word; a quiz does not count. Code lines: those that are not blank, comments included.
    """
    lines = [sum(1 for line in cell["source"].splitlines() if line.strip())
             for _, cell in notebook.code()]  # fmt: skip
    quiz = section(notebook, "quiz")
    prose = (line for i, line in enumerate(notebook.markdown.prose) if i not in quiz)
    words = len(_WORD.findall(reader_text("\n".join(prose))))
    found = _between(notebook.file, "cells", len(notebook.cells), CELLS)
    found += _between(notebook.file, "words of prose", words, WORDS)
    if lines and median(lines) > MEDIAN_CODE_LINES:
        what = f"its median code cell has {median(lines):g} lines, more than {MEDIAN_CODE_LINES}"
        found.append(Problem(notebook.file, what, "one idea a cell: split, or move plumbing out"))
    for (index, _), count in zip(notebook.code(), lines, strict=True):
        if count > LONGEST_CODE_CELL:
            what = f"has {count} lines of code, more than {LONGEST_CODE_CELL}"
            found.append(Problem(notebook.place(index), what, "split it, with text between"))
    return found


def check_text_around_code(notebook: Notebook) -> list[Problem]:
    """Demand a text cell directly before and directly after most code cells."""
    kinds = ["", *(cell["cell_type"] for cell in notebook.cells), ""]
    code = [i for i, kind in enumerate(kinds) if kind == "code"]
    bare = [i for i in code if not kinds[i - 1] == kinds[i + 1] == "markdown"]
    if not code or len(bare) <= (1 - TEXT_AROUND_CODE) * len(code):
        return []
    what = (f"{len(code) - len(bare)} of {len(code)} code cells have text on both sides, "
            f"fewer than {TEXT_AROUND_CODE:.0%}")  # fmt: skip
    remedy = f"say what to expect and what we saw around cells {', '.join(map(str, bare))}"
    return [Problem(notebook.file, what, remedy)]


def check_setup(notebook: Notebook) -> list[Problem]:
    """Demand one bootstrap cell and, after it, one parameters cell that sets the laptop profile."""
    places = {tag: [i for i, cell in notebook.code() if tag in tags(cell)]
              for tag in ("bootstrap", "parameters")}  # fmt: skip
    found = [
        Problem(notebook.file, f"{len(indices)} code cells are tagged `{tag}`",
                "tag exactly one, as in the model chapter")
        for tag, indices in places.items() if len(indices) != 1
    ]  # fmt: skip
    if found:
        return found
    [bootstrap], [parameters] = places.values()
    if bootstrap > parameters:
        what = "comes before the bootstrap cell"
        found.append(Problem(notebook.place(parameters), what, "put the bootstrap cell first"))
    if not _PROFILE.search(notebook.cells[parameters]["source"]):
        what = "is tagged `parameters` but does not set the profile"
        found.append(Problem(notebook.place(parameters), what, 'write `profile = "laptop"` in it'))
    return found


def _between(where: str, unit: str, count: int, limits: tuple[int, int]) -> list[Problem]:
    low, high = limits
    if low <= count <= high:
        return []
    remedy = "say more, or merge the chapter" if count < low else "tighten, or split the chapter"
    return [Problem(where, f"has {count} {unit}, not {low} to {high}", remedy)]


def _files(toc: object) -> Iterator[str]:
    """Yield every file that a table of contents names, however deep."""
    if isinstance(toc, list):
        for entry in toc:
            yield from _files(entry)
    if isinstance(toc, dict):
        yield from (str(toc[key]) for key in ("root", "file") if key in toc)
        for value in toc.values():
            yield from _files(value)


def check_all(notebook: Notebook, text: str) -> list[Problem]:
    """Run every rule of this module that looks at one notebook."""
    rules = (check_clean, check_size, check_text_around_code, check_setup)
    return check_format(notebook, text) + [p for rule in rules for p in rule(notebook)]
