"""Remember how training went, epoch by epoch, and keep the best weights."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pandas as pd
import torch
from torch import nn


@dataclass(frozen=True)
class Epoch:
    """One pass over the examples.

    train_loss: mean over examples (or tokens) while the weights moved; score: on the validation
    data after the pass, higher is better; seconds, cpu_seconds: of training this process, without
    validation; learning_rates: of each step.
    """

    train_loss: float
    score: float | None
    seconds: float
    cpu_seconds: float
    examples_per_second: float
    learning_rates: tuple[float, ...]


@dataclass(frozen=True)
class History:
    """All passes over the examples, and which of them the model's weights come from.

    kept: number of that epoch, from 1; stopped_early: fewer epochs than asked for; precision,
    processes: what the machine was found to offer.
    """

    epochs: tuple[Epoch, ...]
    kept: int
    stopped_early: bool
    precision: str
    processes: int

    @property
    def seconds(self) -> float:
        """Seconds of training, without validation."""
        return sum(epoch.seconds for epoch in self.epochs)

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds of training by this process, without validation."""
        return sum(epoch.cpu_seconds for epoch in self.epochs)

    def table(self) -> pd.DataFrame:
        """Show one row an epoch; the learning rate is that of its last step."""
        rows = [{**vars(epoch), "learning_rate": epoch.learning_rates[-1]} for epoch in self.epochs]
        table = pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="epoch"))
        return table.drop(columns="learning_rates")


@dataclass
class EarlyStopping:
    """Keep the weights of the best epoch, and say when to stop waiting for a better one.

    patience: epochs without improvement that are endured; None keeps the last epoch's weights.
    """

    patience: int | None
    best: int = 0
    seen: int = 0
    _score: float = -math.inf
    _weights: dict[str, torch.Tensor] = field(default_factory=dict)

    def see(self, score: float | None, model: nn.Module) -> bool:
        """Take note of an epoch; return whether to stop. Raises ValueError on a NaN score."""
        self.seen += 1
        if self.patience is None or score is None:
            self.best = self.seen
            return False
        if math.isnan(score):
            raise ValueError(f"the validation score of epoch {self.seen} is NaN: check `score`")
        if score > self._score:
            self.best, self._score = self.seen, score
            self._weights = {name: w.detach().clone() for name, w in _changing(model).items()}
        return self.seen - self.best >= max(self.patience, 1)

    def restore(self, model: nn.Module) -> None:
        """Put the weights of the best epoch back, if it is not the last one."""
        if self.best == self.seen:
            return
        with torch.no_grad():
            for name, weight in _changing(model).items():
                weight.copy_(self._weights[name])


def _changing(model: nn.Module) -> dict[str, torch.Tensor]:
    """All that training may change: weights that are not frozen, and running statistics."""
    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    return trained | dict(model.named_buffers())
