"""The loop itself: epochs of steps, a score after each, and the best weights in the end."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from accelerate.utils import broadcast
from torch import nn
from tqdm.auto import tqdm

from catalogkit.datasets.errors import DataError
from catalogkit.language.training.batching import Examples, shuffled_batches
from catalogkit.language.training.history import EarlyStopping, Epoch, History
from catalogkit.language.training.objectives import Objective, cross_entropy
from catalogkit.language.training.optimisation import frozen
from catalogkit.language.training.prediction import (
    accuracy,
    evaluation_mode,
)
from catalogkit.language.training.settings import TrainingSettings
from catalogkit.language.training.stepping import (
    Stepper,
    seeded,
    this_process,
)

Score = Callable[[nn.Module, Any], float]


def train(
    model: nn.Module,
    examples: Examples,
    *,
    validation: Examples | None = None,
    loss: Objective = cross_entropy,
    score: Score = accuracy,
    settings: TrainingSettings | None = None,
    progress: bool | None = None,
) -> History:
    """Train the model in place, leave it in evaluation mode, and return how it went.

    score: of (model, validation) after every epoch, higher is better; progress: whether to show a
    bar, None for terminals only. Torch's random state is left as it was found. Under `accelerate
    launch` or torchrun every process calls this alike, and all end with the same weights.
    Raises DataError without examples or on labels that the model lacks, ValueError when settings
    and arguments don't fit each other, TrainingDivergedError when the loss is no number.
    """
    settings = settings or TrainingSettings()
    _check(examples, validation, settings)
    stopping, epochs = EarlyStopping(settings.patience), list[Epoch]()
    with seeded(settings.seed), frozen(model, settings.frozen):
        stepper = Stepper(model, loss, settings, len(examples))
        with _bar(settings.epochs * len(examples), progress) as bar:
            for number in range(settings.epochs):
                epoch = _epoch(stepper, examples, number, bar)
                epochs.append(replace(epoch, score=_score(model, validation, score)))
                if stopping.see(epochs[-1].score, model):
                    break
        stopping.restore(model)
    model.eval()
    early = len(epochs) < settings.epochs
    return History(tuple(epochs), stopping.best, early, stepper.precision, stepper.processes)


def _epoch(stepper: Stepper, examples: Examples, number: int, bar: tqdm) -> Epoch:
    """Go once through the examples, in an order that depends on the seed and the epoch."""
    settings, rates = stepper.settings, list[float]()
    seed = (settings.seed, number)
    batches = shuffled_batches(examples.lengths, stepper.size, pool=settings.bucket, seed=seed)
    total, weight = 0.0, 0.0
    stepper.model.train()
    seconds, cpu_seconds = time.perf_counter(), time.process_time()
    for rows in batches:
        rates.append(stepper.learning_rate)
        losses, count = stepper.step(examples, rows)
        total, weight = total + losses, weight + count
        bar.update(len(rows))
    seconds, cpu_seconds = time.perf_counter() - seconds, time.process_time() - cpu_seconds
    rate, loss = len(examples) / seconds, total / weight if weight else math.nan
    return Epoch(loss, None, seconds, cpu_seconds, rate, tuple(rates))


def _score(model: nn.Module, validation: Examples | None, score: Score) -> float | None:
    """Score the model in evaluation mode; every process gets the first one's value."""
    if validation is None:
        return None
    with evaluation_mode(model):
        value = float(score(model, validation))
    here = this_process()
    if here.num_processes == 1:
        return value
    return float(broadcast(torch.tensor(value, dtype=torch.float64, device=here.device)))


def _check(examples: Examples, validation: Examples | None, settings: TrainingSettings) -> None:
    """Raise what is wrong with the arguments before any work is done."""
    if not len(examples):
        raise DataError("no examples to train on")
    if validation is not None and not len(validation):
        raise DataError("validation has no examples: give some, or validation=None")
    if settings.patience is not None and validation is None:
        raise ValueError("patience needs validation=… to know the best epoch; or patience=None")


def _bar(examples: int, progress: bool | None) -> tqdm:
    """Show examples seen, in the first process only; tqdm's None means on terminals only."""
    hidden = None if progress is None else not progress
    return tqdm(
        total=examples, unit=" ex", disable=hidden if this_process().is_main_process else True
    )
