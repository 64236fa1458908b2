"""Attacks succeed on a model that memorised, and fail on one that never saw the data."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from catalogkit.datasets.errors import DataError
from catalogkit.language.training import TextDataset
from catalogkit.privacy import (
    VectorExamples,
    calibrated_scores,
    example_losses,
    linear_head,
    membership_auc,
    weighted_auc,
)

PAIRS = st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 3)), min_size=2)


@given(PAIRS)
def test_the_auc_is_that_of_repeated_examples(pairs: list[tuple[int, bool, int]]) -> None:
    """Weights count as copies, ties count half: scikit-learn on the copies agrees."""
    scores, members, weights = (np.array(column) for column in zip(*pairs, strict=True))
    copies = np.repeat(np.arange(len(scores)), weights)
    if len(set(members[copies])) < 2:
        return
    ours = weighted_auc(scores, members)(weights[None].astype(float))
    assert ours == pytest.approx([roc_auc_score(members[copies], scores[copies])])


def test_models_are_averaged_and_absent_examples_take_no_part() -> None:
    """By hand: one model tells all (1), one tells nothing (1/2), the NaN would have been wrong."""
    scores = [[3.0, 2.0, np.nan, 1.0], [1.0, 1.0, 1.0, 1.0]]
    members = [[True, True, True, False], [True, False, True, False]]
    assert weighted_auc(scores, members)(np.ones((1, 4))) == pytest.approx([0.75])


def test_calibration_asks_how_hard_an_example_is() -> None:
    """By hand: references are averaged over other deals' models that never saw the example."""
    lost = [[1.0, 2.0], [9.0, 9.0], [3.0, 2.5], [4.0, 8.0]]
    members = [[True, False], [False, True], [False, False], [False, True]]
    scores = calibrated_scores(lost, members, deals=[0, 0, 1, 1])
    assert scores[0] == pytest.approx([(3 + 4) / 2 - 1, 2.5 - 2])
    assert scores[2] == pytest.approx([9 - 3, 2 - 2.5])


def test_the_loss_of_an_example_is_its_own() -> None:
    """A head of zeros finds both classes equally likely; one that is sure loses nothing."""
    head = linear_head(2, 2)
    data = VectorExamples(np.array([[1, 0], [0, 1]], np.float32), np.array([0, 1]))
    assert example_losses(head, data) == pytest.approx(np.log([2, 2]))
    with torch.no_grad():
        head[0].weight += 50 * torch.eye(2)
    assert example_losses(head, data) == pytest.approx([0, 0], abs=1e-6)


def costs(model: LogisticRegression, vectors: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Cross-entropy of each example."""
    return np.logaddexp(0, -(2 * labels - 1) * model.decision_function(vectors))


def test_a_model_that_memorised_is_attackable_and_a_stranger_is_not() -> None:
    """Random labels can only be learned by heart; who learned others knows nothing of these."""
    rng = np.random.default_rng(0)
    vectors, labels = rng.standard_normal((600, 300)), rng.integers(0, 2, 600)
    member = np.repeat([True, False], [150, 150])
    overfit = LogisticRegression(C=1e3).fit(vectors[:150], labels[:150])
    stranger = LogisticRegression(C=1e3).fit(vectors[300:], labels[300:])
    known, unknown = (
        membership_auc(-costs(model, vectors[:300], labels[:300]), member, seed=0)
        for model in (overfit, stranger)
    )
    assert known.low > 0.8
    assert unknown.low < 0.5 < unknown.high


def test_calibration_finds_what_the_plain_loss_misses() -> None:
    """When examples differ widely in difficulty, a small drop shows only beside a reference."""
    rng = np.random.default_rng(0)
    hard, member = rng.exponential(5, 400), rng.random(400) < 0.5
    attacked = hard + rng.normal(0, 0.1, 400) - 0.3 * member
    lost = np.stack([attacked, *(hard + rng.normal(0, 0.1, (3, 400)))])
    members = np.stack([member, *np.zeros((3, 400), bool)])
    assert membership_auc(-attacked, member, seed=0).low < 0.55
    scores = calibrated_scores(lost, members, deals=[0, 1, 2, 3])
    assert membership_auc(scores[0], member, seed=0).low > 0.9


def test_bad_input_is_named() -> None:
    """Each refusal says what is missing."""
    with pytest.raises(ValueError, match="example 1 has no reference"):
        calibrated_scores(np.ones((2, 2)), [[False, False], [False, True]], deals=[0, 1])
    with pytest.raises(ValueError, match="shapes differ"):
        calibrated_scores([1.0, 2.0], [True, False], deals=[0, 1])
    with pytest.raises(DataError, match="no labels"):
        example_losses(linear_head(2, 2), TextDataset([[1]]))
    with pytest.raises(ValueError, match="shape"):
        weighted_auc([1.0, 2.0], [True])
    with pytest.raises(ValueError, match="0 others"):
        weighted_auc([1.0, 2.0], [True, True])
