"""A service is asked by several clients, and its waiting time is seen."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler

import pytest

from catalogkit.evaluation.load import ask, send, served


class Slow(BaseHTTPRequestHandler):
    """Answers after 20 ms, or refuses."""

    protocol_version, wbufsize = "HTTP/1.1", -1

    def do_POST(self) -> None:
        """Answer with what was asked."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(0.02)
        self.send_response(200 if body == b"good" else 400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


def test_every_request_is_timed_from_the_clients_side() -> None:
    """Five requests of two clients take at least what the service sleeps."""
    with served(Slow) as address:
        milliseconds = ask(address, [b"good"] * 5, clients=2)
    assert len(milliseconds) == 5
    assert milliseconds.min() >= 20


def test_a_refusal_is_an_error() -> None:
    """What is not answered is not timed as if it were."""
    with served(Slow) as address, pytest.raises(ValueError, match="answered 400"):
        ask(address, [b"bad"], clients=1)


def test_each_client_needs_a_request() -> None:
    """Eight clients cannot share three requests."""
    with pytest.raises(ValueError, match="3 requests for 8 clients"):
        ask(("127.0.0.1", 1), [b"good"] * 3, clients=8)


def test_one_request_gives_status_and_text() -> None:
    """A refusal is an answer, too; nobody at home is status 0."""
    with served(Slow) as address:
        assert send(address, "/", b"good") == (200, "good")
        assert send(address, "/", b"bad") == (400, "bad")
    assert send(("127.0.0.1", 1), "/", b"good") == (0, "")
