"""Teach a line over columns of candidates any objective that has a gradient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from catalogkit.recommenders.base import Floats

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class LinearScorer:
    """weights: of columns by name, as they come, not standardised; constant: added to all."""

    weights: Mapping[str, float]
    constant: float

    def scores(self, columns: pd.DataFrame) -> Floats:
        """Score c rows, float32[c]: logits, where the objective takes logits.

        Raises KeyError for a column that is missing; columns without a weight are ignored.
        """
        table = columns[list(self.weights)].to_numpy(np.float64)
        weights = np.fromiter(self.weights.values(), np.float64)
        return np.asarray(table @ weights + self.constant, np.float32)


def teach_scorer(
    columns: pd.DataFrame,
    objective: Callable[[Tensor], Tensor],
    *,
    steps: int = 150,
    rate: float = 0.05,
) -> LinearScorer:
    """Minimise an objective of all c scores at once, by Adam from zero on standardised columns.

    columns: [c], no missing numbers; one that does not vary gets no weight. objective: takes
    float32[c], returns a number. There is nothing random in it.
    Raises ValueError for missing numbers and when the objective stops being a number.
    Source: Kingma & Ba 2015 (Adam).
    """
    import torch

    table, mean, scale = _standardised(columns)
    inputs = torch.from_numpy(table)
    weights = torch.zeros(table.shape[1], requires_grad=True)
    constant = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.Adam([weights, constant], rate)
    for step in range(steps):
        loss = objective(inputs @ weights + constant)
        if not torch.isfinite(loss):
            raise ValueError(f"the objective is {loss.item()} at step {step}: is it bounded?")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    slopes = weights.detach().numpy() / scale
    offset = constant.item() - float(slopes @ mean)
    return LinearScorer(dict(zip(columns.columns, slopes.tolist(), strict=True)), offset)


def _standardised(
    columns: pd.DataFrame,
) -> tuple[Floats, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the columns with mean 0 and deviation 1, and what they had; deviation 1 for none."""
    table = columns.to_numpy(np.float64)
    bad = ~np.isfinite(table).all(axis=0)
    if bad.any():
        raise ValueError(f"column {columns.columns[bad.argmax()]!r} has missing numbers: fill them")
    mean, scale = table.mean(axis=0), table.std(axis=0)
    scale = np.where(scale > 1e-12, scale, 1.0)
    return ((table - mean) / scale).astype(np.float32), mean, scale
