"""Candidates that a greedy re-ranker can be tried on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from catalogkit.ranking import Ranking


@dataclass(frozen=True)
class Shop:
    """Candidates of some users, items' vectors and aspects, and users' interests."""

    candidates: Ranking
    vectors: np.ndarray
    aspects: np.ndarray
    interests: np.ndarray

    @classmethod
    def drawn(cls, seed: int, users: int = 4, candidates: int = 15, items: int = 40) -> Shop:
        """Draw distinct scores, vectors in eight dimensions and five aspects."""
        rng = np.random.default_rng(seed)
        return cls(
            Ranking.from_scores(rng.random((users, items)), candidates),
            rng.standard_normal((items, 8)),
            rng.dirichlet(np.full(5, 0.3), items),
            rng.dirichlet(np.ones(5), users),
        )

    @property
    def unit(self) -> np.ndarray:
        """The vectors at length one."""
        return self.vectors / np.linalg.norm(self.vectors, axis=1, keepdims=True)


@pytest.fixture
def shop() -> Shop:
    """One drawn shop."""
    return Shop.drawn(0)
