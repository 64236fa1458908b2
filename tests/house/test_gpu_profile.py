"""What chapters do in the profile gpu, with a tiny model of bert-base's shape in its place."""

from __future__ import annotations

import ast
import json
from collections import namedtuple
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from transformers import BertConfig, BertModel, BertTokenizerFast

from catalogkit.language.adaptation import lora
from catalogkit.language.classifier import WORD_EMBEDDINGS, TextClassifier
from catalogkit.language.training import TrainingSettings, fgm, train
from catalogkit.ranking import Ranking
from catalogkit.search.cross_encoder import CrossEncoder, listwise, rerank

ROOT = Path(__file__).parents[2]
ASKED = "bert-base-cased"
LAYERS = 12
"""As many as bert-base has: chapters say which of them rest."""
WORDS = ("MILK", "BREAD", "SOAP", "Filter")
TEXTS = np.array([f"{WORDS[row % 4]} {size}" for row, size in enumerate("ABCDEFGHIJ" * 4)])
LABEL = np.arange(len(TEXTS)) % 4
LOADS = ("[profile]", "find_pretrained(", ".tokenizer()", "Encoder.load(", "from_pretrained(",
         "text_classifier(", "bi_encoder(", "Remembered.of(", "encoder.layer")  # fmt: skip
RESTING = ("remember = ", "lower = ")
Split = namedtuple("Split", "train validation test")


def chapters() -> dict[str, list[str]]:
    """Return the code cells of each chapter that asks for the larger model."""
    found = {}
    for path in sorted((ROOT / "notebooks").rglob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        if any(ASKED in cell and "[profile]" in cell for cell in code):
            found[f"{path.parent.name}/{path.stem}"] = code
    return found


CHAPTERS = chapters()


def loading(cells: list[str]) -> str:
    """Return what a chapter imports, and of its cells with a table of profiles what loads.

    That is the tables, models, functions and remembered layers; the data come from the test.
    """
    kept = []
    for cell in cells:
        for statement in ast.parse(cell).body:
            imported = isinstance(statement, ast.Import | ast.ImportFrom)
            source = ast.unparse(statement)
            loads = isinstance(statement, ast.FunctionDef) or any(use in source for use in LOADS)
            if imported or ("[profile]" in cell and loads) or source.startswith(RESTING):
                kept.append(source)
    return "\n".join(kept)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a model with the layers and the cased tokeniser of bert-base, all else small."""
    place = tmp_path_factory.mktemp("hub") / ASKED
    letters = [f"{before}{letter}" for letter in "ABCDEFGHIJilter" for before in ("", "##")]
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *letters]
    place.mkdir()
    (place / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(str(place / "vocab.txt"), do_lower_case=False).save_pretrained(place)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=LAYERS, num_attention_heads=2,
        intermediate_size=16,
    )  # fmt: skip
    torch.manual_seed(0)
    BertModel(config).save_pretrained(place)
    return place


def opened(chapter: str, tiny: Path, **data: object) -> dict[str, Any]:
    """Run what a chapter loads in the profile gpu, with the tiny model where it names the large."""
    source = loading(CHAPTERS[chapter])
    assert repr(ASKED) in source
    names = {"profile": "gpu", "text": TEXTS, "label": LABEL, "names": list(WORDS), **data}
    exec(compile(source.replace(repr(ASKED), repr(str(tiny))), chapter, "exec"), names)  # noqa: S102
    return names


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_reads_texts_with_the_larger_model(chapter: str, tiny: Path) -> None:
    """Its tables know the profile, and what it loads takes texts."""
    names = opened(chapter, tiny, **STAND_INS.get(chapter, {}))
    read = 0
    if "encoder" in names:
        assert names["encoder"].encode(TEXTS[:3]).shape == (3, 16)
        read += 1
    if "frozen" in names:
        assert names["frozen"].shape == (len(TEXTS), 16)
        read += 1
    if "scores_of" in names:
        assert names["scores_of"](TEXTS[:3].tolist()).shape == (3, 2)
        read += 1
    if "start" in names:
        examples = names["start"].examples(TEXTS)
        assert len(examples.lengths) == len(TEXTS)
        read += 1
    for tokenize in (names.get("tokenize"), getattr(names.get("tokenizer"), "tokenize", None)):
        if tokenize:
            assert tokenize("MILK A") == ["MILK", "A"]
            read += 1
    assert read or chapter in TRAINED


ROWS = np.arange(len(TEXTS))
VECTORS = np.random.default_rng(0).normal(size=(len(TEXTS), 16)).astype(np.float32)
CENTRES = np.eye(4, 16, dtype=np.float32)
QUESTIONS = pd.DataFrame({"question": TEXTS, "intent": np.array(WORDS)[LABEL]})
SPLIT = Split(ROWS[:24], ROWS[24:32], ROWS[32:])
LESSON = namedtuple("Side", "text label")(TEXTS[:24], LABEL[:24])


def low_rank(model: TextClassifier) -> None:
    """Prepare a classifier for LoRA."""
    model.encoder = lora(model.encoder, rank=2)


def few_parameters(names: dict[str, Any]) -> list[int]:
    """Train what a chapter prepared, at its own rate, and answer."""
    model = names["prepared"]("LoRA", 4)
    settings = TrainingSettings(names["epochs"], learning_rate=names["rates"]["LoRA"])
    train(model, model.examples(*LESSON), settings=settings)
    return list(names["answers"](model, model.examples(TEXTS[24:])))


def order_of_candidates(model: CrossEncoder) -> list[int]:
    """Teach a re-ranker lists of four candidates for eight queries, and take the last two lists."""
    found = Ranking(np.tile(np.arange(4), (8, 1)), np.tile([4, 3, 2, 1], (8, 1)))
    pairs = model.examples(TEXTS[:8].tolist(), list(WORDS), found, np.eye(4)[LABEL[:8]])
    train(model, pairs, loss=listwise, settings=TrainingSettings(1, batch_size=4))
    return rerank(found, model.scores(pairs)).items[-2:].ravel().tolist()


STAND_INS: dict[str, dict[str, Any]] = {
    "cross_category/03_transfer": {"texts": TEXTS},
    "cross_category/08_practice": {"lesson": TEXTS, "learnt": LABEL % 2, "lessons": 24},
    "diversity/05a_parameter_efficient": {"methods": {"LoRA": low_rank}},
    "diversity/05b_adversarial": {
        "methods": {
            "FGM": {
                "loss": fgm(WORD_EMBEDDINGS, epsilon=0.2),
                "price": 2,
                "step": 2,
                "lesson": "as it is",
            }
        },
        "lessons_of": lambda model, learn, _: model.examples(*learn),
    },
    "realtime/04_pretraining": {"types": pd.Series(LABEL, TEXTS)},
    "search/02a_semantic_matching": {"texts": TEXTS, "asked": {}},
    "taxonomy/04_annotation": {"asked": ROWS[24:], "prototypes": lambda _: CENTRES},
    "taxonomy/09_applications": {"vectors": VECTORS},
    "taxonomy/11_faq": {"tasks": {"retail": (TEXTS, LABEL)}},
}
TRAINED = {
    "cross_category/08_practice": lambda names: names["predict_logits"](
        (model := names["fine_tune"](0)[0]), model.examples(TEXTS[24:].tolist())
    ).argmax(1),
    "diversity/05_adaptation": lambda names: names["fine_tune"](ROWS[:24], ROWS[24:], 0),
    "diversity/05a_parameter_efficient": few_parameters,
    "diversity/05b_adversarial": lambda names: names["predict_logits"](
        (model := names["fine_tune"]("FGM", LESSON, 0)[0]), model.examples(TEXTS[24:])
    ).argmax(1),
    "diversity/06a_training": lambda names: names["fine_tune"](
        names["remember"](TEXTS), CENTRES, (ROWS[:24], LABEL[:24]), ROWS[24:], 0
    )[0][-1],
    "search/04_practice": lambda names: order_of_candidates(names["fresh"](10.0, 1.0)),
    "taxonomy/04_annotation": lambda names: names["fine_tuned"](ROWS[:24], 0).argmax(1),
    "taxonomy/08_practice": lambda names: names["fine_tune"](SPLIT, 0)[-1],
    "taxonomy/09_applications": lambda names: names["fine_tune"](ROWS[:24], ROWS[24:], 0),
    "taxonomy/09a_support_desk": lambda names: names["by_fine_tuned"](
        QUESTIONS[:24], QUESTIONS[24:], VECTORS[:24], 0
    )[0],
}


def test_every_chapter_that_sets_epochs_is_trained() -> None:
    """A new chapter with a recipe of its own for the GPU has to be tried, too."""
    setting = {name for name, cells in CHAPTERS.items() if "epochs," in loading(cells)}
    assert setting <= set(TRAINED)


@pytest.mark.parametrize("chapter", TRAINED)
def test_a_chapter_trains_the_larger_model(chapter: str, tiny: Path) -> None:
    """Its own function, with its own epochs, rate and resting layers, learns and answers."""
    names = opened(chapter, tiny, **STAND_INS.get(chapter, {}))
    answers = list(TRAINED[chapter](names))
    assert names.get("epochs", 10) == 10
    assert len(answers) in (8, 16)
    assert set(answers) <= {*range(4), *WORDS}
