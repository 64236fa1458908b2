"""What the backward pass needs is counted once, and weights are not."""

import torch
from torch import nn

from catalogkit.language.training.activations import kept_for_backward


def test_inputs_and_results_that_gradients_need_are_counted() -> None:
    """By hand: a linear layer keeps its input, a sigmoid its result, 3 x 4 and 3 x 5 floats."""
    model = nn.Sequential(nn.Linear(4, 5), nn.Sigmoid())
    assert kept_for_backward(model, torch.zeros(3, 4)) == 4 * (3 * 4 + 3 * 5)


def test_shared_memory_counts_once() -> None:
    """Two layers that keep one input keep it once."""

    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.other = nn.Linear(4, 5), nn.Linear(4, 5)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.one(x) + self.other(x)

    assert kept_for_backward(Twice(), torch.zeros(3, 4)) == 4 * 3 * 4


def test_nothing_is_kept_of_a_frozen_model() -> None:
    """Without weights to train there is no backward pass."""
    assert kept_for_backward(nn.Linear(4, 5).requires_grad_(False), torch.zeros(3, 4)) == 0
