"""Further pretraining hides a share of the words, and teaches the encoder which were there."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from catalogkit.datasets.errors import DataError
from catalogkit.language.adaptation import MaskedTexts, pretrain_masked
from catalogkit.language.adaptation.masked import masked_loss
from catalogkit.language.classifier import TextClassifier
from catalogkit.language.training import TrainingSettings
from catalogkit.language.training.objectives import IGNORED

SHOP = ["green tea", "whole milk", "hand soap"]
MASK, SPECIAL = 3, 4
"""Numbers of the mask token, and of the first token that is a word."""


def test_the_share_of_hidden_tokens_is_the_one_asked_for(classifier: TextClassifier) -> None:
    """Of 5,000 words a fifth, within five standard errors; eight tenths of these are masked."""
    data = MaskedTexts(["tea " * 5] * 1000, classifier.tokenizer, share=0.2)
    batch = data.batch(np.arange(1000))
    hidden = batch["labels"] != IGNORED
    assert abs(hidden.sum().item() / 5000 - 0.2) < 5 * (0.2 * 0.8 / 5000) ** 0.5
    masked = (batch["input_ids"][hidden] == MASK).float().mean().item()
    assert abs(masked - 0.8) < 0.08


def test_labels_are_the_words_that_were_there(classifier: TextClassifier) -> None:
    """Everything else is as it was: special tokens and padding are never hidden."""
    texts = ["green tea", "soap"] * 200
    data = MaskedTexts(texts, classifier.tokenizer, share=0.5)
    batch = data.batch(np.arange(400))
    whole = classifier.examples(texts).batch(np.arange(400))
    hidden = batch["labels"] != IGNORED
    assert torch.equal(batch["labels"][hidden], whole["input_ids"][hidden])
    assert torch.equal(batch["input_ids"][~hidden], whole["input_ids"][~hidden])
    assert torch.equal(batch["attention_mask"], whole["attention_mask"])
    assert (whole["input_ids"][hidden] >= SPECIAL).all()


def test_a_text_is_hidden_otherwise_each_time(classifier: TextClassifier) -> None:
    """But alike in the next run of the same seed."""
    first, again = (MaskedTexts(["tea " * 7] * 50, classifier.tokenizer) for _ in range(2))
    one, two = (first.batch(np.arange(50))["labels"] for _ in range(2))
    assert not torch.equal(one, two)
    assert torch.equal(again.batch(np.arange(50))["labels"], one)


def test_the_loss_counts_hidden_tokens_only(classifier: TextClassifier) -> None:
    """Logits that are all alike cost log(words) for each of two, nothing for the others."""
    labels = torch.tensor([[IGNORED, 4, IGNORED], [IGNORED, IGNORED, 7]])
    batch = {"input_ids": labels.clamp(0), "attention_mask": labels.clamp(1, 1), "labels": labels}

    class Alike(torch.nn.Module):
        def forward(self, _: object, __: object, wanted: torch.Tensor) -> torch.Tensor:
            return torch.zeros(int(wanted.sum()), 10)

    total, weight = masked_loss(Alike(), batch)
    assert weight == 2
    assert total.item() == pytest.approx(2 * np.log(10))


def test_words_that_go_together_are_learnt(classifier: TextClassifier) -> None:
    """A neighbour that is seen tells the hidden word: far less loss than that of a blind guess."""
    settings = TrainingSettings(epochs=60, batch_size=16, learning_rate=0.01, precision="fp32")
    before = classifier.encoder.embeddings.word_embeddings.weight.clone()
    history = pretrain_masked(
        classifier.encoder, SHOP * 16, tokenizer=classifier.tokenizer, share=0.4, settings=settings
    )
    losses = [epoch.train_loss for epoch in history.epochs]
    assert np.mean(losses[-5:]) < 1.3 < np.log(6) < losses[0]
    after = classifier.encoder.embeddings.word_embeddings.weight
    assert not torch.equal(before, after)


def test_the_seed_decides_what_pretraining_teaches(classifier: TextClassifier) -> None:
    """Torch's random state does not, and stays."""
    start = {name: w.clone() for name, w in classifier.encoder.state_dict().items()}
    ends = []
    for seed in (1, 1, 2):
        torch.manual_seed(len(ends))
        state = torch.random.get_rng_state()
        classifier.encoder.load_state_dict(start)
        settings = TrainingSettings(epochs=2, precision="fp32", seed=seed)
        pretrain_masked(
            classifier.encoder, SHOP * 8, tokenizer=classifier.tokenizer, settings=settings
        )
        assert torch.equal(torch.random.get_rng_state(), state)
        ends.append(classifier.encoder.embeddings.word_embeddings.weight.detach().clone())
    assert torch.equal(ends[0], ends[1])
    assert not torch.equal(ends[0], ends[2])


@pytest.mark.parametrize("share", [0, 1, -0.1])
def test_a_share_must_leave_something(classifier: TextClassifier, share: float) -> None:
    """Both to guess and to guess from."""
    with pytest.raises(ValueError, match="share="):
        MaskedTexts(SHOP, classifier.tokenizer, share=share)


def test_texts_must_be_strings(classifier: TextClassifier) -> None:
    """The row of the first that is none is named."""
    with pytest.raises(DataError, match="row 1 is None"):
        MaskedTexts(["tea", None], classifier.tokenizer)  # type: ignore[list-item]
