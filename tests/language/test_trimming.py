"""A trimmed encoder is the first part of the whole one, and another model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, BertConfig, BertModel

from catalogkit.datasets.sources import fetch
from catalogkit.language.encoders import Encoder
from catalogkit.language.pretrained import Pretrained
from catalogkit.language.trimming import as_encoder, trimmed

TEXTS = ["green tea", "dog food in a large tin"]


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Pretrained:
    """Save three random layers with MiniLM's tokeniser."""
    directory = tmp_path_factory.mktemp("model")
    size = {"hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 16}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        BertModel(BertConfig(num_hidden_layers=3, **size)).save_pretrained(directory)
    AutoTokenizer.from_pretrained(fetch("minilm")).save_pretrained(directory)
    return Pretrained("three", str(directory))


def test_with_all_layers_nothing_changes(three: Pretrained) -> None:
    """The same vectors as the encoder that was never touched."""
    whole = Encoder.load(Path(three.location), backend="fp32", device="cpu").encode(TEXTS)
    again = as_encoder(three, trimmed(three, range(3))).encode(TEXTS)
    assert again == pytest.approx(whole, abs=1e-6)


def test_kept_layers_follow_in_the_order_given(three: Pretrained) -> None:
    """Layers are those named, and the model knows how many there are."""
    model = trimmed(three, [2, 0]).model
    whole = three.model()
    for kept, layer in zip(model.encoder.layer, (2, 0), strict=True):
        expected = whole.encoder.layer[layer].output.dense.weight
        assert torch.equal(kept.output.dense.weight, expected)
    assert model.config.num_hidden_layers == 2


def test_fewer_layers_are_another_model(three: Pretrained) -> None:
    """Vectors still have length one, and are others."""
    vectors = {n: as_encoder(three, trimmed(three, range(n))).encode(TEXTS) for n in (1, 3)}
    assert np.linalg.norm(vectors[1], axis=1) == pytest.approx(1, abs=1e-6)
    assert not np.allclose(vectors[1], vectors[3], atol=1e-3)


def test_a_layer_that_is_not_there_is_refused(three: Pretrained) -> None:
    """Numbered from zero."""
    with pytest.raises(IndexError):
        trimmed(three, [3])
