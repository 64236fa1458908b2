"""Diversity of a list that has a gradient: the softmax of the scores stands for the list.

Scores are float[c] of c pairs of a user and a candidate, place int64[c] the user of each, from 0,
as in `catalogkit.recommenders.candidates.Candidates`. Everything is a torch tensor and can be
differentiated by the scores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

_LEAST = 1e-20  # exposure below this is none: its logarithm would be infinite


def expected_exposure(scores: Tensor, place: Tensor, groups: Tensor) -> Tensor:
    """Share of a user's softmax that each group gets, float[users, groups]; rows sum to 1.

    groups: int64[c], the group of each candidate, from 0, such as its department. There are as
    many rows as the largest place says, and columns as the largest group.
    Raises ValueError for shapes that differ and for a user without candidates.
    """
    share, users, count = softmax(scores, place), _size(place), _size(groups)
    if groups.shape != scores.shape:
        raise ValueError(f"groups must be one a score: {groups.shape} for {scores.shape}")
    flat = share.new_zeros(users * count).index_add(0, place * count + groups, share)
    return flat.view(users, count)


def exposure_entropy(scores: Tensor, place: Tensor, groups: Tensor) -> Tensor:
    """Entropy of each user's expected exposure of groups, in nats, float[users]: to be maximised.

    Its derivative by a score is -share * (log exposure of the item's group + entropy).
    Arguments and errors as in `expected_exposure`.
    """
    exposure = expected_exposure(scores, place, groups)
    return -(exposure * exposure.clamp_min(_LEAST).log()).sum(dim=1)


def expected_similarity(scores: Tensor, place: Tensor, vectors: Tensor) -> Tensor:
    """Mean similarity of two items drawn from a user's softmax, float[users]: to be minimised.

    vectors: float[c, d], one for each candidate; of length 1 for cosines. The two draws may be of
    the same item. One-hot groups give the chance that both are of one group.
    Raises ValueError for shapes that differ and for a user without candidates.
    """
    share, users = softmax(scores, place), _size(place)
    if vectors.ndim != 2 or len(vectors) != len(scores):
        raise ValueError(f"vectors must be [{len(scores)}, d], got {tuple(vectors.shape)}")
    mean = share.new_zeros(users, vectors.shape[1]).index_add(0, place, share[:, None] * vectors)
    return mean.square().sum(dim=1)


def softmax(scores: Tensor, place: Tensor) -> Tensor:
    """Turn scores into shares that sum to 1 for each user, float[c].

    Raises ValueError for shapes that differ and for a user without candidates.
    """
    if scores.ndim != 1 or place.shape != scores.shape or not len(scores):
        raise ValueError(f"need one place a score: {tuple(place.shape)}, {tuple(scores.shape)}")
    best = scores.new_full((_size(place),), float("-inf"))
    best = best.scatter_reduce(0, place, scores.detach(), "amax")
    if (best == float("-inf")).any():
        raise ValueError(f"user {int(best.argmin())} has no candidate: number users from 0")
    powers = (scores - best[place]).exp()
    return powers / best.new_zeros(len(best)).index_add(0, place, powers)[place]


def _size(codes: Tensor) -> int:
    """Return how many codes there are, from 0."""
    return int(codes.max()) + 1
