"""The 8-bit encoder is built once, whole or not at all, and refused when wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer, BertConfig, BertModel

from catalogkit.datasets.sources import fetch
from catalogkit.language import quantised
from catalogkit.language.encoders import Encoder

TEXTS = ["green tea", "dog food in a large tin", "milk", "bread, sliced, brown"]


def save_model(directory: Path, seed: int) -> Path:
    """Save a one-layer model with random weights and MiniLM's tokeniser."""
    torch.manual_seed(seed)
    size = {"hidden_size": 32, "num_attention_heads": 2, "intermediate_size": 64}
    BertModel(BertConfig(num_hidden_layers=1, **size)).save_pretrained(directory)
    AutoTokenizer.from_pretrained(fetch("minilm")).save_pretrained(directory)
    return directory


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save the model that most tests quantise."""
    return save_model(tmp_path_factory.mktemp("model"), seed=0)


@pytest.fixture(scope="module")
def built(small_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the small model's 8-bit twin in a cache of its own, and return the cache."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CATALOGKIT_HOME", str(home))
        Encoder.load(small_model, backend="int8")
    return home


def test_the_int8_model_is_built_once(
    built: Path, small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cache holds one file, and a second load builds nothing."""
    monkeypatch.setenv("CATALOGKIT_HOME", str(built))
    monkeypatch.delattr(quantised, "_export")
    encoder = Encoder.load(small_model, backend="int8")
    exact = Encoder.load(small_model, backend="fp32")
    assert len(list((built / "int8").iterdir())) == 1
    assert (encoder.encode(TEXTS) * exact.encode(TEXTS)).sum(1).min() > 0.99


def test_other_weights_have_another_file(small_model: Path) -> None:
    """The name of the file is made from the weights."""
    model = BertModel.from_pretrained(small_model)
    before = quantised.checksum(model)
    assert quantised.checksum(BertModel.from_pretrained(small_model)) == before
    with torch.no_grad():
        model.pooler.dense.bias[0] += 1e-3
    assert quantised.checksum(model) != before


def test_a_build_that_fails_leaves_nothing(
    small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither half a file nor a staging directory stays behind."""

    def failing(whole: Path, small: Path) -> None:
        small.write_bytes(b"half a model")
        raise OSError("no space left")

    monkeypatch.setenv("CATALOGKIT_HOME", str(tmp_path))
    monkeypatch.setattr(quantised, "_export", lambda _, path: path.write_bytes(b""))
    monkeypatch.setattr(quantised, "_quantise", failing)
    with pytest.raises(OSError, match="no space left"):
        Encoder.load(small_model, backend="int8")
    assert list((tmp_path / "int8").iterdir()) == []


def test_a_model_that_comes_out_wrong_is_not_kept(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exported model whose vectors differ from torch's is refused before it is cached."""
    (other,) = (built / "int8").iterdir()
    monkeypatch.setenv("CATALOGKIT_HOME", str(tmp_path))
    monkeypatch.setattr(quantised, "_export", lambda *_: None)
    monkeypatch.setattr(quantised, "_quantise", lambda _, small: shutil.copy(other, small))
    with pytest.raises(RuntimeError, match="other vectors than torch"):
        Encoder.load(save_model(tmp_path / "model", seed=1), backend="int8")
    assert list((tmp_path / "int8").iterdir()) == []
