"""Train on mixtures: of two texts' vectors, and of what is asked of them, in one proportion."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from catalogkit.language.training.batching import Batch
from catalogkit.language.training.objectives import Loss, Objective, cross_entropy, logits_of


def mixup(layer: str, *, alpha: float = 0.2, seed: int = 0) -> Objective:
    """Return an objective for `train`: what enters a layer is mixed, and so is the loss.

    Row i becomes k x_i + (1 - k) x_j, with j from a permutation of the batch and one k drawn from
    Beta(alpha, alpha) for it; the loss is k times that of label i plus 1 - k times that of label j.
    Without gradients, as in `mean_loss`, the loss is the usual cross-entropy.
    layer: name in `model.named_modules()`, such as "head"; its input is [b, ...]. Raises ValueError
    for alpha <= 0 and AttributeError for a layer that is absent.
    Source: Zhang et al. 2018, section 2; of hidden vectors: Verma et al. 2019.
    """
    if not alpha > 0:
        raise ValueError(f"alpha={alpha}: must be above 0; small values mix little")
    rng = np.random.default_rng(seed)

    def mixed(model: nn.Module, batch: Batch) -> Loss:
        if not torch.is_grad_enabled():
            return cross_entropy(model, batch)
        labels = batch["labels"]
        other = torch.from_numpy(rng.permutation(len(labels))).to(labels.device)
        keep = float(rng.beta(alpha, alpha))

        def mix(_: nn.Module, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
            return (keep * inputs[0] + (1 - keep) * inputs[0][other], *inputs[1:])

        with model.get_submodule(layer).register_forward_pre_hook(mix):
            logits = logits_of(model, batch).float()
        losses = [
            nn.functional.cross_entropy(logits, asked, reduction="sum")
            for asked in (labels, labels[other])
        ]
        return Loss(keep * losses[0] + (1 - keep) * losses[1], len(labels))

    return mixed
