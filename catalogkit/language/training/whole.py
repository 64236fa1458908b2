"""Minimise an objective over all data at once, for models and data that are small."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import nn

from catalogkit.language.training.stepping import TrainingDivergedError

Model = TypeVar("Model", bound=nn.Module)


def minimise(
    model: Model, objective: Callable[[Model], torch.Tensor], *, iterations: int = 100
) -> Model:
    """Move a model's weights in place to where an objective is least, and return the model.

    objective: of the model, returns a number with a gradient; without randomness, such as dropout.
    iterations: at most. Raises TrainingDivergedError when the objective is no number to begin with.
    Source: Nocedal & Wright 2006, section 7.2 (L-BFGS, strong Wolfe line search).
    """
    search = torch.optim.LBFGS(
        model.parameters(), max_iter=iterations, line_search_fn="strong_wolfe"
    )

    def closure() -> torch.Tensor:
        search.zero_grad()
        value = objective(model)
        value.backward()
        return value

    with torch.no_grad():
        value = objective(model)
    if not torch.isfinite(value):
        raise TrainingDivergedError(f"the objective is {value.item()} before any step")
    search.step(closure)
    return model
