"""Say how to train: every choice of the loop in one checked place."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import get_args

from catalogkit.language.precision import Precision
from catalogkit.language.training.optimisation import Decay


@dataclass(frozen=True)
class TrainingSettings:
    """How to train; the defaults suit a small encoder and short texts.

    epochs: passes over the examples; batch_size: examples in a micro-batch of one process;
    accumulate: micro-batches a step; learning_rate: at its peak (MiniLM learns few short texts
    fastest at 5e-4, encoders of BERT's size want 2e-5 to 5e-5); warmup: share of the steps;
    decay: how the rate falls after it; weight_decay: decoupled, on matrices only; clip: largest
    norm of the gradient, None for any; patience: epochs to wait for a better validation score,
    after which the best epoch's weights are restored, None to keep the last; frozen: parts that
    stay as they are, by name; precision: "auto" asks the machine; bucket: how many batches are
    sorted by length together, 1 for none; seed: of order, dropout and masks.
    Raises ValueError on values that make no sense.
    """

    epochs: int = 3
    batch_size: int = 32
    accumulate: int = 1
    learning_rate: float = 2e-4
    warmup: float = 0.1
    decay: Decay = "linear"
    weight_decay: float = 0.01
    clip: float | None = 1.0
    patience: int | None = None
    frozen: tuple[str, ...] = ()
    precision: Precision = "auto"
    bucket: int = 50
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "accumulate", "bucket"):
            self._require(name, getattr(self, name) >= 1, "at least 1")
        self._require("learning_rate", 0 < self.learning_rate < math.inf, "above 0")
        self._require("warmup", 0 <= self.warmup <= 1, "a share of the steps, 0 to 1")
        self._require("weight_decay", 0 <= self.weight_decay < math.inf, "at least 0")
        self._require("clip", self.clip is None or self.clip > 0, "above 0, or None")
        self._require("patience", self.patience is None or self.patience >= 1, "1 or more, or None")
        self._require("frozen", not isinstance(self.frozen, str), "a tuple of names")
        self._require("decay", self.decay in get_args(Decay), f"one of {get_args(Decay)}")
        formats = get_args(Precision)
        self._require("precision", self.precision in formats, f"one of {formats}")

    def _require(self, name: str, holds: bool, what: str) -> None:
        if not holds:
            raise ValueError(f"{name} must be {what}, got {getattr(self, name)!r}")
