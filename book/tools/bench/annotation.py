"""Annotating texts with paths of a tree, beside sentence-transformers with scikit-learn."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from catalogkit.datasets import complete_journey, splits
from catalogkit.datasets.sources import fetch
from catalogkit.language.encoders import Encoder
from catalogkit.taxonomy.annotation import Annotator
from catalogkit.taxonomy.annotators import INVERSE_PENALTY
from catalogkit.taxonomy.tree import Path

TEXTS, SAMPLE, REPEATS = 100_000, 3_000, 3
CLOCKS = ("wall", "CPU")
OURS, THEIRS = "Annotator('frozen')", "sentence-transformers + LogisticRegression"
Annotate = Callable[[Sequence[str]], list[Path]]


def measure() -> dict[str, Any]:
    """Time both in turn, REPEATS rounds, on SAMPLE texts, and extrapolate linearly to TEXTS.

    Both learn from the same product types, with the same weights of the encoder and the same
    penalty, and annotate texts of other types. All texts differ: that equal texts are encoded once
    has no part in the ratios. Learning is not counted. Ours gives a path and scaled probabilities
    of its steps, theirs a class and its probability. Returns the rows of the timings page, texts a
    second, and the share of the texts that each annotates rightly and both alike.
    """
    known, paths, texts, truth = _task()
    contenders = {OURS: _ours(known, paths), THEIRS: _theirs(known, paths)}
    answers = {name: annotate(texts[:64]) for name, annotate in contenders.items()}  # warm-up
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for _ in range(REPEATS):
        for name, annotate in contenders.items():
            wall, cpu = time.perf_counter(), time.process_time()
            answers[name] = annotate(texts)
            seconds[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    middle = {name: np.median(runs, axis=0).tolist() for name, runs in seconds.items()}
    rows = [
        _row(clock, middle[OURS][i], middle[THEIRS][i], answers) for i, clock in enumerate(CLOCKS)
    ]
    return {
        "rows": rows,
        "texts a CPU second": {name: round(len(texts) / both[1]) for name, both in middle.items()},
        "right": {name: _alike(given, truth) for name, given in answers.items()},
        "sample": len(texts),
        "our number format": Encoder.load().backend,
    }


def _task() -> tuple[list[str], list[Path], list[str], list[Path]]:
    """Return product types with their paths to learn from, and different texts of other types."""
    products = complete_journey.catalog().table.drop_duplicates("text")
    split = splits.grouped(products["product_type"], test_share=0.5, seed=0)
    types = products.iloc[split.train].drop_duplicates("product_type")
    rng = np.random.default_rng(0)
    others = products.iloc[rng.choice(split.test, SAMPLE, replace=False)]
    return types["text"].tolist(), _paths(types), others["text"].tolist(), _paths(others)


def _paths(products: pd.DataFrame) -> list[Path]:
    return list(zip(products["department"], products["category"], strict=True))


def _ours(known: list[str], paths: list[Path]) -> Annotate:
    return Annotator("frozen").fit(known, paths).predict


def _theirs(known: list[str], paths: list[Path]) -> Annotate:
    from sentence_transformers import SentenceTransformer
    from sklearn.linear_model import LogisticRegression

    encoder = SentenceTransformer(str(fetch("minilm")), device="cpu")
    classes = sorted(set(paths))
    targets = [classes.index(path) for path in paths]
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=300).fit(
        _encode(encoder, known), targets
    )

    def annotate(texts: Sequence[str]) -> list[Path]:
        chances = model.predict_proba(_encode(encoder, texts))
        return [classes[model.classes_[best]] for best in chances.argmax(axis=1)]

    return annotate


def _encode(encoder: Any, texts: Sequence[str]) -> npt.NDArray[np.float32]:  # noqa: ANN401
    vectors: npt.NDArray[np.float32] = encoder.encode(list(texts), normalize_embeddings=True)
    return vectors


def _row(clock: str, ours: float, theirs: float, answers: dict[str, list[Path]]) -> dict[str, Any]:
    same = _alike(answers[OURS], answers[THEIRS])
    whole = TEXTS / len(answers[OURS])
    return {
        "what": f"annotate {TEXTS:,} texts, {clock} seconds, extrapolated from "
        f"{len(answers[OURS]):,} different ones ({same:.3f} annotated alike)",
        "ours": round(ours * whole, 1),
        "against": THEIRS,
        "theirs": round(theirs * whole, 1),
        "ratio": round(theirs / ours, 2),
    }


def _alike(a: list[Path], b: list[Path]) -> float:
    return round(float(np.mean([x == y for x, y in zip(a, b, strict=True)])), 3)
