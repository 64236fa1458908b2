"""Every way of annotating learns a small shop, answers in its tree, and says how sure it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from catalogkit.datasets.errors import DataError
from catalogkit.language.training.settings import TrainingSettings
from catalogkit.taxonomy import annotation
from catalogkit.taxonomy.annotation import METHODS, Annotator

SHOP = {
    ("Drinks", "Tea"): ["green tea", "black tea", "mint tea", "tea bags", "white tea leaves"],
    ("Drinks", "Coffee"): ["ground coffee", "coffee beans", "iced coffee", "dark roast coffee"],
    ("Home", "Soap"): ["hand soap", "liquid soap", "bar of soap", "dish soap", "soap refill"],
    ("Home", "Candles"): ["scented candle", "candle set", "tall candles", "wax candle", "candle"],
}
TEXTS = [text for texts in SHOP.values() for text in texts]
PATHS = [path for path, texts in SHOP.items() for _ in texts]
NEW = ["herbal tea", "coffee capsules", "soap for hands", "vanilla candle"]
FINE_TUNING = TrainingSettings(epochs=12, batch_size=4, learning_rate=0.01, clip=None)
TRAINED = ("lora", "fine-tuned")
SPECIAL = ["[PAD]", "[UNK]", "[CLS]"]


class Words:
    """Encodes a text by the words of the shop in it, as unit vectors; counts its calls."""

    def __init__(self) -> None:
        self.words = sorted({word for text in TEXTS for word in text.split()})
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Mark the known words, those in the plural too."""
        self.encoded += texts
        rows = [[word in text.lower() for word in self.words] for text in texts]
        vectors = np.array(rows, np.float32).reshape(len(texts), len(self.words))
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1)


def made(method: str, **more: object) -> Annotator:
    """Make an annotator, by default with the encoder in words."""
    return Annotator(method, **{"encoder": Words(), "settings": FINE_TUNING, **more})


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Save a random encoder of 16 dimensions that knows the words of the shop."""
    known = {word: i for i, word in enumerate([*SPECIAL, *Words().words])}
    words = Tokenizer(WordLevel(known, unk_token=SPECIAL[1]))
    words.pre_tokenizer = Whitespace()
    words.post_processor = TemplateProcessing(single="[CLS] $A", special_tokens=[("[CLS]", 2)])
    config = BertConfig(
        vocab_size=len(known),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    place = str(tmp_path_factory.mktemp("tiny"))
    PreTrainedTokenizerFast(tokenizer_object=words, pad_token=SPECIAL[0]).save_pretrained(place)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        BertModel(config).save_pretrained(place)
    return place


@pytest.fixture(scope="module")
def fitted(tiny: str) -> dict[str, Annotator]:
    """Fit each method to the shop, once."""
    own = {method: {"encoder": tiny} for method in TRAINED}
    return {method: made(method, **own.get(method, {})).fit(TEXTS, PATHS) for method in METHODS}


@pytest.fixture(params=METHODS)
def annotator(request: pytest.FixtureRequest, fitted: dict[str, Annotator]) -> Annotator:
    """One method after the other."""
    return fitted[request.param]


def test_new_texts_find_their_paths(annotator: Annotator) -> None:
    """Words that name the category decide, in texts that were not learnt."""
    assert annotator.predict(NEW) == list(SHOP)


def test_one_text_is_annotated_as_among_many(annotator: Annotator) -> None:
    """The path is the same, and the probability but for rounding."""
    together = annotator.annotate(NEW)
    alone = [annotator.annotate([text]) for text in NEW]
    assert [one.paths() for one in alone] == [[path] for path in together.paths()]
    apart = np.concatenate([one.probabilities for one in alone])
    np.testing.assert_allclose(apart, together.probabilities, atol=0.01)


def test_probabilities_sum_to_one(annotator: Annotator) -> None:
    """For each text over the classes, which are the paths of the labels, in the tree's order."""
    chances = annotator.predict_proba([*NEW, "", "no such word", "茶"])
    assert chances.shape == (7, 4)
    assert (chances >= 0).all()
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    assert annotator.classes_ == sorted(SHOP)


def test_the_last_step_is_as_likely_as_its_class(annotator: Annotator) -> None:
    """And the path chosen is that of the likeliest class."""
    chances = annotator.predict_proba(NEW)
    np.testing.assert_allclose(annotator.annotate(NEW).confidence(), chances.max(axis=1))
    best = [annotator.classes_[i] for i in chances.argmax(axis=1)]
    assert annotator.predict(NEW) == best


def test_nothing_to_annotate_gives_nothing(annotator: Annotator) -> None:
    """An empty list is no error."""
    assert annotator.predict([]) == []
    assert annotator.predict_proba([]).shape == (0, 4)


def test_a_saved_annotator_answers_alike(annotator: Annotator, tmp_path: Path) -> None:
    """To the last bit, with the same parameters and with no file left beside it."""
    annotator.save(tmp_path / "shop.model")
    own = None if annotator.method in TRAINED else annotator.encoder
    again = Annotator.load(tmp_path / "shop.model", encoder=own)
    assert np.array_equal(again.predict_proba(NEW), annotator.predict_proba(NEW))
    assert again.predict(NEW) == annotator.predict(NEW)
    assert again.get_params() == annotator.get_params()
    assert (again.classes_, again.held_out_) == (annotator.classes_, annotator.held_out_)
    assert [file.name for file in tmp_path.iterdir()] == ["shop.model"]


def test_a_fit_repeats_itself(annotator: Annotator) -> None:
    """The seed decides all that is drawn."""
    again = clone(annotator).fit(TEXTS, PATHS)
    np.testing.assert_allclose(again.temperatures_, annotator.temperatures_, rtol=1e-3)
    np.testing.assert_allclose(again.predict_proba(NEW), annotator.predict_proba(NEW), atol=1e-3)


def test_probabilities_are_chosen_by_texts_that_were_held_out(annotator: Annotator) -> None:
    """All texts in turn where that is cheap; zero-shot has nothing to unlearn."""
    expected = range(3, 5) if annotator.method in TRAINED else [len(TEXTS)]
    assert annotator.held_out_ in expected
    assert len(annotator.temperatures_) == 2


# ---- abstention


@given(
    low=st.floats(0, 1), high=st.floats(0, 1),
    texts=st.lists(st.text("teacofsmln ", max_size=12), min_size=1, max_size=5),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_a_higher_threshold_stops_at_or_above(
    fitted: dict[str, Annotator], low: float, high: float, texts: list[str]
) -> None:
    """A path is one of the tree, a surer one its beginning, and as sure as was asked."""
    low, high = min(low, high), max(low, high)
    tree = fitted["tf-idf"].decoder_.tree
    found = fitted["tf-idf"].annotate(texts)
    steps = found.probabilities
    assert (steps[:, 0] >= steps[:, 1]).all()
    for deep, shallow in zip(found.paths(low), found.paths(high), strict=True):
        assert deep[: len(shallow)] == shallow
        assert deep in tree.paths
    assert (found.confidence(high) >= high).all()
    assert (found.confidence(high) >= found.confidence(low)).all()


def test_predict_stops_at_the_threshold() -> None:
    """Between the probabilities of the two steps, only the first is taken; above both, none."""
    annotator = made("tf-idf").fit(TEXTS, PATHS)
    [[first, second]] = annotator.annotate(["tea or coffee"]).probabilities
    assert 0 < second < first < 1
    for threshold, depth in ((0, 2), ((first + second) / 2, 1), ((1 + first) / 2, 0)):
        annotator.set_params(threshold=threshold)
        assert annotator.predict(["tea or coffee"]) == [
            annotator.predict(["coffee, tea"])[0][:depth]
        ]


# ---- labels


def test_paths_may_end_at_any_depth() -> None:
    """A class above another one is chosen where its own words are."""
    texts = [*TEXTS, "assorted drinks", "drinks mixed", "party drinks"]
    annotator = made("tf-idf").fit(texts, [*PATHS, *[("Drinks",)] * 3])
    assert annotator.predict(["more drinks", "herbal tea"]) == [("Drinks",), ("Drinks", "Tea")]
    assert np.isnan(annotator.annotate(["more drinks"]).probabilities[0]).tolist() == [False, True]


def test_equal_names_in_two_places_are_two_classes() -> None:
    """Other below Drinks is not Other below Home."""
    texts = ["juice", "orange juice", "mop", "floor mop"]
    paths = [("Drinks", "Other")] * 2 + [("Home", "Other")] * 2
    annotator = made("tf-idf").fit(texts, paths)
    assert annotator.predict(["apple juice", "wet mop"]) == [paths[0], paths[-1]]


def test_label_names_are_enough_for_zero_shot() -> None:
    """Without texts there is an answer, whose temperatures are a guess."""
    annotator = made("zero-shot").fit(None, list(SHOP))
    assert annotator.predict(["green tea", "wax candle"]) == [
        ("Drinks", "Tea"),
        ("Home", "Candles"),
    ]
    assert annotator.held_out_ == 0


def test_a_label_seen_once_is_found_by_its_name() -> None:
    """Few-shot counts the name beside the texts."""
    texts, paths = ["green tea", "iced"], [("Drinks", "Tea"), ("Drinks", "Coffee")]
    assert made("few-shot").fit(texts, paths).predict(["coffee beans"]) == [("Drinks", "Coffee")]


@pytest.mark.parametrize("method", ["few-shot", "frozen", "tf-idf"])
def test_a_text_seen_often_weighs_as_much(method: str) -> None:
    """Of two labels for one text the more frequent wins, wherever it stands."""
    texts = ["green tea"] * 10 + ["ground coffee"] * 3
    coffee, tea = ("Drinks", "Coffee"), ("Drinks", "Tea")
    annotator = made(method).fit(texts, [coffee] * 9 + [tea] + [tea] * 3)
    assert annotator.predict(["green tea"]) == [coffee]


@pytest.mark.parametrize("method", ["zero-shot", "few-shot"])
def test_names_are_encoded_once(method: str) -> None:
    """Not again for each of the folds that are held out."""
    encoder = Words()
    made(method, encoder=encoder).fit(TEXTS, PATHS)
    assert encoder.encoded.count("Drinks Tea") == 1


def test_groups_are_held_out_whole() -> None:
    """Where texts of a group share their words, probabilities are less sure than by text."""
    texts = [f"{word} {n}" for word in ("oolong", "robusta", "sencha", "arabica") for n in range(9)]
    paths = ([("Tea",)] * 9 + [("Coffee",)] * 9) * 2
    groups = [text.split()[0] for text in texts]
    alone, whole = (made("tf-idf").fit(texts, paths, g) for g in (None, groups))
    assert alone.annotate(["sencha 3"]).confidence()[0] > 0.9
    assert whole.annotate(["sencha 3"]).confidence()[0] < 0.75


def test_one_group_leaves_nothing_to_hold_out() -> None:
    """The temperatures are the method's guess, and held_out_ says so."""
    assert made("frozen").fit(TEXTS, PATHS, ["all"] * len(TEXTS)).held_out_ == 0


# ---- what can't be used


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([None, "tea"], PATHS[:2]), "row 0 is None"),
        ((TEXTS[:3], PATHS[:2]), "3 texts but 2 paths"),
        ((TEXTS[:2], [("Drinks",), ()]), "row 1 is empty"),
        ((TEXTS[:2], PATHS[:2]), "nothing to tell apart"),
        ((TEXTS[:2], ["Tea", "Soap"]), "a path is a tuple of names"),
        ((None, PATHS), "'tf-idf' learns from texts"),
        ((TEXTS, PATHS, ["a"]), "each of the 19 texts needs one"),
        ((TEXTS, PATHS, [None, *TEXTS[1:]]), "19, 1 of them missing"),
    ],
)
def test_labels_that_say_nothing_are_refused(arguments: tuple[object, ...], message: str) -> None:
    """The message names the row or the numbers."""
    with pytest.raises(DataError, match=message):
        Annotator("tf-idf").fit(*arguments)


@pytest.mark.parametrize("wrong", [{"method": "magic"}, {"threshold": 1.5}])
def test_parameters_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    """When they are needed, as scikit-learn has it."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Annotator(**{"method": "tf-idf", **wrong}).fit(TEXTS, PATHS)


def test_an_annotator_must_be_fitted(tmp_path: Path) -> None:
    """Before it predicts or is saved."""
    with pytest.raises(NotFittedError):
        Annotator().predict(["tea"])
    with pytest.raises(NotFittedError):
        Annotator().predict_proba(["tea"])
    with pytest.raises(NotFittedError):
        Annotator().save(tmp_path / "model")


def test_the_methods_are_those_that_the_type_names() -> None:
    """A checker sees what the registry holds."""
    assert get_args(annotation.Name) == tuple(METHODS)


# ---- files


@pytest.fixture
def saved(fitted: dict[str, Annotator], tmp_path: Path) -> Path:
    """Save the smallest annotator."""
    fitted["tf-idf"].save(tmp_path / "model")
    return tmp_path / "model"


@pytest.mark.parametrize("at", [0.001, 0.3, 0.6, 0.999])
def test_a_flipped_bit_is_refused(saved: Path, at: float) -> None:
    """Wherever it is: in the header, the facts or the arrays."""
    data = bytearray(saved.read_bytes())
    data[int(at * len(data))] ^= 1
    saved.write_bytes(data)
    with pytest.raises(DataError, match=r"damaged"):
        Annotator.load(saved)


@pytest.mark.parametrize("length", [0, 7, 1000, -1])
def test_a_file_cut_short_is_refused(saved: Path, length: int) -> None:
    """Even by a byte."""
    saved.write_bytes(saved.read_bytes()[:length])
    with pytest.raises(DataError, match="cut short or damaged"):
        Annotator.load(saved)


def test_a_newer_file_is_refused(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message tells the two versions and what to do."""
    monkeypatch.setattr(annotation.array_files, "FORMAT", 0)
    with pytest.raises(DataError, match=r"format 1 .* reads up to 0: upgrade"):
        Annotator.load(saved)


def test_another_safetensors_file_is_refused(tmp_path: Path) -> None:
    """It is no annotator, and neither is a directory or nothing."""
    save_file({"weights": np.zeros(2)}, tmp_path / "other")
    with pytest.raises(DataError, match="holds no catalogkit-annotator"):
        Annotator.load(tmp_path / "other")
    with pytest.raises(DataError, match="no such file"):
        Annotator.load(tmp_path)


def test_a_file_is_arrays_and_json(saved: Path) -> None:
    """Anyone can read it without this package: no pickle, weights by name."""
    assert set(load_file(saved)) == {"weights", "bias", "idf"}
    size = int.from_bytes(saved.read_bytes()[:8], "little")
    header = json.loads(saved.read_bytes()[8 : 8 + size])["__metadata__"]
    assert header["format"] == "catalogkit-annotator 1"
    assert json.loads(header["facts"])["parameters"]["method"] == "tf-idf"


def test_a_low_rank_file_holds_the_change_only(
    fitted: dict[str, Annotator], tmp_path: Path
) -> None:
    """No weight of the encoder, whose name is kept."""
    for method in TRAINED:
        fitted[method].save(tmp_path / method)
    names = set(load_file(tmp_path / "lora"))
    assert {name.split(".")[-3] for name in names if "encoder" in name} == {"lora_A", "lora_B"}
    assert names & set(load_file(tmp_path / "fine-tuned")) == {"head.weight", "head.bias"}


def test_an_encoder_of_ones_own_is_asked_for(fitted: dict[str, Annotator], tmp_path: Path) -> None:
    """Code is not saved; whoever loads must bring it."""
    fitted["frozen"].save(tmp_path / "model")
    with pytest.raises(DataError, match="give encoder="):
        Annotator.load(tmp_path / "model")


def test_the_bundled_encoder_is_found_by_name(tmp_path: Path) -> None:
    """A frozen annotator holds its name, not its weights: the file stays small."""
    annotator = Annotator("frozen").fit(TEXTS, PATHS)
    annotator.save(tmp_path / "model")
    assert (tmp_path / "model").stat().st_size < 20_000
    again = Annotator.load(tmp_path / "model")
    assert again.predict(["a cup of Darling Jeeling", "lavender hand wash"]) == annotator.predict(
        ["a cup of Darling Jeeling", "lavender hand wash"]
    )
