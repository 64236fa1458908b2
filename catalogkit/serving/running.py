"""Run the service: for a shop, with uvicorn's workers; in a chapter, as copies of its process."""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Semaphore
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from catalogkit.datasets.errors import DataError
from catalogkit.serving.app import create_app
from catalogkit.serving.auth import read_keys
from catalogkit.serving.in_process import InProcess
from catalogkit.serving.journal import Journal, first_free
from catalogkit.serving.limits import Limits
from catalogkit.serving.logs import log_to
from catalogkit.serving.models import load_models
from catalogkit.serving.redis_state import Shared, connected
from catalogkit.serving.service import Service
from catalogkit.serving.state import State

_SETTINGS = "CATALOGKIT_SERVING"
_REDIS = "REDIS_URL"
_GRACE = 30
"""Seconds that requests in flight have to end after SIGTERM."""
_UVICORN: dict[str, Any] = {
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "timeout_graceful_shutdown": _GRACE,
}


class _Config(uvicorn.Config):
    """Binds a socket that sends at once, as asyncio would see to for one of its own making."""

    def bind_socket(self) -> socket.socket:
        """Listen to the host and port."""
        return _undelayed(super().bind_socket())


@dataclass(frozen=True)
class Settings:
    """What each worker needs to know.

    directory: of models and journals; keys: their file.
    """

    directory: str
    keys: str
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def from_environment(cls) -> Settings:
        """Read what `run` left for its workers."""
        given = json.loads(os.environ[_SETTINGS])
        return cls(given["directory"], given["keys"], Limits(**given["limits"]))


def run(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until SIGTERM or SIGINT; requests in flight are answered before this returns.

    Raises DataError for several workers without REDIS_URL, and for a port that is taken.
    """
    if workers > 1 and not os.environ.get(_REDIS):
        raise DataError(
            f"--workers {workers}: state in the process is for one worker; set REDIS_URL, so that "
            "they share a Redis."
        )
    _check_port(host, port)
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again when it has ended
    log_to(sys.stdout)
    with tempfile.TemporaryDirectory() as shared:
        os.environ[_SETTINGS] = json.dumps(asdict(settings))
        if workers > 1:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = shared
        here = "catalogkit.serving.running:application"
        config = _Config(here, factory=True, host=host, port=port, workers=workers, **_UVICORN)
        listening = [config.bind_socket()]
        if workers > 1:
            Multiprocess(config, sockets=listening).run()
        else:
            uvicorn.Server(config).run(sockets=listening)


def application() -> FastAPI:
    """Make the application of one worker from what `run` has left in the environment."""
    settings = Settings.from_environment()
    log_to(sys.stdout)
    directory = Path(settings.directory)
    models = load_models(directory)
    state = _state(directory) if models.personal else None
    service = Service(models, read_keys(Path(settings.keys)), state, settings.limits)
    return _settled(create_app(service))


@contextmanager
def served(
    make: Callable[[], FastAPI], *, workers: int = 1, logs: Path | None = None
) -> Iterator[tuple[str, int]]:
    """Run an application in processes of its own and give its address, of this machine alone.

    make: called in each process, a copy of this one that has all that a notebook has defined.
    logs: a file for its log lines. At the end requests in flight are answered. Needs a system that
    can fork, which Windows cannot: ValueError.
    """
    context = multiprocessing.get_context("fork")
    sockets, ready, lines = _listening(workers), context.Semaphore(0), logs or Path(os.devnull)
    processes = [
        context.Process(target=_work, args=(make, each, ready, lines), daemon=True)
        for each in sockets
    ]
    for process in processes:
        process.start()
    try:
        for _ in processes:
            _wait(ready, processes)
        yield sockets[0].getsockname()
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()
        for each in sockets:
            each.close()


def _listening(workers: int) -> list[socket.socket]:
    """Open a socket a worker, all of one port, so that the system shares connections out.

    Workers that accept from one socket do not share: whoever wakes first takes all that wait.
    """
    several, place = workers > 1, ("127.0.0.1", 0)
    opened: list[socket.socket] = []
    for _ in range(workers):
        each = socket.create_server(place, backlog=1024, reuse_port=several)
        opened.append(_undelayed(each))
        place = each.getsockname()
    return opened


def _wait(ready: Semaphore, processes: Sequence[BaseProcess]) -> None:
    """Wait for one more process that is ready, as long as all are alive."""
    while not ready.acquire(timeout=0.1):
        if not all(process.is_alive() for process in processes):
            raise RuntimeError("the service did not start: its last words are above")


def _work(
    make: Callable[[], FastAPI], listening: socket.socket, ready: Semaphore, logs: Path
) -> None:
    with logs.open("a", encoding="utf-8", buffering=1) as stream:
        log_to(stream)
        server = uvicorn.Server(uvicorn.Config(_settled(make()), **_UVICORN))
        ready.release()
        server.run(sockets=[listening])


def _settled(app: FastAPI) -> FastAPI:
    """Keep the garbage collector from what was loaded: it stays, and looking at it takes long."""
    gc.collect()
    gc.freeze()
    return app


def _undelayed(listening: socket.socket) -> socket.socket:
    """Let connections inherit that no packet waits for the receipt of the one before.

    Head and body of an answer are two packets; the wait would add forty milliseconds to each.
    """
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _state(directory: Path) -> State:
    """Keep users' events in Redis where there is one, else here."""
    if url := os.environ.get(_REDIS):
        return Shared(connected(url), first_free(directory))
    return InProcess(Journal(directory / "events.journal"))


def _check_port(host: str, port: int) -> None:
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        raise DataError(f"{host}, port {port}: cannot be listened to ({error.strerror}).") from None
