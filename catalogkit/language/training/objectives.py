"""Say what a model is trained for: the loss of a batch, as a sum and a weight."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import nn

from catalogkit.datasets.errors import DataError
from catalogkit.language.training.batching import Batch

IGNORED = -100
"""The label of positions that are not to be learned, as in torch and transformers."""


class Loss(NamedTuple):
    """The losses of a batch summed, and how many there are (examples, or tokens).

    A step divides the sum by the weight over all its micro-batches and processes, so that how the
    work was divided does not change what is learned.
    """

    total: torch.Tensor
    weight: int


Objective = Callable[[nn.Module, Batch], Loss]


def logits_of(model: nn.Module, batch: Batch) -> torch.Tensor:
    """Run a model on all of a batch but its labels; unwrap the output of a transformers model."""
    output = model(**{name: value for name, value in batch.items() if name != "labels"})
    logits: torch.Tensor = output if isinstance(output, torch.Tensor) else output.logits
    return logits


def cross_entropy(model: nn.Module, batch: Batch) -> Loss:
    """Score logits [..., classes] against labels [...]; positions labelled IGNORED don't count.

    Serves classes of texts and of tokens alike. Raises DataError on a label without a logit, and
    on a batch without labels.
    """
    if "labels" not in batch:
        raise DataError("the examples have no labels: give labels to learn or to score")
    logits, labels = logits_of(model, batch).float(), batch["labels"]
    weight = int((labels != IGNORED).sum())
    classes = logits.shape[-1]
    if weight and int(labels.max()) >= classes:
        raise DataError(
            f"label {int(labels.max())} but the model has {classes} classes "
            f"(0 to {classes - 1}): number the labels anew, or build the model with more classes"
        )
    total = nn.functional.cross_entropy(
        logits.reshape(-1, classes), labels.reshape(-1), ignore_index=IGNORED, reduction="sum"
    )
    return Loss(total, weight)
