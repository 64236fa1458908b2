"""Recommend what this user buys often and bought lately: the baseline of repeat purchase."""

from __future__ import annotations

from dataclasses import dataclass

from catalogkit.recommenders.base import Fitted, Floats, Recommender
from catalogkit.recommenders.interactions import Interactions, Matrix, Rows


@dataclass(frozen=True)
class Frequency(Recommender):
    """Rank items by how often the user bought them; then follow the popular ones.

    half_life: days after which a purchase counts half, which brings recency in; None counts all
    alike.
    """

    half_life: float | None = None

    def learn(self, interactions: Interactions) -> FittedFrequency:
        """Count every user's purchases of every item."""
        return FittedFrequency(interactions, self, interactions.visits(self.half_life))


@dataclass(frozen=True, eq=False)
class FittedFrequency(Fitted):
    """weight: float32[n + 1, m], purchases of each user."""

    settings: Frequency
    weight: Matrix

    def scores(self, rows: Rows) -> Floats:
        """Score what the user bought; all else is zero."""
        scores: Floats = self.weight[rows].toarray()
        return scores

    def renew(self, interactions: Interactions) -> FittedFrequency:
        """Count again."""
        return self.settings.learn(interactions)
