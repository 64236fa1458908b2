"""Train also on inputs that are moved to where the loss is higher: adversarial training."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from catalogkit.language.training.batching import Batch
from catalogkit.language.training.objectives import Loss, Objective, cross_entropy

Move = Callable[[torch.Tensor], torch.Tensor]
Slope = Callable[[torch.Tensor | float], tuple[Loss, torch.Tensor]]


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
    return pgd(embedding, epsilon=epsilon, step_size=epsilon, steps=1, objective=objective)


def pgd(
    embedding: str,
    *,
    epsilon: float,
    step_size: float,
    steps: int = 3,
    objective: Objective = cross_entropy,
) -> Objective:
    """Return an objective like that of `fgm`, whose move is found in several steps.

    Each step goes step_size along the unit gradient at the point reached, and back to the nearest
    point not further than epsilon from the text (projected gradient descent, with L2 balls). It
    starts at the text itself, not at a random point near it. One step of epsilon is `fgm`. A
    training step costs about 1 + steps times as much as without.
    step_size: in the embeddings' own units; 1.5 epsilon / steps can reach the border. Raises
    ValueError for epsilon or step_size <= 0 and steps < 1, else as `fgm`.
    Source: Madry et al. 2018, section 2.1; Kurakin, Goodfellow & Bengio 2017, section 2.2.
    """
    if not (epsilon > 0 and step_size > 0 and steps >= 1):
        raise ValueError(
            f"epsilon={epsilon}, step_size={step_size}, steps={steps}: "
            "lengths must be above 0, steps 1 or more"
        )

    def attacked(model: nn.Module, batch: Batch) -> Loss:
        if not torch.is_grad_enabled():
            return objective(model, batch)
        layer, loss = _layer(model, embedding), partial(objective, model, batch)
        slope = partial(_slope, layer, repr(embedding), loss)
        clean, move = _climbed(slope, epsilon, step_size, steps)
        with _moved(layer, lambda vectors: vectors + move):
            adversarial = loss()
        return Loss((clean.total + adversarial.total) / 2, clean.weight)

    return attacked


def _climbed(
    slope: Slope, epsilon: float, step_size: float, steps: int
) -> tuple[Loss, torch.Tensor]:
    """Return the loss of the texts as they are, and the move that raises it, [b, ...]."""
    clean, gradient = slope(0.0)
    move = _within(epsilon, step_size * _unit(gradient))
    for _ in range(steps - 1):
        _, gradient = slope(move)
        move = _within(epsilon, move + step_size * _unit(gradient))
    return clean, move


def _slope(
    layer: nn.Module, name: str, loss: Callable[[], Loss], move: torch.Tensor | float
) -> tuple[Loss, torch.Tensor]:
    """Return the loss of texts that were moved, and its gradient by the move, [b, ...]."""
    moves = list[torch.Tensor]()

    def watch(vectors: torch.Tensor) -> torch.Tensor:
        moves.append((torch.zeros_like(vectors) + move).detach().requires_grad_())
        return vectors + moves[-1]

    with _moved(layer, watch):
        value = loss()
    if len(moves) != 1:
        raise ValueError(f"{name} was called {len(moves)} times a pass, not once")
    (gradient,) = torch.autograd.grad(value.total, moves, retain_graph=True)
    return value, gradient


def _within(epsilon: float, move: torch.Tensor) -> torch.Tensor:
    """Shorten each text's part of [b, ...] to length epsilon if it is longer."""
    return move * (epsilon / _length(move).clamp_min(epsilon))


def _unit(gradient: torch.Tensor) -> torch.Tensor:
    """Scale each text's part of [b, ...] to length one; zeros stay zeros."""
    return gradient / _length(gradient).clamp_min(torch.finfo(gradient.dtype).tiny)


def _length(move: torch.Tensor) -> torch.Tensor:
    """Return the length of each text's part of [b, ...], as [b, 1, ...]."""
    length: torch.Tensor = torch.linalg.vector_norm(move.flatten(1), dim=1)
    return length.view(-1, *[1] * (move.ndim - 1))


def _layer(model: nn.Module, name: str) -> nn.Module:
    try:
        return model.get_submodule(name)
    except AttributeError:
        names = ", ".join(part for part, m in model.named_modules() if isinstance(m, nn.Embedding))
        raise ValueError(f"no layer {name!r} in the model; its embeddings: {names}") from None


def _moved(layer: nn.Module, move: Move) -> RemovableHandle:
    """Change what a layer returns, for the time of a `with`."""
    return layer.register_forward_hook(lambda _, __, output: move(output))
