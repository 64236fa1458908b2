"""Which chapters there are, where their files live, and when one must run again."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import grimp
import nbformat

from catalogkit import ledger

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "_build"
NOTEBOOKS = ROOT / "notebooks"
PUBLISHED = ROOT / "book" / "results"
_IMPORT = re.compile(r"^\s*(?:from|import)\s+(catalogkit[\w.]*)(?:\s+import\s+(.+))?", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Chapter:
    """One notebook; `name` is its path below notebooks/ without the ending."""

    name: str

    @property
    def source(self) -> Path:
        """The clean notebook in git."""
        return NOTEBOOKS / f"{self.name}.ipynb"

    @property
    def executed(self) -> Path:
        """The notebook with its outputs."""
        return BUILD / "executed" / f"{self.name}.ipynb"

    @property
    def solved(self) -> Path:
        """The exercises' solutions with their outputs."""
        return BUILD / "solutions" / f"{self.name}.ipynb"

    @property
    def card(self) -> Path:
        """The result card of the latest run."""
        return BUILD / "results" / f"{self.name}.json"

    @property
    def published(self) -> Path:
        """The result card in git."""
        return PUBLISHED / f"{self.name}.json"

    def expected_seconds(self) -> float:
        """Return the CPU seconds of the published run, endless for a chapter without one."""
        if not self.published.exists():
            return float("inf")
        return float(json.loads(self.published.read_text(encoding="utf-8"))["cpu_seconds"])

    def digest(self) -> str:
        """Hash all that the results depend on: notebook, its part of catalogkit, lock, rules."""
        text = self.source.read_text(encoding="utf-8")
        code = "\n".join(c.source for c in nbformat.reads(text, 4).cells if c.cell_type == "code")
        claims = ledger.entries("claims")
        rules = [claims.get(claim) for claim in sorted(set(re.findall(r"[TRXDS]-C\d\d", code)))]
        parts = [text, json.dumps(rules), (ROOT / "requirements.lock").read_text(encoding="utf-8")]
        parts += [path.read_text(encoding="utf-8") for path in _package_files(code)]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def is_fresh(self) -> bool:
        """Tell whether the executed notebook stands on today's sources, untouched since."""
        if not (self.executed.exists() and self.card.exists()):
            return False
        card: dict[str, Any] = json.loads(self.card.read_text(encoding="utf-8"))
        same = bool(card["source_digest"] == self.digest())
        return same and bool(card["source_mtime"] == self.source.stat().st_mtime_ns)


def discover() -> list[Chapter]:
    """Return every chapter on disk in reading order; assignments are not chapters."""
    names = (path.relative_to(NOTEBOOKS).with_suffix("") for path in NOTEBOOKS.rglob("*.ipynb"))
    return sorted(Chapter(str(name)) for name in names if name.parts[0] != "assignments")


def _package_files(code: str) -> list[Path]:
    """Return the files of catalogkit that a chapter's imports reach, and the package's styles."""
    graph = _graph()
    reached: set[str] = set()
    for module, names in _IMPORT.findall(code):
        imported = [f"{module}.{name.split()[0]}" for name in names.strip("() ").split(",") if name]
        for name in [module, *imported]:
            if name in graph.modules:
                reached |= {name} | graph.find_upstream_modules(name)
    files = [_file(name) for name in sorted(reached)]
    return files + sorted((ROOT / "catalogkit").glob("*.mplstyle"))


def _file(module: str) -> Path:
    path = ROOT / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph("catalogkit", cache_dir=None)
