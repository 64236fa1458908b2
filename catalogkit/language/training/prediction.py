"""Apply a model to examples: logits, accuracy and mean loss, without training anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from catalogkit.datasets.errors import DataError
from catalogkit.language.precision import Precision, autocast
from catalogkit.language.training.batching import Batch, Examples, IntArray, TextDataset
from catalogkit.language.training.objectives import Objective, cross_entropy, logits_of

FloatArray = npt.NDArray[np.float32]
Measured = TypeVar("Measured")


def predict_logits(
    model: nn.Module,
    examples: Examples,
    *,
    batch_size: int = 256,
    precision: Precision = "fp32",
) -> FloatArray:
    """Return the logits of each example in their order, float32[n, …], in evaluation mode.

    precision: "auto" is faster and, with half-precision heads, coarser. Raises DataError without
    examples.
    """
    parts = _evaluated(model, examples, logits_of, batch_size, precision)
    rows = np.concatenate([rows for rows, _ in parts])
    logits: FloatArray = torch.cat([part.float().cpu() for _, part in parts]).numpy()
    return logits[np.argsort(rows)]


def accuracy(model: nn.Module, examples: TextDataset) -> float:
    """Return the share of examples whose label has the largest logit.

    Raises DataError without examples, or without labels.
    """
    if examples.labels is None:
        raise DataError("the examples have no labels to score against")
    return float((predict_logits(model, examples).argmax(-1) == examples.labels).mean())


def mean_loss(model: nn.Module, examples: Examples, loss: Objective = cross_entropy) -> float:
    """Return the mean loss over all examples (or tokens), in evaluation mode, fp32.

    Its negative serves as a `score` for early stopping. Raises DataError without examples.
    """
    losses = [part for _, part in _evaluated(model, examples, loss, 256, "fp32")]
    weight = sum(part.weight for part in losses)
    if not weight:
        raise DataError("nothing to score: every label is ignored")
    return sum(float(part.total) for part in losses) / weight


def _evaluated(
    model: nn.Module,
    examples: Examples,
    measure: Callable[[nn.Module, Batch], Measured],
    batch_size: int,
    precision: Precision,
) -> list[tuple[IntArray, Measured]]:
    """Measure batches of like length in evaluation mode, without gradients; say which rows."""
    if not len(examples):
        raise DataError("no examples to predict or to score")
    device = next(model.parameters()).device
    order = np.argsort(examples.lengths, kind="stable")
    parts = []
    with evaluation_mode(model), torch.inference_mode(), autocast(precision, device):
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            batch = {name: values.to(device) for name, values in examples.batch(rows).items()}
            parts.append((rows, measure(model, batch)))
    return parts


@contextmanager
def evaluation_mode(model: nn.Module) -> Iterator[None]:
    """Switch dropout and the like off for the block, and back to what it was."""
    training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(training)
