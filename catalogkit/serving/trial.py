"""Try a service from a notebook: started with a key of its own, asked, looked at, ended."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from catalogkit.evaluation.load import Address, send
from catalogkit.serving.alerts import Samples, read_samples
from catalogkit.serving.app import create_app
from catalogkit.serving.auth import add_key, read_keys
from catalogkit.serving.in_process import InProcess
from catalogkit.serving.journal import Journal
from catalogkit.serving.limits import Limits
from catalogkit.serving.models import Models
from catalogkit.serving.running import served
from catalogkit.serving.service import Service
from catalogkit.serving.state import State


@dataclass(frozen=True)
class Tried:
    """A service that runs, from its client's side.

    key: the client's; watching: of whoever looks at /metrics; folder: of keys, journal and logs.
    """

    address: Address
    key: str
    watching: str
    folder: Path

    @property
    def headers(self) -> dict[str, str]:
        """What a client sends with every request."""
        return _headers(self.key)

    def post(self, route: str, body: object, *, key: str | None = None) -> tuple[int, Any]:
        """POST a body (bytes as they are, else as JSON); return status and JSON, None if none."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        status, text = send(self.address, route, sent, _headers(self.key if key is None else key))
        return status, json.loads(text) if text.startswith(("{", "[")) else None

    def look(self) -> Samples | None:
        """Read /metrics; None when the service does not answer."""
        status, text = send(self.address, "/metrics", b"", _headers(self.watching))
        return read_samples(text) if status == 200 else None

    def logs(self) -> list[str]:
        """Return the lines logged so far."""
        return (self.folder / "log").read_text(encoding="utf-8").splitlines()


@contextmanager
def trial(
    models: Models,
    *,
    state: Callable[[Path], State] | None = None,
    limits: Limits | None = None,
    workers: int = 1,
) -> Iterator[Tried]:
    """Run a service of these models in processes of its own, until the block is left.

    state: makes it in the folder, in each worker; else a journal where there is a recommender.
    Raises ValueError as `served` does.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        key, watching = (add_key(folder / "keys.json", who) for who in ("client", "watcher"))
        keys, make_state = read_keys(folder / "keys.json"), state or _journal

        def make() -> FastAPI:
            made = make_state(folder) if models.personal else None
            return create_app(Service(models, keys, made, limits or Limits(rate=10**6)))

        with served(make, workers=workers, logs=folder / "log") as address:
            yield Tried(address, key, watching, folder)


def _journal(folder: Path) -> State:
    return InProcess(Journal(folder / "events.journal"))


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
