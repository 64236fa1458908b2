"""LoRA, prefixes and bottlenecks: what they leave alone, what they train, what a file keeps."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from catalogkit.datasets.errors import DataError
from catalogkit.language.adaptation import (
    bottleneck,
    load_trained,
    lora,
    merged,
    prefix,
    save_trained,
    start_from_centres,
    trained_weights,
)
from catalogkit.language.classifier import TextClassifier, predict
from catalogkit.language.training import TrainingSettings, predict_logits, train

TEXTS = ["green tea", "tea", "whole milk", "milk", "hand soap", "soap"]
LABELS = [0, 0, 1, 1, 2, 2]
WAYS: dict[str, Callable[..., Any]] = {"lora": lora, "prefix": prefix, "bottleneck": bottleneck}
SETTINGS = TrainingSettings(epochs=40, batch_size=3, learning_rate=0.02, precision="fp32")


def adapted(classifier: TextClassifier, way: str, **more: object) -> TextClassifier:
    """Adapt a copy of the classifier's encoder."""
    model = deepcopy(classifier)
    model.encoder = WAYS[way](model.encoder, **more)
    return model.eval()


def logits(model: TextClassifier) -> torch.Tensor:
    """Predict all texts."""
    return torch.from_numpy(predict_logits(model, model.examples(TEXTS)))


@pytest.mark.parametrize("way", ["lora", "bottleneck"])
def test_an_untouched_adapter_changes_nothing(classifier: TextClassifier, way: str) -> None:
    """Before training, every logit is what it was."""
    torch.testing.assert_close(logits(adapted(classifier, way)), logits(classifier))


def test_an_untouched_prefix_takes_attention(classifier: TextClassifier) -> None:
    """Keys of zero have a share of the attention, and the more of them the more."""
    few, many = (
        (logits(adapted(classifier, "prefix", tokens=tokens)) - logits(classifier)).abs().mean()
        for tokens in (1, 50)
    )
    assert 0 < few < many


@pytest.mark.parametrize("way", WAYS)
def test_only_the_adapter_and_the_head_train(classifier: TextClassifier, way: str) -> None:
    """The encoder's own weights are the same after training, and the texts are learnt."""
    before = {id(p): p.clone() for p in classifier.encoder.parameters()}
    own = [*classifier.encoder.parameters()]
    classifier.encoder = WAYS[way](classifier.encoder)
    train(classifier, classifier.examples(TEXTS, LABELS), settings=SETTINGS)
    assert all(torch.equal(p, before[id(p)]) for p in own)
    assert predict(classifier, TEXTS).tolist() == LABELS


@pytest.mark.parametrize(
    ("way", "more", "expected"),
    [
        ("lora", {"rank": 2}, 2 * 6 * (16 * 2 + 2 * 16)),  # layers, matrices, A and B
        ("lora", {"rank": 2, "parts": ["query"]}, 2 * 1 * (16 * 2 + 2 * 16)),
        ("prefix", {"tokens": 5}, 2 * 2 * 5 * 16),  # layers, keys and values
        ("bottleneck", {"width": 3}, 2 * (16 * 3 + 3 + 3 * 16 + 16)),
    ],
)
def test_an_adapter_is_as_large_as_it_says(
    classifier: TextClassifier, way: str, more: dict[str, object], expected: int
) -> None:
    """Counted by hand."""
    model = adapted(classifier, way, **more)
    assert sum(w.numel() for w in trained_weights(model.encoder).values()) == expected


@pytest.mark.parametrize("way", ["lora", "bottleneck"])
def test_the_seed_draws_the_adapter(classifier: TextClassifier, way: str) -> None:
    """Same seed, same weights; torch's own random state stays."""
    state = torch.random.get_rng_state()
    one, again, other = (
        torch.cat([w.flatten() for w in trained_weights(adapted(classifier, way, seed=s)).values()])
        for s in (1, 1, 2)
    )
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert torch.equal(torch.random.get_rng_state(), state)


@pytest.mark.parametrize("way", WAYS)
def test_a_file_keeps_what_was_trained(
    classifier: TextClassifier, way: str, tmp_path: Path
) -> None:
    """On a fresh encoder, adapted alike, it gives the same logits; it holds nothing else."""
    model = adapted(classifier, way)
    train(model, model.examples(TEXTS, LABELS), settings=TrainingSettings(epochs=3))
    save_trained(model, tmp_path / "adapter")
    again = adapted(classifier, way)
    assert not torch.equal(logits(again), logits(model))
    load_trained(again, tmp_path / "adapter")
    assert torch.equal(logits(again), logits(model))
    held = sum(w.numel() * 4 for w in trained_weights(model).values())
    assert held < (tmp_path / "adapter").stat().st_size < held + 5000


def test_a_file_of_other_sizes_is_refused(classifier: TextClassifier, tmp_path: Path) -> None:
    """The model keeps its weights, and the message names one that differs."""
    save_trained(adapted(classifier, "lora", rank=4), tmp_path / "adapter")
    model = adapted(classifier, "lora", rank=2)
    before = logits(model)
    with pytest.raises(DataError, match=r"lora_A.* more weights do not match"):
        load_trained(model, tmp_path / "adapter")
    assert torch.equal(logits(model), before)


def test_a_damaged_file_is_refused(classifier: TextClassifier, tmp_path: Path) -> None:
    """As is one that is not there."""
    (tmp_path / "cut").write_bytes(b"\x08\x00")
    for name in ("cut", "absent"):
        with pytest.raises(DataError, match=name):
            load_trained(classifier, tmp_path / name)


def test_merging_changes_no_answer(classifier: TextClassifier) -> None:
    """After training, the plain encoder with the change added in gives the same logits."""
    model = adapted(classifier, "lora")
    train(model, model.examples(TEXTS, LABELS), settings=SETTINGS)
    before = logits(model)
    names = [name for name, _ in classifier.encoder.named_parameters()]
    model.encoder = merged(model.encoder)
    assert [name for name, _ in model.encoder.named_parameters()] == names
    torch.testing.assert_close(logits(model), before)


@pytest.mark.parametrize(
    ("way", "wrong"),
    [("lora", {"rank": 0}), ("lora", {"parts": ["q"]}), ("prefix", {"tokens": 0}),
     ("bottleneck", {"width": 0})],
)  # fmt: skip
def test_impossible_sizes_are_refused(
    classifier: TextClassifier, way: str, wrong: dict[str, object]
) -> None:
    """Before anything is built."""
    with pytest.raises(ValueError, match=r"rank=0|[Tt]arget modules|tokens=0|width=0"):
        adapted(classifier, way, **wrong)


def test_two_bottlenecks_are_refused(classifier: TextClassifier) -> None:
    """The second would freeze the first."""
    with pytest.raises(ValueError, match="adapters already"):
        bottleneck(bottleneck(classifier.encoder))


def test_a_head_from_centres_answers_like_the_nearest(classifier: TextClassifier) -> None:
    """Each text is its own centre, of any length: before training all is right, logits cosines."""
    texts = ["tea", "milk", "soap"]
    model = classifier.eval()
    held: list[torch.Tensor] = []
    hook = model.head.register_forward_hook(lambda _, given, __: held.append(given[0]))
    predict(model, texts)
    hook.remove()
    start_from_centres(model, held[0] * torch.tensor([[1.0], [5.0], [0.2]]), sharpness=7)
    assert predict(model, texts).tolist() == [0, 1, 2]
    found = predict_logits(model, model.examples(texts))
    np.testing.assert_allclose(np.diag(found), 7, rtol=1e-4)
    assert np.abs(found).max() <= 7.001


def test_a_class_without_a_centre_is_not_preferred(classifier: TextClassifier) -> None:
    """Its logit is zero, that of no resemblance."""
    start_from_centres(classifier, np.eye(3, 16) * [[1], [1], [0]])
    assert (logits(classifier)[:, 2] == 0).all()


def test_centres_of_another_shape_are_refused(classifier: TextClassifier) -> None:
    """The message tells both shapes."""
    with pytest.raises(ValueError, match=r"\(2, 16\).*\(3, 16\)"):
        start_from_centres(classifier, np.zeros((2, 16)))
