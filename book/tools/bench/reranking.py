"""Re-ranking 1,000 candidates to lists of ten, beside the greedy that recomputes everything."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

from book.tools.bench import naive_reranking as naive
from catalogkit.ranking import Ranking
from catalogkit.ranking.rankings import Items
from catalogkit.ranking.reranking import calibrated, dpp, mmr, relevance, xquad
from catalogkit.ranking.reranking.calibrated import SMOOTHING
from catalogkit.ranking.reranking.dpp import SHARED

USERS, CANDIDATES, CATALOG, WIDTH, GROUPS, K, BALANCE, REPEATS = 200, 1000, 5000, 32, 17, 10, 0.7, 3
NAIVE_USERS = 4
GROWTH = 10
"""How many times the users for the exponent."""

Method = Callable[[Ranking], Items]


def measure() -> dict[str, Any]:
    """Time each re-ranker and its naive form in turn, and hold their lists together.

    The naive forms see NAIVE_USERS of the users and are extrapolated linearly to USERS. Returns
    the ratios for the timings page under "rows", CPU seconds (medians of REPEATS), and the growth
    exponent from USERS to GROWTH times as many (1 is linear) under "exponent".
    Raises ValueError when two lists differ.
    """
    candidates, few, many = (
        _candidates(USERS),
        _candidates(NAIVE_USERS),
        _candidates(USERS * GROWTH),
    )
    rows, exponents = [], {}
    for name, (ours, theirs) in _methods().items():
        if not np.array_equal(ours(few), theirs(few)):
            raise ValueError(f"{name}: the lists differ from those of the naive greedy")
        fast, slow = _clocked(ours, candidates), _clocked(theirs, few) * USERS / NAIVE_USERS
        exponents[name] = round(float(np.log10(_clocked(ours, many) / fast)), 2)
        rows.append(_row(name, fast, slow))
    return {"rows": rows, "exponent": exponents, "users": USERS, "extrapolated from": NAIVE_USERS}


def _row(name: str, ours: float, theirs: float) -> dict[str, Any]:
    return {
        "what": f"{name}: {USERS} lists of {K} from {CANDIDATES:,} candidates, CPU seconds",
        "ours": round(ours, 4),
        "against": "naive greedy, equal lists",
        "theirs": round(theirs, 1),
        "ratio": round(theirs / ours, 1),
    }


def _clocked(method: Method, candidates: Ranking) -> float:
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        method(candidates)
        times.append(time.process_time() - start)
    return median(times)


def _candidates(users: int) -> Ranking:
    """Draw scores; the first users are the same whatever the number."""
    return Ranking.from_scores(np.random.default_rng(0).random((users, CATALOG)), CANDIDATES)


def _methods() -> dict[str, tuple[Method, Method]]:
    """Give, by name, our re-ranker and the naive one on the same vectors, aspects and interests."""
    rng = np.random.default_rng(1)
    unit = rng.standard_normal((CATALOG, WIDTH))
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    aspects = rng.dirichlet(np.full(GROUPS, 0.1), CATALOG)
    wishes = rng.dirichlet(np.ones(GROUPS), USERS * GROWTH)

    def ours(method: Callable[..., Ranking], *given: Any) -> Method:  # noqa: ANN401
        return lambda c: method(c, *_for(c, given), K, balance=BALANCE).items

    def theirs(method: Callable[..., Items], *given: Any, **constant: float) -> Method:  # noqa: ANN401
        return lambda c: method(
            c.items, relevance(c), *_for(c, given), K, balance=BALANCE, **constant
        )

    return {
        "MMR": (ours(mmr, unit), theirs(naive.mmr, unit)),
        "DPP": (ours(dpp, unit), theirs(naive.dpp, unit, shared=SHARED)),
        "xQuAD": (ours(xquad, aspects, wishes), theirs(naive.xquad, aspects, wishes)),
        "calibrated": (
            ours(calibrated, aspects, wishes),
            theirs(naive.calibrated, aspects, wishes, smoothing=SMOOTHING),
        ),
    }


def _for(candidates: Ranking, given: tuple[Any, ...]) -> list[Any]:
    """Cut interests to the users at hand; vectors and aspects stay."""
    return [each[: len(candidates)] if len(each) != CATALOG else each for each in given]
