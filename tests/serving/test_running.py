"""The service as a process: signals under load, crashes, several workers."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from fastapi import FastAPI

from catalogkit.datasets.errors import DataError
from catalogkit.evaluation.load import ask
from catalogkit.recommenders.base import Fitted
from catalogkit.serving.alerts import firing, read_samples
from catalogkit.serving.app import create_app
from catalogkit.serving.auth import add_key, read_keys
from catalogkit.serving.histories import Personal
from catalogkit.serving.in_process import InProcess
from catalogkit.serving.journal import Journal
from catalogkit.serving.models import RECOMMENDER, Models, load_models
from catalogkit.serving.running import Settings, run, served
from catalogkit.serving.service import Service
from tests.serving.conftest import RedisServer, free_port, sent, until

SERVE = """
import sys
from catalogkit.serving.running import Settings, run
directory, keys, port, workers = sys.argv[1:]
run(Settings(directory, keys), "127.0.0.1", int(port), int(workers))
"""


class Shop:
    """The service in a process of its own, as `catalogkit serve` runs it."""

    def __init__(self, directory: Path, workers: int, redis: str | None) -> None:
        self.address = ("127.0.0.1", free_port())
        keys = directory / "keys.json"
        self._key = add_key(keys, f"test{len(list(directory.iterdir()))}")
        environment = {k: v for k, v in os.environ.items() if k != "REDIS_URL"}
        environment |= {"REDIS_URL": redis} if redis else {}
        self.logs = directory / "logs"
        words = [str(directory), str(keys), str(self.address[1]), str(workers)]
        with self.logs.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SERVE, *words], stdout=file, stderr=file, env=environment
            )
        until(self._healthy, seconds=60)

    def post(self, path: str, body: object) -> tuple[int, dict]:
        """Ask over a connection of its own."""
        return self._ask("POST", path, json.dumps(body))

    def metrics(self) -> str:
        """Read /metrics."""
        connection = HTTPConnection(*self.address, timeout=10)
        connection.request("GET", "/metrics", headers=self.headers)
        return connection.getresponse().read().decode()

    @property
    def headers(self) -> dict[str, str]:
        """A key, and what a body is."""
        return {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, wait and return the exit code."""
        self.process.send_signal(by)
        return self.process.wait(timeout=40)

    def _ask(self, method: str, path: str, body: str) -> tuple[int, dict]:
        connection = HTTPConnection(*self.address, timeout=10)
        connection.request(method, path, body, self.headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    def _healthy(self) -> bool:
        assert self.process.poll() is None, self.logs.read_text()
        try:
            return self._ask("GET", "/health", "")[0] == 200
        except OSError:
            return False


Start = Callable[..., Shop]


@pytest.fixture
def directory(fitted: Fitted, tmp_path: Path) -> Path:
    """Save the model where a service finds it."""
    (tmp_path / "service").mkdir()
    fitted.save(tmp_path / "service" / RECOMMENDER)
    return tmp_path / "service"


@pytest.fixture
def start(directory: Path) -> Iterator[Start]:
    """Start services, and end those that still run."""
    shops: list[Shop] = []

    def one(workers: int = 1, redis: str | None = None) -> Shop:
        shops.append(Shop(directory, workers, redis))
        return shops[-1]

    yield one
    for shop in shops:
        if shop.process.poll() is None:
            shop.end()


def deliver(shop: Shop, client: int, accepted: set[str]) -> None:
    """Send events one by one until the service is gone; note which it has acknowledged."""
    for n in range(10_000):
        number = 10_000 * client + n
        try:
            status, _ = shop.post("/events", {"events": [sent(number, user=f"u{client}")]})
        except OSError:
            return
        if status == 202:
            accepted.add(f"e{number}")


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_under_load_loses_no_accepted_event(
    start: Start, directory: Path, by: int
) -> None:
    """Told to end, it answers what it has begun and exits with 0; killed, it forgets nothing."""
    shop = start()
    accepted: set[str] = set()
    threads = [threading.Thread(target=deliver, args=(shop, n, accepted)) for n in range(4)]
    for thread in threads:
        thread.start()
    until(lambda: len(accepted) > 100)
    code = shop.end(by)
    for thread in threads:
        thread.join()
    assert code == (0 if by == signal.SIGTERM else -signal.SIGKILL)
    journal = Journal(directory / "events.journal")
    kept = [event.id for event in journal.events]
    journal.close()
    assert accepted <= set(kept)
    assert len(kept) == len(set(kept))
    assert by == signal.SIGKILL or accepted == set(kept)  # nothing begun was left unanswered


def test_a_restart_knows_what_was_accepted(start: Start) -> None:
    """The same event again is a duplicate, and the list has taken it in."""
    shop = start()
    assert shop.post("/events", {"events": [sent(1, user="new")]})[1]["accepted"] == 1
    assert shop.end(signal.SIGKILL) == -signal.SIGKILL
    again = start()
    assert again.post("/events", {"events": [sent(1, user="new")]})[1]["duplicates"] == 1
    assert again.post("/recommend", {"user": "new"})[1]["known"]


def test_two_workers_share_redis_and_their_metrics(start: Start, redis: RedisServer) -> None:
    """Events delivered to either count once; Redis dies, an alert fires, answers go on."""
    shop = start(workers=2, redis=redis.url)
    bodies = [json.dumps({"events": [sent(n % 150)]}).encode() for n in range(300)]
    ask(shop.address, bodies, clients=4, path="/events", headers=shop.headers)
    before = read_samples(shop.metrics())
    told = {
        labels[0][1]: n for (name, labels), n in before.items() if name == "catalogkit_events_total"
    }
    assert (told["accepted"], told["duplicate"]) == (150, 151 + 3)
    redis.kill()
    bodies = [json.dumps({"user": f"u{n}"}).encode() for n in range(60)]
    ask(shop.address, bodies, clients=4, path="/recommend", headers=shop.headers)
    until(lambda: "StateOutOfReach" in firing(before, read_samples(shop.metrics())))
    assert shop.end() == 0


def test_several_workers_need_redis(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """State in the process is for one."""
    monkeypatch.delenv("REDIS_URL", raising=False)
    with pytest.raises(DataError, match=r"--workers 2: .* set REDIS_URL"):
        run(Settings(str(directory), "keys.json"), "127.0.0.1", 8080, 2)


def test_a_taken_port_is_said(directory: Path) -> None:
    """Before anything is loaded."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DataError, match=f"port {port}: cannot be listened to"):
            run(Settings(str(directory), "keys.json"), "127.0.0.1", port, 1)


def test_an_empty_directory_is_refused(tmp_path: Path) -> None:
    """The message says what to give."""
    with pytest.raises(DataError, match="give --log or --catalog"):
        load_models(tmp_path)


@pytest.fixture
def chapter(fitted: Fitted, tmp_path: Path) -> tuple[Callable[[], FastAPI], dict[str, str]]:
    """Return what makes a service of this process's own model, and the headers it wants."""
    key = add_key(tmp_path / "keys.json", "chapter")
    keys = read_keys(tmp_path / "keys.json")

    def make() -> FastAPI:
        state = InProcess(Journal(tmp_path / "events.journal"))
        return create_app(Service(Models(Personal(fitted)), keys, state))

    return make, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}


def test_a_chapter_serves_what_it_has_in_memory(
    chapter: tuple[Callable[[], FastAPI], dict[str, str]], tmp_path: Path
) -> None:
    """Copies of this process answer, log to a file and end in order."""
    make, headers = chapter
    bodies = [b'{"user": "u1"}'] * 8
    with served(make, logs=tmp_path / "log") as address:
        assert len(ask(address, bodies, 2, path="/recommend", headers=headers)) == 8
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert sum(line.get("route") == "/recommend" for line in lines) == 10
    assert not re.search("u1", (tmp_path / "log").read_text())


def test_no_answer_waits_for_the_receipt_of_its_first_packet(
    chapter: tuple[Callable[[], FastAPI], dict[str, str]],
) -> None:
    """On a connection that stays open that would be forty milliseconds for each answer."""
    make, headers = chapter
    with served(make) as address:
        took = ask(address, [b'{"user": "u1"}'] * 60, 1, path="/recommend", headers=headers)
    assert statistics.median(took) < 35
