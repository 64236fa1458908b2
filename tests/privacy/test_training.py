"""Private training keeps its promise, and learns what the promise lets it."""

import numpy as np
import pytest
import torch
from scipy.optimize import brentq
from scipy.stats import norm
from torch import nn
from transformers import BertConfig, BertForSequenceClassification

from catalogkit.datasets.errors import DataError
from catalogkit.language.training import TextDataset, accuracy
from catalogkit.privacy import PrivateSettings, VectorExamples, linear_head, plan, train_privately
from catalogkit.privacy import training as module

QUICK = PrivateSettings(epochs=5, batch_size=20, learning_rate=0.1)


def blobs(n: int = 60, seed: int = 0) -> VectorExamples:
    """Two classes of vectors on either side of the origin: a line parts them."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    vectors = rng.standard_normal((n, 8)) + 2 * (2 * labels[:, None] - 1)
    return VectorExamples(vectors.astype(np.float32), labels)


def weights(model: nn.Module) -> torch.Tensor:
    """All weights of a model in a row."""
    return nn.utils.parameters_to_vector(model.parameters()).detach()


def trained(examples: VectorExamples, settings: PrivateSettings, epsilon: float = 3) -> nn.Module:
    """Return a head after private training."""
    model = linear_head(8, 2)
    train_privately(model, examples, epsilon=epsilon, delta=1e-4, settings=settings)
    return model


def test_a_stricter_promise_takes_more_noise() -> None:
    """The noise grows as epsilon shrinks, and the accountant stays within what was asked."""
    plans = [plan(4000, epsilon=e, delta=1e-5, settings=QUICK) for e in (8, 3, 1, 0.1)]
    noises = [p.noise for p in plans]
    assert noises == sorted(noises)
    assert noises[-1] > 2 * noises[0]
    for asked, found in zip((8, 3, 1, 0.1), plans, strict=True):
        assert 0.98 * asked < found.epsilon <= asked


def test_one_full_step_is_the_gaussian_mechanism() -> None:
    """With every example in a single step, the noise lies just above the least that suffices.

    Known answer: Balle & Wang 2018, theorem 8, the exact delta of Gaussian noise.
    """

    def delta(noise: float) -> float:
        below, above = 0.5 / noise - 0.9 * noise, -0.5 / noise - 0.9 * noise
        return float(norm.cdf(below) - np.exp(0.9) * norm.cdf(above))

    exact = brentq(lambda noise: delta(noise) - 1e-5, 0.1, 100)
    settings = PrivateSettings(epochs=1, batch_size=1000)
    noise = plan(1000, epsilon=0.9, delta=1e-5, settings=settings).noise
    assert exact < noise < 1.15 * exact


@pytest.mark.parametrize("size", [1.0, 1e6])
def test_no_example_moves_the_weights_further_than_the_clip(
    monkeypatch: pytest.MonkeyPatch, size: float
) -> None:
    """Exchanging one example, however large, moves one step by at most two clipped gradients."""

    def sgd(model: nn.Module, learning_rate: float, weight_decay: float) -> torch.optim.Optimizer:
        return torch.optim.SGD(model.parameters(), learning_rate)

    monkeypatch.setattr(module, "adamw", sgd)
    one = PrivateSettings(epochs=1, batch_size=60, learning_rate=6.0, clip=0.5)
    data, other = blobs(), blobs()
    other.vectors[7] = -size * other.vectors[7]
    moved = weights(trained(data, one)) - weights(trained(other, one))
    assert 0 < float(moved.norm()) <= 2 * 0.5 * 6.0 / 60 + 1e-6


def test_parts_of_a_step_add_up() -> None:
    """How many gradients are held at once changes nothing but the memory."""
    whole, parts = (
        trained(blobs(), PrivateSettings(epochs=3, batch_size=40, at_once=n)) for n in (100, 7)
    )
    assert torch.allclose(weights(whole), weights(parts), atol=1e-5)


def test_an_easy_task_is_learned_in_private() -> None:
    """With two thousand examples and epsilon 3 the line is found, for other examples too."""
    settings = PrivateSettings(epochs=5, batch_size=500, learning_rate=0.1)
    assert accuracy(trained(blobs(2000), settings), blobs(500, seed=1)) > 0.97


def test_a_tiny_budget_teaches_little() -> None:
    """The noise of epsilon 0.01 drowns sixty examples: the promise has its price."""
    settings = PrivateSettings(epochs=5, batch_size=60)
    scores = [
        accuracy(trained(blobs(), PrivateSettings(epochs=5, batch_size=60, seed=s), 0.01), blobs())
        for s in range(8)
    ]
    assert np.mean(scores) < 0.8 < accuracy(trained(blobs(), settings, 100), blobs())


def test_steps_that_draw_nobody_are_noise_only() -> None:
    """Coins may leave a step empty; it moves the weights all the same and breaks nothing."""
    model = trained(blobs(), PrivateSettings(epochs=1, batch_size=1))
    assert torch.isfinite(weights(model)).all()
    assert weights(model).abs().max() > 0


def test_the_seed_decides_and_the_global_state_stays() -> None:
    """Equal seeds give equal weights, other seeds others; torch's own state is untouched."""
    state = torch.random.get_rng_state()
    first, again, other = (
        weights(trained(blobs(), PrivateSettings(epochs=2, batch_size=20, seed=s)))
        for s in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(state, torch.random.get_rng_state())


def test_only_what_requires_gradients_is_trained() -> None:
    """The last layer and the head of a transformer learn, everything below stays as it was."""
    config = BertConfig(
        vocab_size=20, hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=24, num_labels=2,
    )  # fmt: skip
    model = BertForSequenceClassification(config).requires_grad_(False)
    for part in (model.bert.encoder.layer[1], model.classifier):
        part.requires_grad_(True)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    texts = TextDataset([[2, 5, 6], [3, 7], [2, 8, 9, 4], [3, 5]], np.array([0, 1, 0, 1]))
    settings = PrivateSettings(epochs=2, batch_size=4, learning_rate=1e-2)
    train_privately(model, texts, epsilon=8, delta=0.1, settings=settings)
    moved = {name for name, p in model.named_parameters() if not torch.equal(p, before[name])}
    assert moved == {name for name, p in model.named_parameters() if p.requires_grad}
    assert not model.training


def test_layers_that_mix_examples_are_refused() -> None:
    """Batch normalisation lets one example change another's gradient: no promise covers it."""
    mixing = nn.Sequential(nn.Linear(8, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    with pytest.raises(Exception, match="BatchNorm"):
        train_privately(mixing, blobs(), epsilon=1, delta=1e-3, settings=QUICK)


@pytest.mark.parametrize(
    ("epsilon", "delta", "says"),
    [(0.0, 1e-4, "epsilon"), (float("nan"), 1e-4, "epsilon"), (1.0, 0.5, "below 1 / n")],
)
def test_an_empty_promise_is_refused(epsilon: float, delta: float, says: str) -> None:
    """A delta of 1 / n lets a training publish a whole example."""
    with pytest.raises(ValueError, match=says):
        train_privately(linear_head(8, 2), blobs(), epsilon=epsilon, delta=delta, settings=QUICK)


@pytest.mark.parametrize("name", ["epochs", "batch_size", "learning_rate", "clip", "at_once"])
def test_settings_that_make_no_sense_are_named(name: str) -> None:
    """Zero of anything trains nothing."""
    with pytest.raises(ValueError, match=name):
        PrivateSettings(**{name: 0})


def test_bad_vectors_are_named() -> None:
    """Vectors that are not finite name their row, shapes that differ are shown."""
    vectors = np.zeros((3, 2), np.float32)
    with pytest.raises(DataError, match=r"\(2,\)"):
        VectorExamples(vectors, np.zeros(2, np.int64))
    vectors[1, 0] = np.nan
    with pytest.raises(DataError, match="row 1"):
        VectorExamples(vectors, np.zeros(3, np.int64))
