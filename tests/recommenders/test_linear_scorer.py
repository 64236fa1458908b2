"""A line learns what its objective asks, and says when the objective breaks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from catalogkit.recommenders.linear_scorer import LinearScorer, teach_scorer

RNG = np.random.default_rng(0)
COLUMNS = pd.DataFrame({"telling": RNG.normal(5, 3, 400), "noise": RNG.normal(size=400), "one": 1})
LABELS = torch.tensor(COLUMNS.telling.to_numpy() > 5).float()


def cross_entropy(scores: torch.Tensor) -> torch.Tensor:
    """Ask for the labels."""
    return torch.nn.functional.binary_cross_entropy_with_logits(scores, LABELS)


def test_scores_are_the_weighted_sum_and_the_constant() -> None:
    """Twice 3 and 1; the other column has no weight."""
    assert LinearScorer({"a": 2.0}, 1.0).scores(pd.DataFrame({"b": [9], "a": [3]})) == 7


def test_the_telling_column_gets_the_weight() -> None:
    """What separates the labels counts; what does not vary has none."""
    weights = teach_scorer(COLUMNS, cross_entropy).weights
    assert weights["telling"] > 10 * abs(weights["noise"])
    assert weights["one"] == 0


def test_the_weights_belong_to_the_columns_as_they_come() -> None:
    """Scores of untouched columns are the logits that the objective was taught on."""
    scores = teach_scorer(COLUMNS, cross_entropy, steps=400).scores(COLUMNS)
    assert ((scores > 0) == LABELS.bool().numpy()).mean() > 0.95


def test_an_objective_that_stops_being_a_number_is_named() -> None:
    """The square root of what sinks below zero, after some steps."""
    with pytest.raises(ValueError, match="the objective is nan at step"):
        teach_scorer(COLUMNS, lambda scores: (scores.mean() + 0.2).sqrt())


def test_missing_numbers_are_refused() -> None:
    """The message names the column."""
    with pytest.raises(ValueError, match="'b' has missing numbers"):
        teach_scorer(pd.DataFrame({"a": [1, 2], "b": [1, None]}), torch.sum)
