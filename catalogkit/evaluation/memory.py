"""Measure how much memory work takes at its peak, in processes that hold nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from catalogkit.evaluation.resources import fresh_environment

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Work = Callable[..., object]
_SERVE = "from catalogkit.evaluation.memory import _serve; _serve()"


def peak_memory(
    runs: Sequence[Mapping[str, Sequence[Work]]], *, before: Work | None = None
) -> list[dict[str, float]]:
    """Return, for each run and named work, the peak resident memory of its processes in MB.

    A work is one function, called without arguments, or two that run at the same time and are
    called with an end of a pipe each, a multiprocessing Connection; the larger of their peaks
    counts. Functions of a notebook will do. before: called once, before all processes are forked,
    such as to import what they share; what it leaves is counted with every work.
    glibc is told to give freed memory back at once, so that a peak is what was in use together and
    not what the allocator kept in store.
    Raises RuntimeError when a work fails, with its message. Windows cannot fork.
    """
    import cloudpickle  # type: ignore[import-untyped]

    done = subprocess.run(  # noqa: S603 (our own words, no shell)
        [sys.executable, "-c", _SERVE],
        input=cloudpickle.dumps(([dict(works) for works in runs], before)),
        capture_output=True,
        env=fresh_environment() | {"MALLOC_MMAP_THRESHOLD_": "65536"},
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"a work failed:\n{done.stderr.decode(errors='replace')}")
    peaks: list[dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return peaks


def _serve() -> None:
    """Read works from the standard input, and write their peaks to the standard output."""
    import pickle

    runs, before = pickle.load(sys.stdin.buffer)  # noqa: S301 (written by peak_memory)
    if before is not None:
        before()
    peaks = [{name: _peak(each) for name, each in works.items()} for works in runs]
    sys.stdout.write("\n" + json.dumps(peaks) + "\n")


def _peak(works: Sequence[Work]) -> float:
    """Run one work, or two that talk, and return the larger peak in MB."""
    from multiprocessing import Pipe, get_context

    links = list(Pipe()) if len(works) > 1 else []
    started = []
    for number, work in enumerate(works):
        here, there = Pipe(duplex=False)
        process = get_context("fork").Process(target=_work, args=(work, links, number, there))
        process.start()
        there.close()  # so that a process that fails ends the waiting for its answer
        started.append((process, here))
    for link in links:
        link.close()
    peaks: list[float] = [here.recv() for _, here in started]
    for process, _ in started:
        process.join()
    return max(peaks)


def _work(work: Work, links: list[Connection], number: int, there: Connection) -> None:
    """Do the work with its own link, and send this process's peak, MB of a million bytes."""
    from resource import RUSAGE_SELF, getrusage

    for link in links[:number] + links[number + 1 :]:
        link.close()
    work(*links[number : number + 1])
    unit = 1 if sys.platform == "darwin" else 1024
    there.send(getrusage(RUSAGE_SELF).ru_maxrss * unit / 1e6)
