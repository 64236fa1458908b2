"""Small objectives are minimised to their end, and ones without an end are refused."""

import pytest
import torch
from torch import nn

from catalogkit.language.training.stepping import TrainingDivergedError
from catalogkit.language.training.whole import minimise


def test_least_squares_are_solved() -> None:
    """A line through three points on a line is that line."""
    x = torch.tensor([[0.0], [1], [2]])
    model = minimise(nn.Linear(1, 1), lambda m: (m(x) - (3 * x + 1)).square().mean())
    assert model.weight.item() == pytest.approx(3, abs=1e-3)
    assert model.bias.item() == pytest.approx(1, abs=1e-3)


def test_an_objective_that_is_no_number_is_refused() -> None:
    """The logarithm of a negative number has no least value."""
    model = nn.Linear(1, 1)
    with pytest.raises(TrainingDivergedError, match="nan before any step"):
        minimise(model, lambda m: torch.log(-m.weight.square().sum()))
