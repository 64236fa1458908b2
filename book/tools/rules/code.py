"""Rules for the code base: short modules and functions, imports one way, a test for each module."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from book.tools.rules.problems import Problem

MODULE_LINES = 250
FUNCTION_LINES = 25


def check_sizes(root: Path, folders: Iterable[str]) -> list[Problem]:
    """Hold modules and functions to their limits.

    A function counts from its `def` to its last line; decorators do not count, nor does the
    docstring: to say shapes, units and errors must not cost a function its readable shape.
    """
    found = []
    for path in _modules(root, folders):
        file = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        if (lines := len(text.splitlines())) > MODULE_LINES:
            what = f"has {lines} lines, more than {MODULE_LINES}"
            found.append(Problem(file, what, "split it: one idea a module"))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = _length(node) - _docstring_length(node)
                if lines > FUNCTION_LINES:
                    what = f"{node.name} has {lines} lines, more than {FUNCTION_LINES}"
                    where = f"{file}, line {node.lineno}"
                    found.append(Problem(where, what, "take a step out into a function of its own"))
    return found


def _length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _docstring_length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return _length(node.body[0]) if ast.get_docstring(node) is not None else 0


def check_imports(root: Path) -> list[Problem]:
    """Demand what the contracts in pyproject.toml say of who imports whom.

    root: the folder with the package and a pyproject.toml that holds the contracts.
    """
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ]
    done = subprocess.run(
        [*command, "--config", "pyproject.toml", "--no-cache"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 0:
        return []
    _, _, broken = done.stdout.partition("Broken contracts")
    what = (
        f"an import goes against the direction\n{(broken or done.stdout + done.stderr).strip()}\n"
    )
    remedy = "import only from rooms nearer the ground, or move the code to the room that needs it"
    return [Problem("catalogkit", what, remedy)]


def check_mirror(root: Path, package: str = "catalogkit") -> list[Problem]:
    """Demand that each module of the package is imported by some test.

    Directly, through the names that its room re-exports, or as a part of a module beside it that a
    test imports.
    """
    tests = (name for path in (root / "tests").rglob("*.py") for name in _imported(path))
    imports = {_name(path, root): set(_imported(path)) for path in _modules(root, [package])}
    rooms = {name: names for name, names in imports.items() if _is_room(name, imports)}
    tested = set(tests)
    for room, names in rooms.items():
        asked = {name.rpartition(".")[2] for name in tested if name.rpartition(".")[0] == room}
        tested |= {n.rpartition(".")[0] for n in names if n.rpartition(".")[2] in asked}
    parts = {part for name in (tested & set(imports)) - set(rooms) for part in imports[name]
             if part.rpartition(".")[0] == name.rpartition(".")[0]}  # fmt: skip
    missing = sorted(set(imports) - set(rooms) - tested - parts)
    return [
        Problem(name.replace(".", "/") + ".py", "is imported by no test", f"write {_mirror(name)}")
        for name in missing
    ]


def _name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _is_room(name: str, names: Iterable[str]) -> bool:
    return any(other.startswith(f"{name}.") for other in names)


def _mirror(module: str) -> str:
    _, *rooms, last = module.split(".")
    return "/".join(["tests", *rooms, f"test_{last}.py"])


def _modules(root: Path, folders: Iterable[str]) -> list[Path]:
    return sorted(path for folder in folders for path in (root / folder).rglob("*.py"))


def _imported(path: Path) -> Iterator[str]:
    """Yield the full names that a file imports; `from a import b` may mean the module a.b."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
