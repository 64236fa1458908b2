"""A document answers with its own words and with those of its group; chances by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.search.query_likelihood import QueryLikelihood

TEXTS = ["red wine", "white wine", "corkscrew", "red paint"]
GROUPS = ["cellar", "cellar", "cellar", "shed"]


def test_a_term_counts_in_the_document_in_its_group_and_everywhere() -> None:
    """The chance is the weighted sum of the three shares."""
    found = QueryLikelihood.build(TEXTS, GROUPS).scores(["wine"])[0]
    wine = np.array([0.1 + 0.3 * 2 / 3, 0.1 + 0.3 * 2 / 3, 0.3 * 2 / 3, 0]) + 0.05 / 2 + 1e-5
    np.testing.assert_allclose(found, np.log(wine), rtol=1e-5)


def test_a_query_scores_the_mean_over_its_distinct_terms() -> None:
    """Saying a word twice changes nothing, and two words share the query."""
    model = QueryLikelihood.build(TEXTS, GROUPS)
    red, wine, both = model.scores(["red", "wine", "red wine red"])
    np.testing.assert_allclose(both, (red + wine) / 2, rtol=1e-5)


def test_a_group_speaks_for_a_document_without_the_word() -> None:
    """The corkscrew beats the paint for wine only because of the shelf that it stands on."""
    model = QueryLikelihood.build(TEXTS, GROUPS)
    assert model.scores(["wine"])[0, 2] > model.scores(["wine"])[0, 3]
    alone = replace(model, shared=0.0).scores(["wine"])[0]
    assert alone[2] == alone[3]


def test_letters_find_a_misspelt_word() -> None:
    """Runs of letters survive a typing error that no word does."""
    asked = ["corkscrw"]
    assert QueryLikelihood.build(TEXTS, GROUPS, by="letters").scores(asked)[0].argmax() == 2
    assert np.ptp(QueryLikelihood.build(TEXTS, GROUPS).scores(asked)) == 0


def test_a_query_without_a_term_scores_nothing() -> None:
    """An empty query has no chance to speak of, and orders nothing."""
    assert not QueryLikelihood.build(TEXTS, GROUPS).scores(["", "?!"]).any()


def test_what_cannot_be_indexed_is_refused() -> None:
    """Numbers must match, and groups are named by strings."""
    with pytest.raises(ValueError, match="give one a text"):
        QueryLikelihood.build(TEXTS, GROUPS[:2])
    with pytest.raises(DataError):
        QueryLikelihood.build(TEXTS, [*GROUPS[:3], None])  # type: ignore[list-item]
