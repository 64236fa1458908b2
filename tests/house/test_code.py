"""The code keeps the house's measure: short, imports one way, a test for each module."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from book.tools.rules import code as code_rules
from book.tools.rules.problems import report

ROOT = Path(__file__).parents[2]
REMEDY = "import only from rooms nearer the ground, or move the code to the room that needs it"


def write(folder: Path, files: dict[str, str]) -> Path:
    """Lay out files below a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Copy the package and its settings, to plant something in the copy."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "catalogkit", tmp_path / "catalogkit", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


# ---- the code itself


def test_modules_and_functions_are_short() -> None:
    """A module is at most 250 lines, a function at most 25."""
    problems = code_rules.check_sizes(ROOT, ["catalogkit", "book/tools"])
    assert not problems, report(problems)


def test_rooms_import_only_from_rooms_nearer_the_ground() -> None:
    """The contracts in pyproject.toml hold."""
    problems = code_rules.check_imports(ROOT)
    assert not problems, report(problems)


def test_every_module_has_a_test_that_imports_it() -> None:
    """The tests mirror the package."""
    problems = code_rules.check_mirror(ROOT)
    assert not problems, report(problems)


# ---- planted


def test_a_long_module_is_named(tmp_path: Path) -> None:
    """The 251st line is one too many."""
    write(tmp_path, {"p/good.py": "x = 1\n" * 250, "p/bad.py": "x = 1\n" * 251})
    assert [str(problem) for problem in code_rules.check_sizes(tmp_path, ["p"])] == [
        "p/bad.py: has 251 lines, more than 250 — split it: one idea a module"
    ]


def test_a_long_function_is_named(tmp_path: Path) -> None:
    """Docstrings and decorators do not count, and methods are functions."""
    method = "    @cached\n    def {}(self):\n        '''Say.'''\n" + "        x = 1\n" * 24
    text = "class A:\n" + method.format("good") + method.format("bad") + "        return x\n"
    write(tmp_path, {"p/a.py": text})
    assert [str(problem) for problem in code_rules.check_sizes(tmp_path, ["p"])] == [
        "p/a.py, line 30: bad has 26 lines, more than 25 — "
        "take a step out into a function of its own"
    ]


@pytest.mark.parametrize(
    ("room", "imported"),
    [
        ("datasets", "catalogkit.evaluation"),
        ("ranking", "catalogkit.language"),
        ("evaluation", "catalogkit.ledger"),
        ("language", "catalogkit.datasets.films"),
    ],
)
def test_an_import_against_the_direction_is_named(checkout: Path, room: str, imported: str) -> None:
    """The message shows who imports whom, and says where the code belongs."""
    write(checkout, {f"catalogkit/{room}/planted.py": f"import {imported}\n"})
    [problem] = code_rules.check_imports(checkout)
    assert f"catalogkit.{room}.planted -> {imported}" in problem.what
    assert problem.remedy == REMEDY


def test_a_contract_that_cannot_be_checked_is_a_problem(checkout: Path) -> None:
    """Settings without contracts do not pass for kept contracts."""
    (checkout / "pyproject.toml").write_text("[tool.importlinter]\n")
    [problem] = code_rules.check_imports(checkout)
    assert problem.remedy == REMEDY


def test_an_untested_module_is_named(tmp_path: Path) -> None:
    """Both ways of importing count, a room's re-exports, and parts of a tested module beside it."""
    files = {
        "catalogkit/__init__.py": "",
        "catalogkit/a.py": "",
        "catalogkit/b.py": "",
        "catalogkit/search/__init__.py": "from catalogkit.search.d import f\nimport catalogkit.x",
        "catalogkit/search/c.py": "",
        "catalogkit/search/d.py": "from catalogkit.search.e import g",
        "catalogkit/search/e.py": "",
        "tests/test_a.py": "from catalogkit import a\nimport catalogkit.b",
        "tests/test_f.py": "from catalogkit.search import f",
    }
    assert [str(problem) for problem in code_rules.check_mirror(write(tmp_path, files))] == [
        "catalogkit/search/c.py: is imported by no test — write tests/search/test_c.py"
    ]
