"""Execute the chapters that changed, two at a time, one thread each.

python -m book.tools.execute [--only taxonomy/03_text] [--profile gpu]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

from book.tools.chapters import BUILD, ROOT, Chapter, discover

AT_A_TIME = 2
# One thread a process: two processes with two threads each are ten times slower than with one.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "passive",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
    "PYTHONHASHSEED": "0",
    # glibc gives large arrays back to the system at once; fetching them anew costs page by page.
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(4 * 2**30),
    "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent / "offline"), str(ROOT)]),
}


def main() -> int:
    """Run what is stale; name what failed; exit 1 when anything did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="CHAPTER", help="run this chapter, changed or not")
    parser.add_argument("--profile", choices=["laptop", "gpu"], default="laptop")
    arguments = parser.parse_args()
    chapters = discover()
    forget_removed(chapters)
    if arguments.only:
        chapters = [chapter_named(arguments.only, chapters)]
    stale = chapters if arguments.only else [c for c in chapters if not c.is_fresh()]
    failures = execute(stale, arguments.profile)
    for name, message in failures.items():
        print(f"\n{'=' * 72}\nFAILED {name}\n{message}", file=sys.stderr)
    done, unchanged = len(stale) - len(failures), len(chapters) - len(stale)
    print(f"{done} chapters executed, {unchanged} unchanged, {len(failures)} failed")
    return 1 if failures else 0


def execute(chapters: Sequence[Chapter], profile: str) -> dict[str, str]:
    """Run chapters two at a time; return the message of each that failed; all others run.

    The longest come first, so that no core waits for the other's last one.
    """
    failures: dict[str, str] = {}
    chapters = sorted(chapters, key=Chapter.expected_seconds, reverse=True)
    with (
        tqdm(total=len(chapters), unit="chapter", disable=None if chapters else True) as progress,
        ThreadPoolExecutor(AT_A_TIME) as pool,
    ):
        for chapter, message in pool.map(lambda c: (c, _run(c, profile, progress)), chapters):
            if message:
                failures[chapter.name] = message
    return failures


def chapter_named(name: str, chapters: Sequence[Chapter]) -> Chapter:
    """Find a chapter by its name, or say which there are."""
    if Chapter(name) not in chapters:
        known = ", ".join(chapter.name for chapter in chapters)
        sys.exit(f"there is no chapter {name!r}: NAME is one of {known}")
    return Chapter(name)


def forget_removed(chapters: Sequence[Chapter]) -> None:
    """Delete what was executed from chapters that are no longer there."""
    kept = {path for c in chapters for path in (c.executed, c.solved, c.card)}
    for folder, ending in (
        ("executed", "*.ipynb"),
        ("solutions", "*.ipynb"),
        ("results", "*.json"),
    ):
        for path in (BUILD / folder).rglob(ending):
            if path not in kept:
                path.unlink()


def _run(chapter: Chapter, profile: str, progress: tqdm[None]) -> str:
    """Execute one chapter in its own process; return what it said if it failed."""
    command = [sys.executable, "-m", "book.tools.run_chapter", chapter.name, "--profile", profile]
    lines: list[str] = []
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | ENVIRONMENT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        for line in process.stdout or ():
            lines.append(line)
            if "/" in line[:8]:
                progress.set_postfix_str(f"{chapter.name} cell {line.strip()}")
    progress.update()
    progress.write(f"{'failed  ' if process.returncode else 'executed'} {chapter.name}")
    return "".join(lines[-60:]) if process.returncode else ""


if __name__ == "__main__":
    sys.exit(main())
