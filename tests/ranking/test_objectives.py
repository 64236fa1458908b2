"""Diversity under the softmax has the values, the gradients and the limits known by hand."""

from __future__ import annotations

import math

import pytest
import torch

from catalogkit.ranking.objectives import (
    expected_exposure,
    expected_similarity,
    exposure_entropy,
    softmax,
)

PLACE = torch.tensor([0, 0, 0, 1, 1])
GROUPS = torch.tensor([0, 0, 1, 1, 2])
EVEN = torch.zeros(5)


def test_even_scores_share_each_users_attention() -> None:
    """A third each for the first user, a half each for the second."""
    expected = torch.tensor([1 / 3, 1 / 3, 1 / 3, 1 / 2, 1 / 2])
    torch.testing.assert_close(softmax(EVEN, PLACE), expected)


def test_exposure_is_the_attention_of_a_group() -> None:
    """Two of the first user's three candidates are of group 0."""
    expected = torch.tensor([[2 / 3, 1 / 3, 0], [0, 1 / 2, 1 / 2]])
    torch.testing.assert_close(expected_exposure(EVEN, PLACE, GROUPS), expected)


def test_two_groups_alike_have_the_entropy_of_a_coin() -> None:
    """The second user's groups share evenly: log 2."""
    assert exposure_entropy(EVEN, PLACE, GROUPS)[1].item() == pytest.approx(math.log(2))


def test_similarity_of_one_hot_groups_is_the_chance_of_meeting() -> None:
    """Of the first user's groups: (2/3)² + (1/3)²."""
    one_hot = torch.nn.functional.one_hot(GROUPS).float()
    assert expected_similarity(EVEN, PLACE, one_hot)[0].item() == pytest.approx(5 / 9)


def test_the_gradient_of_the_entropy_is_the_derived_one() -> None:
    """Minus the share times the logarithm of the group's exposure plus the entropy."""
    scores = torch.tensor([0.3, -1, 2, 0.5, 0], dtype=torch.float64, requires_grad=True)
    entropy = exposure_entropy(scores, PLACE, GROUPS)
    (found,) = torch.autograd.grad(entropy.sum(), scores)
    own = expected_exposure(scores, PLACE, GROUPS)[PLACE, GROUPS]
    derived = -softmax(scores, PLACE) * (own.log() + entropy[PLACE])
    torch.testing.assert_close(found, derived)


def test_scores_that_differ_hugely_have_numbers_for_gradients() -> None:
    """Exposure underflows to zero, and zero times an infinite logarithm must not appear."""
    scores = torch.tensor([0.0, 1000, -1000, 500, 0], requires_grad=True)
    (slope,) = torch.autograd.grad(exposure_entropy(scores, PLACE, GROUPS).sum(), scores)
    assert torch.isfinite(slope).all()


def test_adding_a_constant_to_a_user_changes_nothing() -> None:
    """The softmax knows differences only."""
    scores = torch.tensor([0.3, -1, 2, 0.5, 0])
    moved = scores + 7 * PLACE
    torch.testing.assert_close(
        exposure_entropy(scores, PLACE, GROUPS), exposure_entropy(moved, PLACE, GROUPS)
    )


def test_a_user_without_candidates_is_refused() -> None:
    """Nobody is user 1."""
    with pytest.raises(ValueError, match="user 1 has no candidate"):
        softmax(torch.zeros(2), torch.tensor([0, 2]))


def test_lengths_that_differ_are_refused() -> None:
    """Each of the three says what it got."""
    with pytest.raises(ValueError, match="one place a score"):
        softmax(EVEN, PLACE[:3])
    with pytest.raises(ValueError, match="groups must be one a score"):
        expected_exposure(EVEN, PLACE, GROUPS[:3])
    with pytest.raises(ValueError, match=r"vectors must be \[5, d\]"):
        expected_similarity(EVEN, PLACE, torch.ones(3, 2))
