"""A directory becomes models, whichever of them are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogkit.recommenders.base import Fitted
from catalogkit.search.engine import Search
from catalogkit.serving.models import ANNOTATOR, INDEX, RECOMMENDER, load_models
from catalogkit.taxonomy.annotation import Annotator


def test_what_was_saved_answers_as_before(fitted: Fitted, engine: Search, tmp_path: Path) -> None:
    """A list, a search and a path."""
    fitted.save(tmp_path / RECOMMENDER)
    engine.save(tmp_path / INDEX)
    annotator = Annotator("tf-idf").fit(["red tea", "blue rum"] * 4, [("hot",), ("cold",)] * 4)
    annotator.save(tmp_path / ANNOTATOR)
    models = load_models(tmp_path)
    assert models.personal
    assert models.searching
    assert models.annotator
    assert models.personal.ranked("u1", 1, True, ()).products == ("p01",)
    assert models.searching.found("orange juice", 1).products == ("a",)
    assert models.annotator.annotate(["red tea"]).paths() == annotator.predict(["red tea"])


def test_models_have_answered_before_the_first_request(
    engine: Search, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first answer pays for what all others use."""
    engine.save(tmp_path / INDEX)
    Annotator("tf-idf").fit(["tea", "rum"] * 4, [("hot",), ("cold",)] * 4).save(
        tmp_path / ANNOTATOR
    )
    asked = []
    for model, method in ((Search, "search"), (Annotator, "annotate")):
        monkeypatch.setattr(model, method, lambda _, texts, *__: asked.append(texts))
    load_models(tmp_path)
    assert asked == [["warm"], ["warm"]]


def test_absent_models_are_none(engine: Search, tmp_path: Path) -> None:
    """A shop may have a search and nothing else."""
    engine.save(tmp_path / INDEX)
    models = load_models(tmp_path)
    assert (models.personal, models.annotator) == (None, None)
    assert models.searching
