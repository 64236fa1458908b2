"""Build the site from the executed chapters, strictly: a warning is an error.

python -m book.tools.build_site
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from book.tools.assemble import STAGE, assemble
from book.tools.chapters import BUILD, ROOT
from book.tools.lighten import lighten

SITE = BUILD / "html"
STAMP = BUILD / "site.sha256"
FAULTS = ("WARNING", "ERROR", "CRITICAL")


def main() -> int:
    """Assemble, build when anything differs from the last build, say where to open it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--partial", action="store_true", help="chapters may be missing")
    partial = parser.parse_args().partial
    missing = assemble()
    digest = _digest()
    if STAMP.exists() and STAMP.read_text() == digest and SITE.exists():
        print("site unchanged")
    elif not _build() and not (partial and missing):
        return 1
    else:
        STAMP.write_text(digest)
    for chapter in missing:
        print(f"LEFT OUT {chapter.name}: it has not been executed", file=sys.stderr)
    print(f"open {(SITE / 'index.html').relative_to(ROOT)}")
    return 1 if missing and not partial else 0


def _build() -> bool:
    """Run jupyter-book, put the site in place; return whether there was no warning.

    Always from nothing: incremental builds leave old glued numbers on other pages.
    """
    STAMP.unlink(missing_ok=True)
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(STAGE)]
    done = subprocess.run(
        [*command, "-W", "-n", "--keep-going", "--all"], text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    built = STAGE / "_build" / "html"
    if built.exists():
        shutil.rmtree(SITE, ignore_errors=True)
        shutil.move(built, SITE)
        lighten(SITE)
        shutil.rmtree(STAGE / "_build")
    if done.returncode or not SITE.exists():
        lines = done.stdout.splitlines()
        faults = [line for line in lines if any(word in line for word in FAULTS)]
        print(*(faults or lines), sep="\n", file=sys.stderr)
        return False
    return True


def _digest() -> str:
    """Hash every file on the stage, and the lock that the builder comes from."""
    paths = [ROOT / "requirements.lock", *sorted(p for p in STAGE.rglob("*") if p.is_file())]
    hashed = hashlib.sha256()
    for path in paths:
        hashed.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return hashed.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
