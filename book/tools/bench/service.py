"""The service beside the bare calls of its models, and beside ONNX Runtime alone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

import numpy as np
import torch

from catalogkit.datasets import complete_journey
from catalogkit.evaluation.load import ask
from catalogkit.language.encoders import Encoder
from catalogkit.recommenders.base import Fitted
from catalogkit.recommenders.blend import Blend
from catalogkit.recommenders.frequency import Frequency
from catalogkit.recommenders.interactions import Interactions
from catalogkit.recommenders.neighbours import ItemNeighbours
from catalogkit.search.engine import Search
from catalogkit.serving.histories import Personal
from catalogkit.serving.models import Models
from catalogkit.serving.searching import Searching
from catalogkit.serving.trial import Tried, trial

ASKED, CLIENTS, AGAIN = 1000, 8, 4000
"""Requests of one client; clients at a time, and their requests for kept answers."""


def measure() -> dict[str, Any]:
    """Time /recommend and /search over loopback, each request different, then kept answers.

    One thread, one worker, retail product types; lists by a blend of frequency and item-kNN, search
    by words, letters and an int8 encoder. Returns the rows of the timings page: milliseconds at the
    99th percentile beside the model called bare in this process, and requests a second.
    """
    fitted, engine, encoder = _models()
    users, texts = fitted.interactions.users.tolist(), engine.index.texts.tolist()
    with trial(Models(Personal(fitted), Searching(engine))) as shop, _client(shop) as post:
        recommending = {
            "asked": lambda user: post("/recommend", {"user": user}),
            "the model alone": lambda user: fitted.recommend([user], 10),
        }
        searching = {
            "asked": lambda text: post("/search", {"query": text}),
            "the engine alone": lambda text: engine.search([text], 10),
            "ONNX Runtime alone": lambda text: encoder.encode([text]),
        }
        taken = {
            "/recommend": _in_turn(users[:ASKED], recommending),
            "/search": _in_turn(texts[:ASKED], searching),
        }
        rate = _kept(shop, texts)
    kept = f"/search, kept answers, {CLIENTS} clients, requests/s"
    return {"rows": [*_beside(taken), _line(kept, rate, "asked for", 250.0, rate / 250)]}


def _beside(taken: Mapping[str, Mapping[str, float]]) -> list[dict[str, Any]]:
    """Put each route beside the calls that it was asked in turn with."""
    return [
        _line(f"{path}, p99 ms, one client", calls["asked"], bare, theirs, theirs / calls["asked"])
        for path, calls in taken.items()
        for bare, theirs in calls.items()
        if bare != "asked"
    ]


def _in_turn(asked: list[Any], calls: Mapping[str, Callable[[Any], object]]) -> dict[str, float]:
    """Return the 99th percentile of each call's milliseconds; every question is asked once.

    Calls take turns, question by question: a slow minute of the machine is slow for all, and none
    finds in the processor's caches what only a call that is repeated at once would find there.
    """
    taken: dict[str, list[float]] = {what: [] for what in calls}
    for each in asked:
        for what, call in calls.items():
            start = time.perf_counter()
            call(each)
            taken[what].append(1000 * (time.perf_counter() - start))
    return {what: float(np.quantile(milliseconds, 0.99)) for what, milliseconds in taken.items()}


@contextmanager
def _client(shop: Tried) -> Iterator[Callable[[str, dict[str, Any]], bytes]]:
    """Keep one connection, as a client of a shop would."""
    connection = HTTPConnection(*shop.address, timeout=60)

    def post(path: str, body: dict[str, Any]) -> bytes:
        connection.request("POST", path, json.dumps(body).encode(), shop.headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise ValueError(f"{path} answered {answer.status} {answer.reason}")
        return answer.read()

    post("/search", {"query": "anything"})  # connecting takes no part
    yield post
    connection.close()


def _models() -> tuple[Fitted, Search, Encoder]:
    torch.set_num_threads(1)
    types, log = complete_journey.product_types(), complete_journey.type_log()
    members = {"frequency": Frequency(120), "neighbours": ItemNeighbours()}
    fitted = Blend(members).learn(Interactions.of(log, types))
    encoder = Encoder.load(backend="int8")
    return fitted, Search.build(types, encoder), encoder


def _kept(shop: Tried, texts: list[str]) -> float:
    """Return the requests a second of clients who ask what was asked before."""
    bodies = [json.dumps({"query": texts[i % ASKED]}).encode() for i in range(AGAIN)]
    taken = ask(shop.address, bodies, CLIENTS, path="/search", headers=shop.headers)
    return float(1000 * CLIENTS / taken.mean())


def _line(what: str, ours: float, against: str, theirs: float, ratio: float) -> dict[str, Any]:
    numbers = {"ours": round(ours, 1), "theirs": round(theirs, 1), "ratio": round(ratio, 2)}
    return {"what": what, "against": against} | numbers
