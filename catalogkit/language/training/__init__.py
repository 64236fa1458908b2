"""Train any model for any task with one loop, on a CPU, a GPU or many.

A task is a function of (model, batch) that returns the batch's losses, summed, and their number.
Each step follows the mean gradient over its examples exactly, whatever the number of micro-batches
and processes that they were divided into.
"""

from catalogkit.language.training.adversarial import fgm, pgd
from catalogkit.language.training.batching import Examples, TextDataset
from catalogkit.language.training.history import Epoch, History
from catalogkit.language.training.loop import train
from catalogkit.language.training.mixing import mixup
from catalogkit.language.training.objectives import Loss, Objective, cross_entropy
from catalogkit.language.training.prediction import accuracy, mean_loss, predict_logits
from catalogkit.language.training.settings import TrainingSettings
from catalogkit.language.training.shared_texts import SharedTexts, predict_rows
from catalogkit.language.training.stepping import TrainingDivergedError

__all__ = [
    "Epoch",
    "Examples",
    "History",
    "Loss",
    "Objective",
    "SharedTexts",
    "TextDataset",
    "TrainingDivergedError",
    "TrainingSettings",
    "accuracy",
    "cross_entropy",
    "fgm",
    "mean_loss",
    "mixup",
    "pgd",
    "predict_logits",
    "predict_rows",
    "train",
]
