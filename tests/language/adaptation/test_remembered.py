"""Remembered lower layers: the same answers, the same weights, and less to compute."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from catalogkit.language.adaptation.remembered import Remembered
from catalogkit.language.classifier import TextClassifier, predict
from catalogkit.language.training import TrainingSettings, predict_logits, train

TEXTS = ["green tea", "tea", "whole milk", "milk", "hand soap", "soap", "hand green whole tea"]
LABELS = [0, 0, 1, 1, 2, 2, 0]


@pytest.fixture
def remembered(classifier: TextClassifier) -> Remembered:
    """Remember the first of the two layers."""
    return Remembered.of(classifier, TEXTS, 1)


def test_the_rest_answers_like_the_whole(
    classifier: TextClassifier, remembered: Remembered
) -> None:
    """In any order and company, but for the rounding of the number format."""
    whole = predict_logits(classifier, classifier.examples(TEXTS))
    rows = np.array([6, 0, 3, 5])
    rest = predict_logits(remembered.upper(classifier), remembered.examples(rows))
    np.testing.assert_allclose(rest, whole[rows], atol=0.03)


def test_training_the_rest_trains_the_whole(
    classifier: TextClassifier, remembered: Remembered
) -> None:
    """The upper layer and the head learn; the embeddings and the lower layer stay."""
    lower = [*classifier.encoder.embeddings.parameters()]
    lower += [*classifier.encoder.encoder.layer[0].parameters()]
    before = [p.detach().clone() for p in lower]
    upper = classifier.encoder.encoder.layer[1].output.dense.weight.detach().clone()
    settings = TrainingSettings(epochs=40, batch_size=4, learning_rate=0.01)
    train(remembered.upper(classifier), remembered.examples(range(7), LABELS), settings=settings)
    assert predict(classifier, TEXTS).tolist() == LABELS
    assert all(torch.equal(p, was) for p, was in zip(lower, before, strict=True))
    assert not torch.equal(classifier.encoder.encoder.layer[1].output.dense.weight, upper)


def test_the_whole_keeps_its_parts(classifier: TextClassifier, remembered: Remembered) -> None:
    """Asking for the rest takes nothing away from the classifier."""
    names = [name for name, _ in classifier.named_parameters()]
    rest = remembered.upper(classifier)
    assert [name for name, _ in classifier.named_parameters()] == names
    assert not any("embeddings" in name or "layer.1" in name for name, _ in rest.named_parameters())


@pytest.mark.parametrize("layers", [0, 2])
def test_some_layers_stay_and_some_train(classifier: TextClassifier, layers: int) -> None:
    """Of two, one can."""
    with pytest.raises(ValueError, match="1 to 1 of the 2"):
        Remembered.of(classifier, TEXTS, layers)


def test_another_kind_of_encoder_is_refused(classifier: TextClassifier) -> None:
    """Its layers are elsewhere."""
    classifier.encoder.encoder = torch.nn.Identity()
    with pytest.raises(ValueError, match="not built like BERT"):
        Remembered.of(classifier, TEXTS, 1)
