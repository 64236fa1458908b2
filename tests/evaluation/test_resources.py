"""A task's cost is its own, not that of the process that asked."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial

import pytest

from catalogkit.evaluation.resources import in_fresh_process, timed

MEGABYTE = 2**20


def holding(megabytes: int, loaded: bytes = b"") -> Callable[[], int]:
    """Make a task that fills some memory and lets it go."""
    return lambda: (len(bytearray(megabytes * MEGABYTE)) + len(loaded)) // MEGABYTE


def spinning(seconds: float) -> Callable[[], None]:
    """Make a task that uses CPU time."""

    def spin() -> None:
        end = time.process_time() + seconds
        while time.process_time() < end:
            pass

    return spin


def test_memory_that_was_let_go_counts() -> None:
    """The peak is that of the task, in a process that held nothing before."""
    cost = in_fresh_process(holding(64))
    assert cost.result == 64
    assert cost.peak_bytes / MEGABYTE == pytest.approx(64, abs=4)


def test_how_the_caller_has_set_the_allocator_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What keeps freed memory would be measured with the task."""
    monkeypatch.setenv("MALLOC_MMAP_MAX_", "0")
    assert in_fresh_process(lambda: "MALLOC_MMAP_MAX_" in os.environ).result is False


def test_what_was_loaded_and_what_the_caller_holds_do_not_count() -> None:
    """Neither the arguments, nor their pickle, nor this process's memory."""
    mine = bytearray(b"x") * (300 * MEGABYTE)
    cost = in_fresh_process(holding(8, bytes(100 * MEGABYTE)))
    assert len(mine) == 300 * MEGABYTE
    assert cost.result == 108
    assert cost.peak_bytes / MEGABYTE == pytest.approx(8, abs=4)


def test_cpu_time_is_counted_and_sleep_is_not() -> None:
    """Starting the interpreter is not part of it either."""
    assert 0.2 <= in_fresh_process(spinning(0.2)).cpu_seconds < 0.3
    assert in_fresh_process(partial(time.sleep, 0.2)).cpu_seconds < 0.1


def test_a_function_without_a_module_travels() -> None:
    """A notebook's functions are such; what they print is no part of the result."""
    factor = 3

    def task() -> int:
        print("on the way")  # noqa: T201
        return factor * 7

    assert in_fresh_process(task).result == 21


def test_a_task_that_fails_says_why() -> None:
    """Its last words are in the error."""
    with pytest.raises(RuntimeError, match="the task failed: ZeroDivisionError"):
        in_fresh_process(partial(divmod, 1, 0))


def test_each_request_gets_its_own_time() -> None:
    """Answers come in order, milliseconds beside them; a slow first call is not among them."""
    asked: list[float] = []

    def answer(seconds: float) -> float:
        time.sleep(0.1 if not asked else seconds)
        asked.append(seconds)
        return -seconds

    answers, took = timed(answer, [0.001, 0.03])
    assert answers == [-0.001, -0.03]
    assert took[0] < 30 <= took[1] < 100


def test_no_requests_cannot_be_timed() -> None:
    """The error says so."""
    with pytest.raises(ValueError, match="none to time"):
        timed(abs, [])
