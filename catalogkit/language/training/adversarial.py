"""Train also on inputs that are moved to where the loss is higher: adversarial training."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import nn

from catalogkit.language.training.batching import Batch
from catalogkit.language.training.objectives import Loss, Objective, cross_entropy

Move = Callable[[torch.Tensor], torch.Tensor]


def fgm(embedding: str, *, epsilon: float, objective: Objective = cross_entropy) -> Objective:
    """Return an objective for `train`: half the loss as it is, half where embeddings are moved.

    A text's embeddings e [t, d] are moved by epsilon g / ||g||, where g is the gradient of its loss
    by e (the fast gradient method). The move is added to what the layer returns, in one pass: no
    weight is touched, so nothing has to be put back. Without gradients, as in `mean_loss`, the loss
    is that of `objective`. A step costs a little over twice as much.
    embedding: name of the layer in `model.named_modules()`; epsilon: length of a text's move, in
    the embeddings' own units. Raises ValueError for epsilon <= 0 and, at the first batch, for a
    layer that is absent or not called exactly once a pass.
    Source: Miyato, Dai & Goodfellow 2017, section 3; equal halves: Goodfellow et al. 2015, (6).
    """
    if not epsilon > 0:
        raise ValueError(f"epsilon={epsilon}: must be above 0")

    def attacked(model: nn.Module, batch: Batch) -> Loss:
        if not torch.is_grad_enabled():
            return objective(model, batch)
        layer, moves = _layer(model, embedding), list[torch.Tensor]()

        def watch(vectors: torch.Tensor) -> torch.Tensor:
            moves.append(torch.zeros_like(vectors, requires_grad=True))
            return vectors + moves[-1]

        with _moved(layer, watch):
            clean = objective(model, batch)
        if len(moves) != 1:
            raise ValueError(f"{embedding!r} was called {len(moves)} times a pass, not once")
        (gradient,) = torch.autograd.grad(clean.total, moves, retain_graph=True)
        step = epsilon * _unit(gradient)
        with _moved(layer, lambda vectors: vectors + step):
            adversarial = objective(model, batch)
        return Loss((clean.total + adversarial.total) / 2, clean.weight)

    return attacked


def _unit(gradient: torch.Tensor) -> torch.Tensor:
    """Scale each text's part of [b, ...] to length one; zeros stay zeros."""
    length = torch.linalg.vector_norm(gradient.flatten(1), dim=1)
    tiny = torch.finfo(length.dtype).tiny
    unit: torch.Tensor = gradient / length.clamp_min(tiny).view(-1, *[1] * (gradient.ndim - 1))
    return unit


def _layer(model: nn.Module, name: str) -> nn.Module:
    try:
        return model.get_submodule(name)
    except AttributeError:
        names = ", ".join(part for part, m in model.named_modules() if isinstance(m, nn.Embedding))
        raise ValueError(f"no layer {name!r} in the model; its embeddings: {names}") from None


@contextmanager
def _moved(layer: nn.Module, move: Move) -> Iterator[None]:
    """Change what a layer returns, for the time of the block."""
    hook = layer.register_forward_hook(lambda _, __, output: move(output))
    try:
        yield
    finally:
        hook.remove()
