"""What a reader on Colab installs."""

import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    """List the wheel's files."""
    return set(zipfile.ZipFile(wheel).namelist())


@pytest.mark.parametrize(
    "name",
    ["catalogkit/py.typed", "catalogkit/book.mplstyle", "catalogkit/_ledger/claims.yml"],
)
def test_the_wheel_carries_what_chapters_need(contents: set[str], name: str) -> None:
    """A chapter draws in the book's style and records by the book's rules, without a checkout."""
    assert name in contents


def test_the_wheel_carries_nothing_but_the_package(contents: set[str]) -> None:
    """Notebooks, results and data stay where they are."""
    tops = {name.split("/")[0] for name in contents}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"catalogkit"}
