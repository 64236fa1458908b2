"""The service beside the bare calls of its models, and beside ONNX Runtime alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from catalogkit.datasets import complete_journey
from catalogkit.evaluation.load import ask
from catalogkit.evaluation.resources import timed
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

ASKED, CLIENTS, AGAIN = 300, 8, 4000
"""Different requests of one client; clients at a time, and their requests for kept answers."""
Milliseconds = npt.NDArray[np.float64]


def measure() -> dict[str, Any]:
    """Time /recommend and /search over loopback, each request different, then kept answers.

    One thread, one worker, retail product types; lists by a blend of frequency and item-kNN, search
    by words, letters and an int8 encoder. Returns the rows of the timings page: milliseconds at the
    99th percentile beside the model called bare in this process, and requests a second.
    """
    fitted, engine, encoder = _models()
    users, texts = fitted.interactions.users[:ASKED].tolist(), engine.index.texts[:ASKED].tolist()
    bare = {
        "/recommend": _timed(lambda user: fitted.recommend([user], 10), users),
        "/search": _timed(lambda text: engine.search([text], 10), texts),
        "ONNX Runtime": _timed(lambda text: encoder.encode([text]), texts),
    }
    with trial(Models(Personal(fitted), Searching(engine))) as shop:
        lists = _asked(shop, "/recommend", [{"user": user} for user in users])
        found = _asked(shop, "/search", [{"query": text} for text in texts])
        rate = _kept(shop, texts)
    rows = [
        _row("/recommend, p99 ms, one client", lists, "the model alone", bare["/recommend"]),
        _row("/search, p99 ms, one client", found, "the engine alone", bare["/search"]),
        _row("/search, p99 ms, one client", found, "ONNX Runtime alone", bare["ONNX Runtime"]),
    ]
    kept = f"/search, kept answers, {CLIENTS} clients, requests/s"
    return {"rows": [*rows, _line(kept, rate, "asked for", 250.0, rate / 250)]}


def _models() -> tuple[Fitted, Search, Encoder]:
    torch.set_num_threads(1)
    types, log = complete_journey.product_types(), complete_journey.type_log()
    members = {"frequency": Frequency(120), "neighbours": ItemNeighbours()}
    fitted = Blend(members).learn(Interactions.of(log, types))
    encoder = Encoder.load(backend="int8")
    return fitted, Search.build(types, encoder), encoder


def _timed(call: Callable[[Any], object], requests: list[Any]) -> Milliseconds:
    return timed(call, requests)[1]


def _asked(shop: Tried, path: str, bodies: list[dict[str, Any]], clients: int = 1) -> Milliseconds:
    sent = [json.dumps(body).encode() for body in bodies]
    return ask(shop.address, sent, clients, path=path, headers=shop.headers)


def _kept(shop: Tried, texts: list[str]) -> float:
    """Return the requests a second of clients who ask what was asked before."""
    bodies = [{"query": texts[i % len(texts)]} for i in range(AGAIN)]
    return float(1000 * CLIENTS / _asked(shop, "/search", bodies, CLIENTS).mean())


def _row(what: str, ours: Milliseconds, against: str, theirs: Milliseconds) -> dict[str, Any]:
    mine, other = (float(np.quantile(each, 0.99)) for each in (ours, theirs))
    return _line(what, mine, against, other, other / mine)


def _line(what: str, ours: float, against: str, theirs: float, ratio: float) -> dict[str, Any]:
    numbers = {"ours": round(ours, 1), "theirs": round(theirs, 1), "ratio": round(ratio, 1)}
    return {"what": what, "against": against} | numbers
