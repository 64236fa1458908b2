"""A pretrained encoder with a head learns labels of texts, and says what it can't take."""

import math

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from catalogkit.datasets.errors import DataError
from catalogkit.language.classifier import WORD_EMBEDDINGS, TextClassifier, predict, text_classifier
from catalogkit.language.training import TrainingSettings, train

WORDS = ["[PAD]", "[UNK]", "tea", "milk", "soap", "green", "whole", "hand"]
TEXTS = ["green tea", "tea", "whole milk", "milk", "hand soap", "soap"]
LABELS = [0, 0, 1, 1, 2, 2]


@pytest.fixture
def model() -> TextClassifier:
    """Build three classes on a random encoder of 16 dimensions that knows six words."""
    words = Tokenizer(WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token=WORDS[1]))
    words.pre_tokenizer = Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, pad_token=WORDS[0])
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return TextClassifier(BertModel(config), tokenizer, classes=3, max_tokens=3)


def test_a_classifier_learns_and_predicts_texts(model: TextClassifier) -> None:
    """After training, a text of known words gets the class of its noun, in the order asked."""
    settings = TrainingSettings(
        epochs=30, batch_size=3, learning_rate=0.01, frozen=(WORD_EMBEDDINGS,)
    )
    train(model, model.examples(TEXTS, LABELS), settings=settings)
    assert predict(model, ["hand soap", "green tea", "soap", "whole milk"]).tolist() == [2, 0, 2, 1]


def test_padding_and_company_change_no_logit(model: TextClassifier) -> None:
    """A text's logits are the same alone and beside longer ones."""
    data = model.eval().examples(TEXTS)
    together = model(**data.batch(np.arange(6)))
    alone = torch.cat([model(**data.batch(np.array([row]))) for row in range(6)])
    torch.testing.assert_close(together, alone)


def test_the_head_does_not_depend_on_the_encoders_scale(model: TextClassifier) -> None:
    """Token vectors ten times as long give the same logits."""

    class Larger(torch.nn.Module):
        def __init__(self, encoder: torch.nn.Module) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, *given: object, **named: object) -> object:
            output = self.encoder(*given, **named)
            output.last_hidden_state = output.last_hidden_state * 10
            return output

    batch = model.eval().examples(TEXTS).batch(np.arange(6))
    expected = model(**batch)
    model.encoder = Larger(model.encoder)
    torch.testing.assert_close(model(**batch), expected)


def test_half_precision_leaves_logits_in_float32(model: TextClassifier) -> None:
    """Under autocast the encoder computes in bf16, the head does not, lest logits tie."""
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(**model.examples(TEXTS).batch(np.arange(6)))
    assert logits.dtype == torch.float32
    assert not torch.equal(logits, logits.bfloat16().float())


def test_a_label_without_a_class_is_named(model: TextClassifier) -> None:
    """Three classes are 0 to 2; the row of the first other label is said."""
    with pytest.raises(DataError, match="row 4 is 3; classes are 0 to 2"):
        model.examples(TEXTS, [0, 1, 2, 0, 3, 9])


def test_long_texts_are_cut_and_counted(model: TextClassifier) -> None:
    """Three tokens fit; two of three texts have more."""
    assert model.examples(["tea", "tea " * 9, "milk " * 4]).truncated == 2


def test_nothing_to_predict_is_an_error(model: TextClassifier) -> None:
    """An empty list has no classes to return."""
    with pytest.raises(DataError, match="no examples"):
        predict(model, [])


def test_one_class_is_refused(model: TextClassifier) -> None:
    """There is nothing to tell apart."""
    with pytest.raises(ValueError, match="classes=1"):
        TextClassifier(model.encoder, model.tokenizer, classes=1)


def test_the_bundled_encoder_gets_a_head_drawn_from_the_seed() -> None:
    """Same seed, same head, drawn as torch draws linear layers; the sizes are MiniLM's."""
    first, again, other = (text_classifier(classes=5, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(first.head.weight, again.head.weight)
    assert not torch.allclose(first.head.weight, other.head.weight, atol=1e-3)
    assert (first.encoder.config.hidden_size, first.max_tokens) == (384, 256)
    assert math.isclose(first.head.weight.std().item(), 1 / math.sqrt(3 * 384), rel_tol=0.1)
