"""What privacy costs: CPU seconds of a step of DP-SGD beside the same step without it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from catalogkit.datasets import food_reviews
from catalogkit.language.classifier import TextClassifier, text_classifier
from catalogkit.language.training import Examples, TrainingSettings, train
from catalogkit.privacy import PrivateSettings, VectorExamples, linear_head, plan, train_privately

HEAD_BATCH, TEXT_BATCH = 1024, 32
HEAD_STEPS, TEXT_STEPS = 50, 5
MAX_TOKENS = 64
EPSILON, DELTA = 3.0, 1e-5


class Case(NamedTuple):
    """What is trained, on how many examples a step, for how many steps."""

    model: Callable[[], nn.Module]
    examples: Examples
    steps: int


def measure() -> dict[str, Any]:
    """Time private and plain steps of a head, of MiniLM's last layer and of LoRA, one run each.

    Both see all examples in every step, in fp32 and with Adam; texts are cut to MAX_TOKENS tokens.
    Returns the ratios for the timings page under "rows" and CPU seconds a step under "seconds".
    """
    seconds = {name: {"private": _private(case), "plain": _plain(case)}
               for name, case in _cases().items()}  # fmt: skip
    rows = [
        {
            "what": f"a private step (DP-SGD) of {name}, CPU seconds",
            "ours": round(spent["private"], 4),
            "against": "the same step without privacy",
            "theirs": round(spent["plain"], 4),
            "ratio": round(spent["plain"] / spent["private"], 2),
        }
        for name, spent in seconds.items()
    ]
    return {"rows": rows, "seconds": seconds, "threads": torch.get_num_threads()}


def _cases() -> dict[str, Case]:
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((HEAD_BATCH, 384)).astype(np.float32)
    numbers = VectorExamples(vectors, rng.integers(0, 2, HEAD_BATCH))
    reviews = food_reviews.reviews().table[:TEXT_BATCH]
    classes = (reviews["label"] == "great").to_numpy(np.int64)
    texts = _last_layer().examples(list(reviews["text"]), classes)
    return {
        f"a head on {HEAD_BATCH:,} vectors": Case(lambda: linear_head(384, 2), numbers, HEAD_STEPS),
        f"MiniLM's last layer on {TEXT_BATCH} reviews": Case(_last_layer, texts, TEXT_STEPS),
        f"MiniLM by LoRA (rank 8) on {TEXT_BATCH} reviews": Case(_lora, texts, TEXT_STEPS),
    }


def _last_layer() -> TextClassifier:
    model = text_classifier(classes=2)
    model.max_tokens = MAX_TOKENS
    for name, parameter in model.encoder.named_parameters():
        parameter.requires_grad_(name.startswith("encoder.layer.5."))
    return model


def _lora() -> TextClassifier:
    from peft import LoraConfig, get_peft_model

    model = text_classifier(classes=2)
    rank = LoraConfig(r=8, target_modules=["query", "value"])
    model.max_tokens = MAX_TOKENS
    model.add_module("encoder", get_peft_model(model.encoder, rank))
    return model


def _private(case: Case) -> float:
    """CPU seconds a step; the search for the noise, which is remembered, is left out."""
    model, n = case.model(), len(case.examples)
    settings = PrivateSettings(epochs=case.steps, batch_size=n, at_once=n)
    plan(n, epsilon=EPSILON, delta=DELTA, settings=settings)
    start = time.process_time()
    train_privately(model, case.examples, epsilon=EPSILON, delta=DELTA, settings=settings)
    return (time.process_time() - start) / case.steps


def _plain(case: Case) -> float:
    """CPU seconds a step of the ordinary loop."""
    model, n = case.model(), len(case.examples)
    settings = TrainingSettings(epochs=case.steps, batch_size=n, precision="fp32")
    start = time.process_time()
    train(model, case.examples, settings=settings, progress=False)
    return (time.process_time() - start) / case.steps
