"""Ranked lists, and their re-ranking."""

from catalogkit.ranking.rankings import Items, Ranking, Scores

__all__ = ["Items", "Ranking", "Scores"]
