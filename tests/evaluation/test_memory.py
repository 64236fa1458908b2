"""Peaks of memory are measured in processes of their own, one or two that talk."""

import os
import sys
from multiprocessing.connection import Connection

import pytest

from catalogkit.evaluation.memory import peak_memory

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork")


def test_a_peak_is_that_of_the_work_alone() -> None:
    """100 MB more are seen, though freed at once; work that came before leaves no trace."""

    def fill(size: int) -> int:
        return len(b"x" * size)

    works = {"much": [lambda: fill(100_000_000)], "little": [lambda: fill(1000)]}
    for run in peak_memory([works, works]):
        assert run["much"] - run["little"] == pytest.approx(100, abs=5)


def test_two_works_talk_and_the_larger_counts() -> None:
    """Each holds an end of the pipe; only the second needs memory."""

    def ask(link: Connection) -> None:
        link.send(100_000_000)
        assert link.recv() == 7

    def answer(link: Connection) -> None:
        filled = b"x" * link.recv()
        link.send(len(filled) // 100_000_000 + 6)

    (run,) = peak_memory([{"two": [ask, answer], "none": [lambda: None]}])
    assert run["two"] - run["none"] == pytest.approx(100, abs=5)


def test_how_the_caller_has_set_the_allocator_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What keeps freed memory would be measured with the work."""
    monkeypatch.setenv("MALLOC_MMAP_MAX_", "0")

    def kept() -> None:
        assert "MALLOC_MMAP_MAX_" not in os.environ

    assert len(peak_memory([{"asks": [kept]}])) == 1


def test_work_that_fails_is_reported() -> None:
    """The error's message reaches the caller instead of a number."""

    def fail() -> None:
        raise ValueError("no such layer")

    with pytest.raises(RuntimeError, match="no such layer"):
        peak_memory([{"wrong": [fail]}])


def test_what_comes_before_is_shared() -> None:
    """What `before` leaves in memory is part of every work's peak."""
    works = {"a": [lambda: None]}

    def before() -> None:
        import builtins

        builtins.kept = b"x" * 50_000_000  # type: ignore[attr-defined]

    (without,), (with_it,) = peak_memory([works]), peak_memory([works], before=before)
    assert with_it["a"] - without["a"] == pytest.approx(50, abs=5)


def test_a_work_whose_partner_fails_does_not_wait_forever() -> None:
    """The other end closes with the process that held it."""

    def fail(link: Connection) -> None:
        raise ValueError("out of layers")

    with pytest.raises(RuntimeError, match="out of layers"):
        peak_memory([{"two": [lambda link: link.recv(), fail]}])
