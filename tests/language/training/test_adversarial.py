"""The fast gradient method moves embeddings by epsilon, against the model, and leaves no trace."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from catalogkit.language.training import TextDataset, TrainingSettings, fgm, mean_loss, train
from catalogkit.language.training.batching import Batch
from catalogkit.language.training.objectives import Loss, cross_entropy

EPSILON = 0.7


class Bag(nn.Module):
    """The sum of word vectors through one linear layer; remembers the vectors it was given."""

    def __init__(self, classes: int = 2) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.words, self.head = nn.Embedding(20, 4), nn.Linear(4, classes)
        self.seen = list[torch.Tensor]()

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return logits [b, classes]."""
        vectors = self.words(input_ids)
        self.seen.append(vectors.detach())
        logits: torch.Tensor = self.head((vectors * attention_mask.unsqueeze(-1)).sum(1))
        return logits


def texts() -> TextDataset:
    """Four texts of one to four words."""
    return TextDataset([[3], [4, 5], [6, 7, 8], [9, 3, 4, 5]], np.array([0, 1, 1, 0]))


def batch() -> Batch:
    """All of the texts, padded."""
    return texts().batch(np.arange(4))


def test_each_text_is_moved_by_epsilon_and_its_padding_not_at_all() -> None:
    """The second pass differs from the first by a vector of length epsilon a text."""
    model = Bag()
    fgm("words", epsilon=EPSILON)(model, batch())
    clean, moved = model.seen
    move = moved - clean
    torch.testing.assert_close(move.flatten(1).norm(dim=1), torch.full((4,), EPSILON))
    assert not move[batch()["attention_mask"] == 0].any()


def test_the_loss_is_that_of_the_margin_less_epsilon() -> None:
    """For two classes and one word, by hand: the margin shrinks by epsilon times ||w0 - w1||."""
    model, one = Bag(), TextDataset([[3]], np.array([0])).batch(np.array([0]))
    with torch.no_grad():
        weight, bias = model.head.weight, model.head.bias
        apart = weight[0] - weight[1]
        margin = float(model.words.weight[3] @ apart + bias[0] - bias[1])
    losses = [math.log1p(math.exp(-m)) for m in (margin, margin - EPSILON * float(apart.norm()))]
    loss = fgm("words", epsilon=EPSILON)(model, one)
    assert (loss.total.item(), loss.weight) == (pytest.approx(sum(losses) / 2, rel=1e-5), 1)


def test_both_halves_teach_the_weights() -> None:
    """The gradient is the mean of those of a plain pass and of one with the move as a constant."""
    ours, plain, data = Bag(), Bag(), batch()
    fgm("words", epsilon=EPSILON)(ours, data).total.backward()
    move = ours.seen[1] - ours.seen[0]
    first = cross_entropy(plain, data).total
    hook = plain.words.register_forward_hook(lambda _, __, vectors: vectors + move)
    ((first + cross_entropy(plain, data).total) / 2).backward()
    hook.remove()
    for one, other in zip(ours.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad)


def test_nothing_of_the_move_is_left() -> None:
    """After a step, and after one that fails, weights are untouched and the hook is gone."""
    model, data = Bag(), batch()
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    fgm("words", epsilon=EPSILON)(model, data)

    def failing(model: nn.Module, batch: Batch) -> Loss:
        cross_entropy(model, batch)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fgm("words", epsilon=EPSILON, objective=failing)(model, data)
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())
    torch.testing.assert_close(model.words(data["input_ids"]), model.seen[0], rtol=0, atol=0)


def test_frozen_embeddings_can_be_attacked() -> None:
    """The move needs no gradient of the weights: all but the head may be frozen."""
    model = Bag()
    settings = TrainingSettings(epochs=1, frozen=("words",), precision="fp32")
    start = model.head.weight.detach().clone()
    train(model, texts(), loss=fgm("words", epsilon=EPSILON), settings=settings)
    assert not torch.equal(model.head.weight, start)
    assert torch.equal(model.words.weight, Bag().words.weight)


def test_training_against_moves_makes_a_model_harder_to_move() -> None:
    """After the same steps, the loss under attack is lower than that of plain training."""
    settings = TrainingSettings(epochs=60, batch_size=4, learning_rate=0.05, precision="fp32")
    attack, losses = fgm("words", epsilon=EPSILON), []
    for objective in (cross_entropy, attack):
        model = Bag()
        train(model, texts(), loss=objective, settings=settings)
        losses.append(attack(model, batch()).total.item())
    assert losses[1] < 0.9 * losses[0]


def test_without_gradients_the_loss_is_the_plain_one() -> None:
    """A score in evaluation mode is not attacked."""
    model = Bag()
    attacked = mean_loss(model, texts(), fgm("words", epsilon=EPSILON))
    assert attacked == mean_loss(model, texts())


def test_a_text_without_a_gradient_stays_where_it_is() -> None:
    """With a head of zeros no direction raises the loss: no move, no NaN."""
    model = Bag()
    with torch.no_grad():
        model.head.weight.zero_()
    loss = fgm("words", epsilon=EPSILON)(model, batch())
    assert math.isfinite(loss.total.item())
    torch.testing.assert_close(model.seen[0], model.seen[1], rtol=0, atol=0)


def test_a_layer_that_cannot_be_attacked_is_named() -> None:
    """An unknown name lists the embeddings; a layer out of use is said to be so."""
    with pytest.raises(ValueError, match=r"no layer 'word' .* its embeddings: words"):
        fgm("word", epsilon=1)(Bag(), batch())
    model = Bag()
    model.idle = nn.Embedding(2, 2)
    with pytest.raises(ValueError, match="'idle' was called 0 times"):
        fgm("idle", epsilon=1)(model, batch())
    with pytest.raises(ValueError, match="epsilon=0: must be above 0"):
        fgm("words", epsilon=0)
