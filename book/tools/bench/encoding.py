"""Encoding 2,000 different product texts, beside sentence-transformers at its defaults."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from catalogkit.datasets import complete_journey
from catalogkit.datasets.sources import fetch
from catalogkit.language.encoders import Backend, Encoder

TEXTS, REPEATS, NEIGHBOURS = 2_000, 3, 10
BACKENDS: tuple[Backend, ...] = ("auto", "fp32", "int8")
CLOCKS = ("wall", "CPU")
THEIRS = "sentence-transformers, fp32"
FloatArray = npt.NDArray[np.float32]
Encode = Callable[[list[str]], FloatArray]


def measure() -> dict[str, Any]:
    """Time every contender in turn, REPEATS rounds, on the same texts after a warm-up.

    All texts differ, so that encoding equal texts once has no part in the ratios. Returns the
    ratios for the timings page under "rows" and, per contender, wall and CPU seconds (medians),
    texts a CPU second and the share of ten nearest neighbours agreeing with sentence-transformers.
    """
    texts = _texts()
    contenders = _contenders()
    vectors = {name: encode(texts[:64]) for name, encode in contenders.items()}  # warm-up
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for _ in range(REPEATS):
        for name, encode in contenders.items():
            wall, cpu = time.perf_counter(), time.process_time()
            vectors[name] = encode(texts)
            seconds[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    results = {name: _result(seconds[name], vectors[name], vectors[THEIRS]) for name in contenders}
    rows = [_row(name, clock, results) for name in results if name != THEIRS for clock in CLOCKS]
    return {
        "rows": rows,
        "contenders": results,
        "texts": len(texts),
        "threads": torch.get_num_threads(),
    }


def _texts() -> list[str]:
    """Take TEXTS different product texts, evenly from all in alphabetical order."""
    unique = sorted(set(complete_journey.catalog().text))
    return [unique[i] for i in np.linspace(0, len(unique) - 1, TEXTS).astype(int)]


def _contenders() -> dict[str, Encode]:
    """Load sentence-transformers and our back ends, with the same weights, on the CPU."""
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(fetch("minilm")), device="cpu")
    contenders: dict[str, Encode] = {THEIRS: theirs.encode}
    for backend in BACKENDS:
        encoder = Encoder.load(backend=backend, device="cpu")
        chosen = f"auto: {encoder.backend}" if backend == "auto" else backend
        contenders[f"Encoder, {chosen}"] = encoder.encode
    return contenders


def _result(
    seconds: list[tuple[float, float]], vectors: FloatArray, reference: FloatArray
) -> dict[str, float]:
    wall, cpu = (median(run[clock] for run in seconds) for clock in (0, 1))
    return {
        "wall": round(wall, 3),
        "CPU": round(cpu, 3),
        "texts a CPU second": round(len(vectors) / cpu),
        "neighbour agreement": round(_agreement(vectors, reference), 4),
    }


def _row(name: str, clock: str, results: dict[str, dict[str, float]]) -> dict[str, Any]:
    ours, theirs = results[name], results[THEIRS]
    agreement = f"{ours['neighbour agreement']:.3f} of neighbours agree"
    return {
        "what": f"encode {TEXTS:,} product texts, {name} ({agreement}), {clock} seconds",
        "ours": ours[clock],
        "against": THEIRS,
        "theirs": theirs[clock],
        "ratio": round(theirs[clock] / ours[clock], 2),
    }


def _agreement(a: FloatArray, b: FloatArray) -> float:
    """Share of each text's nearest neighbours that two encodings have in common."""
    near = []
    for vectors in (a, b):
        alike = vectors @ vectors.T
        np.fill_diagonal(alike, -np.inf)
        near.append(np.argsort(-alike, axis=1)[:, :NEIGHBOURS])
    common = [len(np.intersect1d(x, y)) for x, y in zip(*near, strict=True)]
    return float(np.mean(common)) / NEIGHBOURS
