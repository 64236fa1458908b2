"""Ranked lists, and their re-ranking."""

from catalogkit.ranking.rankings import Ranking

__all__ = ["Ranking"]
