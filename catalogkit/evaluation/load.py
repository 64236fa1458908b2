"""How long a service takes when several clients ask at a time: measured from their side."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import numpy.typing as npt

Address = tuple[str, int]


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[Address]:
    """Run Python's threading HTTP server in a process of its own; give its address.

    The process is a copy of this one, so the handler may use whatever a notebook has defined. It
    listens to this machine alone, on a free port. Needs a system that can fork, which Windows
    cannot: ValueError.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    process = multiprocessing.get_context("fork").Process(target=server.serve_forever, daemon=True)
    process.start()
    server.socket.close()
    try:
        yield "127.0.0.1", server.server_port
    finally:
        process.terminate()
        process.join()


def send(
    address: Address, path: str, body: bytes, headers: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """POST a body over a connection of its own, GET without one; return status and text.

    (0, "") stands for a connection that could not be made or was dropped.
    """
    connection = HTTPConnection(*address, timeout=10)
    try:
        connection.request("POST" if body else "GET", path, body or None, dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, HTTPException):
        return 0, ""
    finally:
        connection.close()


def ask(
    address: Address,
    bodies: Sequence[bytes],
    clients: int,
    *,
    path: str = "/",
    headers: Mapping[str, str] | None = None,
) -> npt.NDArray[np.float64]:
    """POST bodies to a service by so many clients at a time; return milliseconds each, float64[n].

    Each client keeps one connection and asks again as soon as it is answered, so time spent waiting
    for others counts. Its first request is sent once more before, so that connecting takes no part.
    headers: sent with every request, such as a key. Milliseconds are in the order of each client's
    requests, the first client's first. Raises ValueError for fewer bodies than clients and for an
    answer other than 2xx.
    """
    if not 1 <= clients <= len(bodies):
        raise ValueError(f"{len(bodies)} requests for {clients} clients: give each at least one")

    def client(own: Sequence[bytes]) -> npt.NDArray[np.float64]:
        connection, moments = HTTPConnection(*address, timeout=60), []
        for body in [own[0], *own]:
            connection.request("POST", path, body, dict(headers or {}))
            answer = connection.getresponse()
            answer.read()
            if answer.status // 100 != 2:
                raise ValueError(f"the service answered {answer.status} {answer.reason}")
            moments.append(time.perf_counter())
        connection.close()
        return 1000 * np.diff(moments)

    with ThreadPoolExecutor(clients) as pool:
        return np.concatenate(list(pool.map(client, [bodies[i::clients] for i in range(clients)])))
