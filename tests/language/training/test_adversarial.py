"""Both attacks move embeddings by at most epsilon, against the model, and leave no trace."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from catalogkit.language.training import TextDataset, TrainingSettings, fgm, mean_loss, pgd, train
from catalogkit.language.training.batching import Batch
from catalogkit.language.training.objectives import Loss, Objective, cross_entropy

EPSILON = 0.7
ATTACKS = {
    "fgm": fgm("words", epsilon=EPSILON),
    "pgd": pgd("words", epsilon=EPSILON, step_size=0.4, steps=3),
}
attacks = pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)


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


@attacks
def test_each_text_is_moved_by_epsilon_and_its_padding_not_at_all(attack: Objective) -> None:
    """The last pass differs from the first by a vector of length epsilon a text."""
    model = Bag()
    attack(model, batch())
    clean, *_, moved = model.seen
    move = moved - clean
    torch.testing.assert_close(move.flatten(1).norm(dim=1), torch.full((4,), EPSILON))
    assert not move[batch()["attention_mask"] == 0].any()


@attacks
def test_the_loss_is_that_of_the_margin_less_epsilon(attack: Objective) -> None:
    """For two classes and one word, by hand: the margin shrinks by epsilon times ||w0 - w1||."""
    model, one = Bag(), TextDataset([[3]], np.array([0])).batch(np.array([0]))
    with torch.no_grad():
        weight, bias = model.head.weight, model.head.bias
        apart = weight[0] - weight[1]
        margin = float(model.words.weight[3] @ apart + bias[0] - bias[1])
    losses = [math.log1p(math.exp(-m)) for m in (margin, margin - EPSILON * float(apart.norm()))]
    loss = attack(model, one)
    assert (loss.total.item(), loss.weight) == (pytest.approx(sum(losses) / 2, rel=1e-5), 1)


@attacks
def test_both_halves_teach_the_weights(attack: Objective) -> None:
    """The gradient is the mean of those of a plain pass and of one with the move as a constant."""
    ours, plain, data = Bag(), Bag(), batch()
    attack(ours, data).total.backward()
    move = ours.seen[-1] - ours.seen[0]
    first = cross_entropy(plain, data).total
    hook = plain.words.register_forward_hook(lambda _, __, vectors: vectors + move)
    ((first + cross_entropy(plain, data).total) / 2).backward()
    hook.remove()
    for one, other in zip(ours.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad)


@attacks
def test_nothing_of_the_move_is_left(attack: Objective) -> None:
    """After a step, and after one that fails, weights are untouched and the hook is gone."""
    model, data = Bag(), batch()
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    attack(model, data)

    def failing(model: nn.Module, batch: Batch) -> Loss:
        cross_entropy(model, batch)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fgm("words", epsilon=EPSILON, objective=failing)(model, data)
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())
    torch.testing.assert_close(model.words(data["input_ids"]), model.seen[0], rtol=0, atol=0)


@attacks
def test_frozen_embeddings_can_be_attacked(attack: Objective) -> None:
    """The move needs no gradient of the weights: all but the head may be frozen."""
    model = Bag()
    settings = TrainingSettings(epochs=1, frozen=("words",), precision="fp32")
    start = model.head.weight.detach().clone()
    train(model, texts(), loss=attack, settings=settings)
    assert not torch.equal(model.head.weight, start)
    assert torch.equal(model.words.weight, Bag().words.weight)


@attacks
def test_training_against_moves_makes_a_model_harder_to_move(attack: Objective) -> None:
    """After the same steps, the loss under attack is lower than that of plain training."""
    settings = TrainingSettings(epochs=60, batch_size=4, learning_rate=0.05, precision="fp32")
    losses = []
    for objective in (cross_entropy, attack):
        model = Bag()
        train(model, texts(), loss=objective, settings=settings)
        losses.append(attack(model, batch()).total.item())
    assert losses[1] < 0.9 * losses[0]


@attacks
def test_without_gradients_the_loss_is_the_plain_one(attack: Objective) -> None:
    """A score in evaluation mode is not attacked."""
    model = Bag()
    assert mean_loss(model, texts(), attack) == mean_loss(model, texts())


@attacks
def test_a_text_without_a_gradient_stays_where_it_is(attack: Objective) -> None:
    """With a head of zeros no direction raises the loss: no move, no NaN."""
    model = Bag()
    with torch.no_grad():
        model.head.weight.zero_()
    assert math.isfinite(attack(model, batch()).total.item())
    torch.testing.assert_close(model.seen[0], model.seen[-1], rtol=0, atol=0)


def test_a_layer_that_cannot_be_attacked_is_named() -> None:
    """An unknown name lists the embeddings; a layer out of use is said to be so."""
    with pytest.raises(ValueError, match=r"no layer 'word' .* its embeddings: words"):
        fgm("word", epsilon=1)(Bag(), batch())
    model = Bag()
    model.idle = nn.Embedding(2, 2)
    with pytest.raises(ValueError, match="'idle' was called 0 times"):
        fgm("idle", epsilon=1)(model, batch())


@pytest.mark.parametrize("wrong", [{"epsilon": 0}, {"step_size": -1}, {"steps": 0}])
def test_an_attack_that_does_not_move_is_refused(wrong: dict[str, Any]) -> None:
    """Lengths of zero and no steps are named, before anything is trained."""
    ((name, value),) = wrong.items()
    with pytest.raises(ValueError, match=f"{name}={value}"):
        pgd("words", **{"epsilon": 1, "step_size": 1, "steps": 1} | wrong)
    with pytest.raises(ValueError, match="lengths must be above 0"):
        fgm("words", epsilon=0)


def test_one_step_of_epsilon_is_the_fast_gradient_method() -> None:
    """Where nothing is random, both give one loss."""
    one = pgd("words", epsilon=EPSILON, step_size=EPSILON, steps=1)
    assert one(Bag(), batch()).total == ATTACKS["fgm"](Bag(), batch()).total


def test_small_steps_add_up_and_do_not_reach_the_border() -> None:
    """On a straight slope, two steps of a tenth move a text by two tenths."""
    model = Bag()
    pgd("words", epsilon=EPSILON, step_size=0.1, steps=2)(model, batch())
    move = (model.seen[-1] - model.seen[0]).flatten(1)
    torch.testing.assert_close(move.norm(dim=1), torch.full((4,), 0.2))


class Bowl(nn.Module):
    """Logits [-x² - 4 y², 0] of a text's one vector (x, y): the slope turns on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding.from_pretrained(torch.tensor([[0.0, 0.0], [1.0, 0.5]]))
        self.seen = list[torch.Tensor]()

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return logits [b, 2]."""
        vectors = self.words(input_ids)
        self.seen.append(vectors.detach())
        total = (vectors * attention_mask.unsqueeze(-1)).sum(1)
        height = (total.square() * torch.tensor([1.0, 4.0])).sum(1)
        return torch.stack([-height, torch.zeros_like(height)], dim=1)


def test_several_steps_follow_the_slope_that_they_find() -> None:
    """By hand: at (1, .5) the slope points to (1, 2); many steps turn from there to the summit."""
    one = TextDataset([[1]], np.array([0])).batch(np.array([0]))
    ends = []
    for steps, step_size in ((1, 1.0), (60, 0.2)):
        model = Bowl()
        pgd("words", epsilon=1.0, step_size=step_size, steps=steps)(model, one)
        ends.append(model.seen[-1][0, 0])
    straight = torch.tensor([1.0, 0.5]) + torch.tensor([1.0, 2.0]) / 5**0.5
    torch.testing.assert_close(ends[0], straight)
    heights = [float(x**2 + 4 * y**2) for x, y in ends]
    best = max(
        (1 + math.cos(angle)) ** 2 + 4 * (0.5 + math.sin(angle)) ** 2
        for angle in np.linspace(0, math.pi / 2, 10_000)
    )
    assert heights[0] < best - 0.01
    assert heights[1] == pytest.approx(best, abs=1e-4)
