"""Set how weights move: AdamW, what decays, what is frozen, and the learning rate over time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

import torch
from torch import nn

Decay = Literal["linear", "cosine", "constant"]


def learning_rate_factor(step: int, steps: int, warmup: int, decay: Decay) -> float:
    """Return the share of the peak learning rate at step 0, …, steps - 1.

    Rises linearly over the first `warmup` steps, reaches 1, then falls towards 0 at `steps`.
    Source: Vaswani et al. 2017, section 5.3; Loshchilov & Hutter 2017 (cosine).
    """
    if step < warmup:
        return (step + 1) / (warmup + 1)
    if decay == "constant":
        return 1.0
    left = (steps - step) / max(steps - warmup, 1)
    return left if decay == "linear" else (1 - math.cos(math.pi * left)) / 2


def adamw(model: nn.Module, learning_rate: float, weight_decay: float) -> torch.optim.AdamW:
    """Build AdamW over the weights that train; biases and norms (one dimension) don't decay.

    Uses the fused implementation where torch has one for the weights' device.
    Raises ValueError when nothing is left to train. Source: Loshchilov & Hutter 2019.
    """
    trained = [p for p in model.parameters() if p.requires_grad]
    if not trained:
        raise ValueError("every weight of the model is frozen: nothing to train")
    groups = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
    fused = all(p.device.type in {"cpu", "cuda"} and p.is_floating_point() for p in trained)
    return torch.optim.AdamW([g for g in groups if g["params"]], lr=learning_rate, fused=fused)


@contextmanager
def frozen(model: nn.Module, parts: Sequence[str]) -> Iterator[None]:
    """Keep the weights of the named parts as they are, for the time of the block.

    parts: names of modules or parameters as in `model.named_parameters()`, whole or up to a dot.
    Raises ValueError on a name that the model doesn't have.
    """
    chosen: list[nn.Parameter] = []
    for part in parts:
        found = [p for name, p in model.named_parameters() if f"{name}.".startswith(f"{part}.")]
        if not found:
            names = ", ".join(name for name, _ in model.named_children())
            raise ValueError(f"frozen: no part {part!r} in the model; it starts with {names}")
        chosen += [p for p in found if p.requires_grad]
    for parameter in chosen:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in chosen:
            parameter.requires_grad_(True)
