"""DP-SGD: clip what each example says, add noise to the sum, and account for what leaks."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from catalogkit.datasets.errors import DataError
from catalogkit.language.training import Examples, Objective, cross_entropy
from catalogkit.language.training.optimisation import adamw
from catalogkit.language.training.stepping import seeded
from catalogkit.privacy.guarantee import Guarantee, PrivateSettings, plan

if TYPE_CHECKING:
    from opacus.optimizers import DPOptimizer

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class VectorExamples:
    """Vectors with a class each, for a head on a frozen encoder; `train` takes them too.

    vectors: float32[n, d]; labels: class numbers, int64[n].
    Raises DataError when the shapes differ or a number is not finite.
    """

    vectors: npt.NDArray[np.float32]
    labels: IntArray

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or self.labels.shape != self.vectors.shape[:1]:
            shapes = f"vectors {self.vectors.shape}, labels {self.labels.shape}"
            raise DataError(f"{shapes}: give [n, d] vectors and one label for each")
        bad = np.flatnonzero(~np.isfinite(self.vectors).all(axis=1))
        if len(bad):
            raise DataError(f"vectors: row {bad[0]} is not finite; drop it or encode it anew")

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def lengths(self) -> IntArray:
        """One for each example: vectors need no padding, int64[n]."""
        return np.ones(len(self), np.int64)

    def batch(self, rows: IntArray) -> dict[str, torch.Tensor]:
        """Return the rows as input [b, d] and labels [b]: what `linear_head` takes."""
        vectors = np.asarray(self.vectors[rows], np.float32)
        labels = np.asarray(self.labels[rows], np.int64)
        return {"input": torch.from_numpy(vectors), "labels": torch.from_numpy(labels)}


def linear_head(dimension: int, classes: int) -> nn.Sequential:
    """Make a linear classifier of vectors that starts at zero, so that its start says nothing.

    It is wrapped in a Sequential because opacus does not see what a layer is given by name.
    """
    layer = nn.utils.skip_init(nn.Linear, dimension, classes)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return nn.Sequential(layer)


def train_privately(
    model: nn.Module,
    examples: Examples,
    *,
    epsilon: float,
    delta: float,
    loss: Objective = cross_entropy,
    settings: PrivateSettings | None = None,
) -> Guarantee:
    """Train the weights that require gradients, in place, and return what was promised for it.

    Every step draws its examples by independent coins (Poisson), as the accountant assumes. The
    loss of an example must not depend on the others in its batch. The promise covers one run: each
    setting tried on the same examples spends as much again. Torch's random state is left as it was.
    Raises ValueError when nothing trains or delta is not below 1 / n, opacus's own error on layers
    that mix examples (batch normalisation). Source: Abadi et al. 2016, algorithm 1.
    """
    from opacus import GradSampleModule
    from opacus.validators import ModuleValidator

    settings = settings or PrivateSettings()
    promise = plan(len(examples), epsilon=epsilon, delta=delta, settings=settings)
    ModuleValidator.validate(model.train(), strict=True)
    with seeded(settings.seed), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Full backward hook is firing")  # inputs need no gradient
        optimizer = _private(model, promise, settings, len(examples))
        watched = GradSampleModule(model, loss_reduction="sum")
        for rows in _poisson(len(examples), promise, settings.seed):
            _step(watched, optimizer, examples, rows, loss, settings.at_once)
        watched.remove_hooks()
    model.zero_grad()
    model.eval()
    return promise


def _private(
    model: nn.Module, promise: Guarantee, settings: PrivateSettings, n: int
) -> DPOptimizer:
    """Wrap Adam so that it sees clipped, noisy means; the noise has a generator of its own."""
    from opacus.optimizers import DPOptimizer

    optimizer = adamw(model, settings.learning_rate, weight_decay=0.0)
    generator = torch.Generator(next(model.parameters()).device).manual_seed(settings.seed)
    return DPOptimizer(
        optimizer,
        noise_multiplier=promise.noise,
        max_grad_norm=promise.clip,
        expected_batch_size=max(1, round(promise.sampling * n)),
        generator=generator,
    )


def _poisson(n: int, promise: Guarantee, seed: int) -> Iterator[IntArray]:
    """Let every example take part in each step by its own coin; a step may be empty."""
    rng = np.random.default_rng(seed)
    for _ in range(promise.steps):
        yield np.flatnonzero(rng.random(n) < promise.sampling)


def _step(
    model: nn.Module,
    optimizer: DPOptimizer,
    examples: Examples,
    rows: IntArray,
    loss: Objective,
    at_once: int,
) -> None:
    """Add up clipped gradients over parts that fit the memory, then noise and move once."""
    parts = np.array_split(rows, max(1, -(-len(rows) // at_once)))
    trained = [p for p in model.parameters() if p.requires_grad]
    for number, part in enumerate(parts):
        optimizer.signal_skip_step(number + 1 < len(parts))
        if len(part):
            batch = {k: v.to(trained[0].device) for k, v in examples.batch(part).items()}
            loss(model, batch).total.backward()
        else:
            for p in trained:
                p.grad_sample = p.new_zeros((0, *p.shape))  # type: ignore[attr-defined]
        optimizer.step()
        optimizer.zero_grad()
