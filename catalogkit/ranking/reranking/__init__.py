"""Choose the lists that are shown from longer lists of candidates."""

from catalogkit.ranking.reranking.calibrated import calibrated
from catalogkit.ranking.reranking.dpp import dpp
from catalogkit.ranking.reranking.exposure import exposure_constrained
from catalogkit.ranking.reranking.mmr import mmr
from catalogkit.ranking.reranking.pareto import ParetoFront, linear, pareto_front
from catalogkit.ranking.reranking.quotas import quotas
from catalogkit.ranking.reranking.weighted import expected_diversity, relevance, weighted_sum
from catalogkit.ranking.reranking.xquad import xquad

__all__ = [
    "ParetoFront",
    "calibrated",
    "dpp",
    "expected_diversity",
    "exposure_constrained",
    "linear",
    "mmr",
    "pareto_front",
    "quotas",
    "relevance",
    "weighted_sum",
    "xquad",
]
