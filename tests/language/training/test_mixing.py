"""Mixtures of two texts are asked for both labels, in the proportion of the texts."""

import numpy as np
import pytest
import torch
from torch import nn

from catalogkit.language.training import TextDataset, mean_loss, mixup
from catalogkit.language.training.batching import Batch
from catalogkit.language.training.objectives import cross_entropy


class Bag(nn.Module):
    """The sum of word vectors through one linear layer; keeps what the layer was given."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.words, self.head = nn.Embedding(10, 4), nn.Linear(4, 2)
        self.head.register_forward_hook(self.keep)

    def keep(self, _: nn.Module, inputs: tuple[torch.Tensor], __: torch.Tensor) -> None:
        """Note the layer's input."""
        self.seen = inputs[0].detach()

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return logits [b, 2]."""
        logits: torch.Tensor = self.head(
            (self.words(input_ids) * attention_mask.unsqueeze(-1)).sum(1)
        )
        return logits


def batch() -> Batch:
    """Two texts of one word."""
    return TextDataset([[3], [4]], np.array([0, 1])).batch(np.arange(2))


def share_kept(seed: int) -> float:
    """Find k from what the head was given: 1 where the permutation changes nothing."""
    model, given = Bag(), batch()
    mixup("head", seed=seed)(model, given)
    own, other = (model.words(given["input_ids"][i]).sum(0).detach() for i in (0, 1))
    return float((model.seen[0] - other) @ (own - other) / ((own - other) @ (own - other)))


def test_vectors_and_losses_are_mixed_in_one_proportion() -> None:
    """The loss equals the one computed by hand from the mixed logits."""
    seed = next(s for s in range(20) if 0.01 < share_kept(s) < 0.99)
    model, given, k = Bag(), batch(), share_kept(seed)
    loss = mixup("head", seed=seed)(model, given)
    logits, labels = model.head(model.seen).detach(), given["labels"]
    parts = [nn.functional.cross_entropy(logits, x, reduction="sum") for x in (labels, 1 - labels)]
    assert loss.weight == 2
    assert float(loss.total.detach()) == pytest.approx(float(k * parts[0] + (1 - k) * parts[1]))


def test_small_alpha_mixes_little() -> None:
    """At .01 nearly every batch keeps one of two texts whole."""
    model, objective, whole = Bag(), mixup("head", alpha=0.01), 0
    for _ in range(50):
        objective(model, batch())
        rows = model.words(batch()["input_ids"]).sum(1).detach()
        whole += any(torch.allclose(model.seen[0], row, atol=1e-4) for row in rows)
    assert whole >= 45


def test_validation_sees_no_mixture() -> None:
    """Without gradients the loss is the plain one, and no hook stays behind."""
    model = Bag()
    data = TextDataset([[3], [4]], np.array([0, 1]))
    mixup("head")(model, batch())
    assert mean_loss(model, data, mixup("head")) == mean_loss(model, data, cross_entropy)
    assert len(model.head._forward_pre_hooks) == 0


def test_a_proportion_needs_a_positive_alpha() -> None:
    """Zero would never mix and is refused."""
    with pytest.raises(ValueError, match="alpha=0: must be above 0"):
        mixup("head", alpha=0)
