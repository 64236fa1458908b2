"""Executing chapters: what runs, what is named when it fails, what is left alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from book.tools.chapters import ROOT
from book.tools.kernels import KernelManager
from book.tools.solutions import exercises, failures, taken_apart, with_exercises

COPIED = ("catalogkit", "book/tools", "book/ledger")


def write(folder: Path, name: str, *cells: str) -> Path:
    """Put a chapter with the given code cells into a copy of the project."""
    path = folder / "notebooks" / "taxonomy" / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    nbformat.write(notebook, path)
    return path


def execute(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the tool in the copy."""
    environment = os.environ | {"PYTHONPATH": str(folder)}
    command = [sys.executable, "-m", "book.tools.execute", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what executing needs and add three chapters, two of which fail."""
    folder = tmp_path_factory.mktemp("project")
    for part in COPIED:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.lock", folder)
    write(folder, "01_good", "from catalogkit import ledger\nledger.glue('answer', 42)")
    write(folder, "02_broken", "x = 1", "1 / 0")
    write(folder, "03_online", "import socket\nsocket.create_connection(('192.0.2.1', 80))")
    return folder


@pytest.fixture(scope="module")
def first(project: Path) -> subprocess.CompletedProcess[str]:
    """Run all three for the first time."""
    return execute(project)


def test_a_failed_chapter_is_named_with_its_cell_and_traceback(
    first: subprocess.CompletedProcess[str],
) -> None:
    """The reader of the log need not search."""
    assert first.returncode == 1
    assert "FAILED taxonomy/02_broken" in first.stderr
    assert "code cell 2 failed" in first.stderr
    assert "ZeroDivisionError" in first.stderr


def test_one_failure_does_not_stop_the_others(
    project: Path, first: subprocess.CompletedProcess[str]
) -> None:
    """The good chapter is executed and has its card; a failed one leaves nothing behind."""
    executed = project / "_build" / "executed" / "taxonomy"
    assert "1 chapters executed, 0 unchanged, 2 failed" in first.stdout
    assert [path.name for path in executed.iterdir()] == ["01_good.ipynb"]
    assert (project / "_build" / "results" / "taxonomy" / "01_good.json").exists()


def test_a_chapter_cannot_reach_the_network(first: subprocess.CompletedProcess[str]) -> None:
    """The attempt fails at once and says where data come from instead."""
    assert "chapters run offline" in first.stderr


def test_only_what_changed_runs_again(
    project: Path, first: subprocess.CompletedProcess[str]
) -> None:
    """An untouched chapter is left alone, a touched one runs, and nothing else does."""
    for name in ("02_broken", "03_online"):
        (project / "notebooks" / "taxonomy" / f"{name}.ipynb").unlink()
    assert "0 chapters executed, 1 unchanged" in execute(project).stdout
    (project / "notebooks" / "taxonomy" / "01_good.ipynb").touch()
    assert "1 chapters executed, 0 unchanged" in execute(project).stdout


def test_an_unknown_chapter_name_lists_the_known_ones(project: Path) -> None:
    """A slip in NAME= costs no search."""
    outcome = execute(project, "--only", "taxonomy/99_nothing")
    assert outcome.returncode == 1
    assert "taxonomy/01_good" in outcome.stderr


def test_the_longest_chapter_runs_first(project: Path) -> None:
    """A chapter of which nothing is known may be the longest."""
    names = ["taxonomy/04_short", "taxonomy/05_long", "taxonomy/06_new"]
    for name, seconds in zip(names, (3, 30), strict=False):
        write(project, Path(name).name, "pass")
        card = project / "book" / "results" / f"{name}.json"
        card.parent.mkdir(parents=True, exist_ok=True)
        card.write_text(json.dumps({"cpu_seconds": seconds}))
    write(project, "06_new", "pass")
    done = [line for line in execute(project).stdout.splitlines() if line.startswith("executed")]
    assert set(done[:2]) == {"executed taxonomy/06_new", "executed taxonomy/05_long"}


# ---- exercises

EXERCISES = """\
````{solution} ex-sum
:class: dropdown
```python
total = sum(numbers)
```
Twice.
```python
assert total == 6
```
````

````{solution} ex-wrong
:class: dropdown
```python
missing
```
````

## Quiz

1. How many?

   - **a** three
   - **b** four
   - **c** five

```{dropdown} Answer
% key: {3: "a", 4: "b"}[len(numbers)]
**b.** Count.

**a** is one too few.

**c** is one too many.
```
"""


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """Run a chapter of one cell with the exercises above, going on after a failure."""
    from nbclient import NotebookClient

    cells = [nbformat.v4.new_code_cell("numbers = [1, 2, 3]"),
             nbformat.v4.new_markdown_cell(EXERCISES)]  # fmt: skip
    notebook = with_exercises(nbformat.v4.new_notebook(cells=cells))
    resources = {"metadata": {"path": str(ROOT)}}
    NotebookClient(notebook, resources=resources, kernel_manager_class=KernelManager).execute()
    return notebook


def test_each_block_of_a_solution_and_each_key_is_run(solved: nbformat.NotebookNode) -> None:
    """They come in the order of the page, under the names of their exercises."""
    names = [name for name, _ in exercises(solved)]
    assert names == ["solution ex-sum", "solution ex-sum", "solution ex-wrong", "quiz key 1"]


def test_every_failed_exercise_is_named(solved: nbformat.NotebookNode) -> None:
    """A solution that breaks and a key that contradicts the page; the good one is not named."""
    found = failures(solved)
    assert sorted(found) == ["quiz key 1", "solution ex-wrong"]
    assert "the quiz calls b right in question 1, computed is 'a'" in found["quiz key 1"][-1]


def test_the_chapter_is_shown_without_what_ran_after_it(solved: nbformat.NotebookNode) -> None:
    """Readers see their notebook; the solutions keep their outputs elsewhere, with their times."""
    chapter, apart, seconds = taken_apart(solved)
    assert [cell.cell_type for cell in chapter.cells] == ["code", "markdown"]
    assert [cell.source for cell in apart.cells][:2] == [
        "total = sum(numbers)",
        "assert total == 6",
    ]
    assert set(seconds) == {"solution ex-sum", "solution ex-wrong", "quiz key 1"}
