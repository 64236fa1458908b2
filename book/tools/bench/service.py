"""The service beside the bare calls of its models, and beside ONNX Runtime alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
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

ASKED, ROUNDS, CLIENTS, AGAIN = 200, 5, 8, 4000
"""Requests a round; rounds; clients at a time, and their requests for kept answers."""
Milliseconds = npt.NDArray[np.float64]


def measure() -> dict[str, Any]:
    """Time /recommend and /search over loopback, each request different, then kept answers.

    One thread, one worker, retail product types; lists by a blend of frequency and item-kNN, search
    by words, letters and an int8 encoder. Returns the rows of the timings page: milliseconds at the
    99th percentile beside the model called bare in this process, and requests a second.
    """
    fitted, engine, encoder = _models()
    users, texts = fitted.interactions.users.tolist(), engine.index.texts.tolist()
    bare = {
        "/recommend": lambda user: fitted.recommend([user], 10),
        "/search": lambda text: engine.search([text], 10),
        "ONNX Runtime": lambda text: encoder.encode([text]),
    }
    with trial(Models(Personal(fitted), Searching(engine))) as shop:
        taken = _in_turn(shop, bare, users, texts)
        rate = _kept(shop, texts)
    beside = [("/recommend", "the model alone", "/recommend"),
              ("/search", "the engine alone", "/search"),
              ("/search", "ONNX Runtime alone", "ONNX Runtime")]  # fmt: skip
    rows = []
    for path, against, what in beside:
        ours, theirs = taken[path], taken[f"{what} bare"]
        rows.append(_line(f"{path}, p99 ms, one client", ours, against, theirs, theirs / ours))
    kept = f"/search, kept answers, {CLIENTS} clients, requests/s"
    return {"rows": [*rows, _line(kept, rate, "asked for", 250.0, rate / 250)]}


def _in_turn(
    shop: Tried, bare: Mapping[str, Callable[[Any], object]], users: list[Any], texts: list[str]
) -> dict[str, float]:
    """Return 99th percentiles in milliseconds, each the median of its rounds.

    Bare calls and requests take turns, so that a slow minute of the machine is slow for all.
    """
    taken: dict[str, list[float]] = {}
    for start in range(0, ROUNDS * ASKED, ASKED):
        part = slice(start, start + ASKED)
        measured = {f"{what} bare": timed(call, (users if "rec" in what else texts)[part])[1]
                    for what, call in bare.items()}  # fmt: skip
        measured["/recommend"] = _asked(shop, "/recommend", [{"user": u} for u in users[part]])
        measured["/search"] = _asked(shop, "/search", [{"query": text} for text in texts[part]])
        for what, milliseconds in measured.items():
            taken.setdefault(what, []).append(float(np.quantile(milliseconds, 0.99)))
    return {what: float(np.median(rounds)) for what, rounds in taken.items()}


def _models() -> tuple[Fitted, Search, Encoder]:
    torch.set_num_threads(1)
    types, log = complete_journey.product_types(), complete_journey.type_log()
    members = {"frequency": Frequency(120), "neighbours": ItemNeighbours()}
    fitted = Blend(members).learn(Interactions.of(log, types))
    encoder = Encoder.load(backend="int8")
    return fitted, Search.build(types, encoder), encoder


def _asked(shop: Tried, path: str, bodies: list[dict[str, Any]], clients: int = 1) -> Milliseconds:
    sent = [json.dumps(body).encode() for body in bodies]
    return ask(shop.address, sent, clients, path=path, headers=shop.headers)


def _kept(shop: Tried, texts: list[str]) -> float:
    """Return the requests a second of clients who ask what was asked before."""
    bodies = [{"query": texts[i % (ROUNDS * ASKED)]} for i in range(AGAIN)]
    return float(1000 * CLIENTS / _asked(shop, "/search", bodies, CLIENTS).mean())


def _line(what: str, ours: float, against: str, theirs: float, ratio: float) -> dict[str, Any]:
    numbers = {"ours": round(ours, 1), "theirs": round(theirs, 1), "ratio": round(ratio, 1)}
    return {"what": what, "against": against} | numbers
