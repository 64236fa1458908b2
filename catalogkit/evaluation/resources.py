"""What a computation costs: CPU time and memory in a process of its own, time by request."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

Result = TypeVar("Result")
Request = TypeVar("Request")

_START = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')"
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class Cost(Generic[Result]):
    """What a task returned and used.

    cpu_seconds: of all its threads, from the moment its arguments were loaded; peak_bytes: the most
    memory it held in RAM above what was held at that moment.
    """

    result: Result
    cpu_seconds: float
    peak_bytes: int


def in_fresh_process(task: Callable[[], Result]) -> Cost[Result]:
    """Run a task in a new Python process and return its result with what it cost.

    task: a function or a `functools.partial`, of a notebook too; it travels with its arguments, and
    with the globals that it uses. These count as loaded; what it imports itself counts as its own.
    Raises RuntimeError with the task's last words when it fails, and where the system is neither
    Linux nor macOS.
    """
    import cloudpickle  # type: ignore[import-untyped]

    done = subprocess.run(  # noqa: S603 (our own interpreter and words)
        [sys.executable, "-c", _START, __file__],
        input=cloudpickle.dumps(task),
        capture_output=True,
        check=False,
        env=fresh_environment(),
    )
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        raise RuntimeError(f"the task failed: {words[-1] if words else done.returncode}")
    result, cpu_seconds, peak_bytes = pickle.loads(done.stdout)  # noqa: S301 (our own process's)
    return Cost(result, cpu_seconds, peak_bytes)


def fresh_environment() -> dict[str, str]:
    """Return the environment for a new process whose memory is measured.

    It finds modules where this one does, but how this one's allocator was set is not passed on:
    one that keeps freed memory in store would have that counted.
    """
    others = {name: told for name, told in os.environ.items() if not name.startswith("MALLOC_")}
    return others | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def timed(
    answer: Callable[[Request], Result], requests: Sequence[Request]
) -> tuple[list[Result], npt.NDArray[np.float64]]:
    """Ask n requests one by one; return the answers and the milliseconds of each, float64[n].

    The first request is asked once before, so that nothing is loaded within the measured time.
    Raises ValueError without requests.
    """
    if not len(requests):
        raise ValueError("requests: none to time")
    answer(requests[0])
    moments, answers = [time.perf_counter()], []
    for request in requests:
        answers.append(answer(request))
        moments.append(time.perf_counter())
    return answers, 1000 * np.diff(moments)


def _serve() -> None:
    """Read a task, run it, write what it returned and used; its own prints go to stderr."""
    out, sys.stdout = sys.stdout.buffer, sys.stderr
    task = pickle.load(sys.stdin.buffer)  # noqa: S301 (from our own process)
    _forget_peak()
    held, started = _held(), time.process_time()
    result = task()
    used = time.process_time() - started
    pickle.dump((result, used, max(0, _peak() - held)), out)


def _forget_peak() -> None:
    """Let Linux count the peak anew, from what is held now."""
    if _STATUS.is_file():
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _held() -> int:
    """Return the bytes in RAM now; on macOS the most so far."""
    return _status("VmRSS:") if _STATUS.is_file() else _peak()


def _peak() -> int:
    """Return the most bytes in RAM so far.

    Not Linux's `ru_maxrss`, which a new process inherits from the one that started it.
    """
    if _STATUS.is_file():
        return _status("VmHWM:")
    import resource

    if sys.platform != "darwin":
        raise RuntimeError("memory can be measured on Linux and macOS only")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _status(key: str) -> int:
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(key))


if __name__ == "__main__":
    _serve()
