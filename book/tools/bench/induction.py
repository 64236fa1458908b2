"""A named tree from 1,000, 10,000 and 100,000 products, beside scikit-learn's Ward clustering."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from catalogkit.datasets import complete_journey
from catalogkit.language.encoders import Encoder
from catalogkit.taxonomy.induction import balanced_levels, induce

SIZES = (1_000, 10_000, 100_000)
FEASIBLE = 10_000
"""Products up to which Ward on all points is run: at 100,000 its distances take 40 GB."""

NOISE = 0.5
"""Length of the noise beside a vector of length one: a product has cosine .9 with its type."""

Products = tuple[list[str], npt.NDArray[np.float32]]


def measure() -> dict[str, Any]:
    """Time `induce`, names included and encoding not, at each size, and Ward where it is feasible.

    Returns the ratios for the timings page under "rows", seconds by size under "seconds", and under
    "exponent" the growth between sizes: 1 is linear, 2 quadratic.
    """
    types = _types()
    for method in (_ours, _theirs):  # the warm-up: imports
        _clocked(method, _products(types, 100))
    seconds = {n: _clocked(_ours, _products(types, n)) for n in SIZES}
    theirs = {n: _clocked(_theirs, _products(types, n)) for n in SIZES if n <= FEASIBLE}
    rows = [
        {
            "what": f"tree of {n:,} products, seconds",
            "ours": round(seconds[n], 2),
            "against": "scikit-learn AgglomerativeClustering(ward), no names",
            "theirs": round(theirs[n], 2) if n in theirs else "40 GB: not run",
            "ratio": round(theirs[n] / seconds[n], 1) if n in theirs else "–",
        }
        for n in SIZES
    ]
    return {"rows": rows, "seconds": seconds, "exponent": _exponents(seconds)}


def _exponents(seconds: dict[int, float]) -> dict[str, float]:
    pairs = [*pairwise(SIZES), (SIZES[0], SIZES[-1])]
    return {
        f"{a:,} to {b:,}": round(math.log(seconds[b] / seconds[a]) / math.log(b / a), 2)
        for a, b in pairs
    }


def _clocked(method: Callable[[Products], object], products: Products) -> float:
    start = time.perf_counter()
    method(products)
    return time.perf_counter() - start


def _types() -> Products:
    """Return the retail product types and their vectors."""
    texts = sorted(set(complete_journey.catalog().table["product_type"].str.lower()))
    return texts, Encoder.load(backend="fp32").encode(texts)


def _products(types: Products, n: int) -> Products:
    """Draw products from the types, each near its type and with a size in its text."""
    texts, vectors = types
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, len(texts), n)
    noise = rng.standard_normal((n, vectors.shape[1]), np.float32)
    drawn = vectors[kinds] + NOISE * noise / np.sqrt(vectors.shape[1], dtype=np.float32)
    sizes = rng.integers(1, 65, n)
    named = [f"{texts[kind]} {size} oz" for kind, size in zip(kinds, sizes, strict=True)]
    return named, drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def _ours(products: Products) -> object:
    return induce(*products)


def _theirs(products: Products) -> object:
    from sklearn.cluster import AgglomerativeClustering

    leaves = balanced_levels(len(products[0]))[-1]
    return AgglomerativeClustering(leaves, linkage="ward").fit(products[1])
