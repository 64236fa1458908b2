"""Make student files, solutions and autograder of an assignment, and see that nothing leaks.

otter-grader splits the source; what students get must hold no solution and no hidden test.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import yaml

from book.tools.assignments.sources import Assignment
from book.tools.chapters import ROOT
from book.tools.format_notebooks import bootstrap
from book.tools.rules.reading import Json

_CHAPTER = re.compile(r"\[([^\]]+)\]\(\.\./([\w/]+)\.ipynb\)")
_SOLUTION = re.compile(r"^\s*# BEGIN SOLUTION.*?$(.*?)^\s*# END SOLUTION", re.MULTILINE | re.DOTALL)
_ONE_LINE = re.compile(r"^.*# SOLUTION\b.*$", re.MULTILINE)
_CONFIG = "# ASSIGNMENT CONFIG"
_EPOCH = (2026, 1, 1, 0, 0, 0)
TELLING = 12  # characters: shorter lines, such as `return x`, are no secret


def make(assignment: Assignment) -> None:
    """Write everything that is generated of an assignment, each time anew, unless it is current.

    Raises RuntimeError with otter-grader's message when it refuses the source, and naming the line
    when the student's files give away a solution or a hidden test.
    """
    stamp, digest = assignment.folder / "source.sha256", _digest(assignment.source)
    if stamp.exists() and stamp.read_text() == digest:
        return
    shutil.rmtree(assignment.folder, ignore_errors=True)
    assignment.folder.mkdir(parents=True)
    work = assignment.folder / f"{assignment.name}.ipynb"
    nbformat.write(_prepared(nbformat.read(assignment.source, 4), assignment.name), work)
    command = [sys.executable, "-m", "otter", "assign", work.name, ".", "--no-run-tests"]
    done = subprocess.run(
        command, cwd=assignment.folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{assignment.source.name}: otter assign says\n{done.stderr[-1500:]}")
    [autograder] = (assignment.folder / "autograder").glob("*.zip")
    autograder.replace(assignment.autograder)
    leaks = given_away(assignment)
    if leaks:
        raise RuntimeError(f"{assignment.name}: the student's files show {leaks}")
    _pack(assignment.student, assignment.handout)
    work.unlink()
    stamp.write_text(digest)


def given_away(assignment: Assignment) -> list[str]:
    """Return the telling lines of solutions and hidden tests that stand in the student's files."""
    texts = [path.read_text(encoding="utf-8") for path in assignment.student.rglob("*.py")]
    [path] = assignment.student.glob("*.ipynb")
    cells = nbformat.read(path, 4).cells
    seen = set(_lines("\n".join([*texts, *(cell.source for cell in cells)])))
    return sorted(_secrets(nbformat.read(assignment.source, 4)) & seen)


def _lines(text: str) -> list[str]:
    """Return the lines without indent and comment sign, with one kind of quotes."""
    return [line.strip().removeprefix("# ").replace("'", '"') for line in text.splitlines()]


def _secrets(source: nbformat.NotebookNode) -> set[str]:
    """Return the lines that only solutions and hidden tests hold."""
    secret, open_lines, inside = set[str](), set[str](), False
    for cell in source.cells:
        kind = cell.source.split("\n")[0].strip()
        inside = {"# BEGIN SOLUTION": True, "# END SOLUTION": False}.get(kind, inside)
        text = cell.source
        if kind.startswith("# HIDDEN") or (inside and cell.cell_type == "markdown"):
            hidden = text
        else:
            solved = [*_SOLUTION.findall(text), *_ONE_LINE.findall(text)]
            hidden = "\n".join(solved)
        secret |= set(_lines(hidden))
        open_lines |= set(_lines(text)) - set(_lines(hidden))
    return {line for line in secret - open_lines if len(line) >= TELLING}


def _prepared(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """Return a source as a folder without a book needs it.

    Links to chapters point at the published site, or else name the chapter. The bootstrap cell
    brings the grader, too, and on Colab the public tests; the cell after it starts the grader.
    """
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    address = config["html"]["baseurl"].rstrip("/")
    link = rf"[\1]({address}/notebooks/\2.html)" if address else r"\1 (`\2`)"
    cells = []
    for cell in notebook.cells:
        if cell.source.startswith(_CONFIG):
            settings = yaml.safe_load(cell.source) | {"init_cell": False}
            cell.source = f"{_CONFIG}\n{yaml.safe_dump(settings)}"
        if cell.cell_type == "markdown":
            cell.source = _CHAPTER.sub(link, cell.source)
        cells.append(cell)
        if "bootstrap" in cell.metadata.get("tags", []):
            cell.source = _bootstrap(config["repository"], name)
            start = f'import otter\n\ngrader = otter.Notebook("{name}.ipynb")'
            cells.append(nbformat.v4.new_code_cell(start))
    notebook.cells = cells
    return notebook


def _bootstrap(repository: Json, name: str) -> str:
    """Write the cell that installs what is missing on Colab, and fetches the public tests there."""
    chapters = bootstrap(repository).replace('"catalogkit"', '"otter"')
    lines = [chapters.removesuffix('")') + ' otter-grader")']
    if url := repository.get("url"):
        fetch = f"git clone --quiet --branch students {url} handed && cp -r handed/{name}/tests ."
        lines.append(f'    get_ipython().system("{fetch}")')
    return "\n".join(lines)


def _pack(folder: Path, target: Path) -> None:
    """Zip a folder under its assignment's name, equal for equal content."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            name = f"{target.stem}/{path.relative_to(folder).as_posix()}"
            packed.writestr(zipfile.ZipInfo(name, _EPOCH), path.read_bytes())


def _digest(source: Path) -> str:
    """Hash what the generated files depend on."""
    lock, config = (ROOT / name for name in ("requirements.lock", "_config.yml"))
    parts = [
        source.read_bytes(),
        lock.read_bytes(),
        config.read_bytes(),
        Path(__file__).read_bytes(),
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
