"""Choose the lists that are shown from longer lists of candidates."""

from catalogkit.ranking.reranking.mmr import mmr

__all__ = ["mmr"]
