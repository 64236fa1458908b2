"""The Pareto front: weights of which none is better than another in every goal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogkit.ranking.rankings import Ranking
from catalogkit.ranking.reranking.pools import FloatArray, checked_length, take_best


@dataclass(frozen=True, eq=False)
class ParetoFront:
    """Settings that nothing tried beats in every goal at once.

    weights: float64[p, w], by falling value of the first goal; values: float64[p, goals].
    """

    weights: FloatArray
    values: FloatArray


def linear(candidates: Ranking, features: npt.ArrayLike, weights: npt.ArrayLike, k: int) -> Ranking:
    """Sort each user's candidates by a weighted sum of features, one score for every candidate.

    features: [n, c, w], finite; weights: [w]; of equal sums the candidate that stands first.
    Returns [n, k], scored k, k - 1, ... by place; padded where candidates run out.
    Raises ValueError for shapes that differ, NaN or infinite features, and k below 1.
    """
    table, weight = np.asarray(features, np.float64), np.asarray(weights, np.float64)
    if table.shape != (*candidates.items.shape, weight.size) or not np.isfinite(table).all():
        raise ValueError(
            f"features must be [users, candidates, weights], finite: {table.shape} for "
            f"candidates of {candidates.items.shape} and {weight.size} weights"
        )
    return take_best(candidates, table @ weight.ravel(), k)


def pareto_front(
    goals: Callable[[FloatArray], npt.ArrayLike], weights: int, *,
    population: int = 40, generations: int = 25, start: npt.ArrayLike | None = None, seed: int,
) -> ParetoFront:  # fmt: skip
    """Search weights in 0-1 by NSGA-II for the front of several goals, all to be maximised.

    goals: takes weights [w], returns a value a goal; it is called population * generations times.
    start: [s, w] weights to begin with, s up to the population; the others are drawn at random.
    Raises ValueError for values that are not finite and for a search without weights.
    Source: Deb et al. 2002; carried out by pymoo.
    """
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.problem import ElementwiseProblem
    from pymoo.optimize import minimize

    checked_length(weights)
    first = np.random.default_rng(seed).random((population, weights))
    if start is not None:
        given = np.atleast_2d(np.asarray(start, np.float64))[:population]
        first[: len(given)] = given

    class Problem(ElementwiseProblem):
        def _evaluate(self, x: FloatArray, out: dict[str, FloatArray]) -> None:
            out["F"] = -_checked(goals(x))

    problem = Problem(n_var=weights, n_obj=len(_checked(goals(first[0]))), xl=0.0, xu=1.0)
    found = minimize(
        problem, NSGA2(pop_size=population, sampling=first), ("n_gen", generations), seed=seed
    )
    order = np.argsort(np.atleast_2d(found.F)[:, 0], kind="stable")
    return ParetoFront(np.atleast_2d(found.X)[order], -np.atleast_2d(found.F)[order])


def _checked(values: npt.ArrayLike) -> FloatArray:
    goals = np.atleast_1d(np.asarray(values, np.float64))
    if not np.isfinite(goals).all():
        raise ValueError(f"goals must be finite numbers, got {goals.tolist()}")
    return goals
