"""Learn from the retail log and rank ten items for every household, beside implicit and cornac."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from catalogkit.datasets import complete_journey
from catalogkit.datasets.records import Catalog, Log
from catalogkit.datasets.rolling_up import roll_up, roll_up_log
from catalogkit.evaluation.resources import in_fresh_process
from catalogkit.recommenders.base import Recommender
from catalogkit.recommenders.ease import Ease
from catalogkit.recommenders.factorisation import Als
from catalogkit.recommenders.interactions import Interactions
from catalogkit.recommenders.neighbours import ItemNeighbours

K, TIMES, FEWEST = 10, 10, 4
"""Length of the lists; how many times the households are drawn; buyers that an item must have."""

Best = npt.NDArray[np.float32]
Work = Callable[[Interactions], Best]


@dataclass(frozen=True)
class Contest:
    """One model and another library's; each fits, ranks and returns the scores of its lists."""

    what: str
    level: str
    ours: Recommender
    against: str
    theirs: Work | None = None
    grown: bool = True


def measure() -> dict[str, Any]:
    """Time fit and rank, one thread each, in one process, and hold the lists' scores together.

    Returns the ratios of CPU seconds for the timings page under "rows"; CPU and wall seconds under
    "seconds", also of ten times as many households, drawn with replacement; "exponent": the growth
    between, 1 is linear; "peak": MB that item-kNN takes beside the log.
    Raises ValueError when the scores of two lists differ by more than rounding.
    """
    logs = {level: _log(level) for level in ("product", "product_type")}
    rows, seconds, exponents = [], {}, {}
    for contest in CONTESTS:
        known = logs[contest.level]
        mine = partial(_ours, contest.ours)
        took, best = _clocked(mine, known)
        name = f"{contest.what}, {len(known.items):,} items, {len(known.users):,} households"
        theirs = _compared(contest, known, best)
        rows.append(_row(name, took, contest.against, theirs))
        seconds[name] = {"ours": took, "theirs": theirs}
        if contest.grown:
            more, _ = _clocked(mine, _drawn(known))
            seconds[f"{name}, {TIMES} times drawn"] = {"ours": more}
            exponents[name] = round(math.log(more["cpu"] / took["cpu"]) / math.log(TIMES), 2)
    cost = in_fresh_process(partial(_ours, ItemNeighbours(), logs["product"]))
    return {
        "rows": rows,
        "seconds": seconds,
        "exponent": exponents,
        "peak": round(cost.peak_bytes / 2**20),
    }


def _row(
    name: str, ours: dict[str, float], against: str, theirs: dict[str, float] | None
) -> dict[str, Any]:
    return {
        "what": f"fit + rank: {name}, CPU seconds",
        "ours": ours["cpu"],
        "against": against,
        "theirs": theirs["cpu"] if theirs else "not run",
        "ratio": round(theirs["cpu"] / ours["cpu"], 1) if theirs else "–",
    }


def _clocked(work: Work, known: Interactions) -> tuple[dict[str, float], Best]:
    """Run on a copy that has computed nothing yet."""
    fresh = replace(known)
    cpu, wall = time.process_time(), time.perf_counter()
    best = work(fresh)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"cpu": round(cpu, 2), "wall": round(wall, 2)}, best


def _compared(contest: Contest, known: Interactions, best: Best) -> dict[str, float] | None:
    if contest.theirs is None:
        return None
    took, expected = _clocked(contest.theirs, known)
    if not np.allclose(best, expected, rtol=1e-3, atol=1e-4):
        apart = np.abs(best - expected).max()
        raise ValueError(f"{contest.what}: scores differ by up to {apart} from {contest.against}")
    return took


def _log(level: str) -> Interactions:
    """Return the whole log on a level, of items that some households bought."""
    log, catalog = complete_journey.log(), complete_journey.catalog()
    if level != "product":
        log, catalog = roll_up_log(log, catalog, level), roll_up(catalog, level)
    buyers = log.table.groupby("product_id")["user_id"].nunique()
    kept = catalog.table["product_id"].map(buyers) >= FEWEST
    catalog = Catalog(catalog.table[kept].reset_index(drop=True))
    return Interactions.of(
        Log(log.table[log.table["product_id"].isin(catalog.product_id)]), catalog
    )


def _drawn(known: Interactions) -> Interactions:
    """Draw ten times as many households, each with the history of one there is."""
    n = len(known.users)
    drawn = np.random.default_rng(0).integers(0, n, TIMES * n)
    order = np.argsort(known.user, kind="stable")
    start = np.searchsorted(known.user[order], np.arange(n + 1))
    length = np.diff(start)[drawn]
    shift = start[drawn] - np.cumsum(length) + length
    events = order[np.repeat(shift, length) + np.arange(length.sum())]
    return Interactions(
        pd.RangeIndex(TIMES * n),
        known.items,
        np.repeat(np.arange(TIMES * n), length),
        known.item[events],
        known.time[events],
        known.end,
    )


def _ours(model: Recommender, known: Interactions) -> Best:
    return model.learn(known).rank(np.arange(len(known.users)), K).scores


def _implicit_neighbours(known: Interactions) -> Best:
    from implicit.nearest_neighbours import CosineRecommender

    return _implicit(CosineRecommender(ItemNeighbours.neighbours, num_threads=1), known)


def _implicit_als(known: Interactions) -> Best:
    from implicit.cpu.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(
        factors=Als.factors,
        alpha=Als.confidence,
        regularization=Als.regularisation,
        iterations=Als.iterations,
        random_state=Als.seed,
        num_threads=1,
    )
    return _implicit(model, known)


def _implicit(model: Any, known: Interactions) -> Best:  # noqa: ANN401 (of implicit)
    given = sparse.csr_matrix(known.bought)
    model.fit(given, show_progress=False)
    users = np.arange(len(known.users))
    found = model.recommend(users, given[users], N=K, filter_already_liked_items=False)
    return np.asarray(found[1], np.float32)


def _cornac_ease(known: Interactions) -> Best:
    from cornac.data import Dataset
    from cornac.models import EASE

    user, item = known.bought.nonzero()
    data = Dataset.build([(u, i, 1.0) for u, i in zip(user, item, strict=True)], seed=0)
    model = EASE(lamb=Ease.regularisation, posB=False, verbose=False).fit(data)
    best = [np.sort(model.rank(data.uid_map[u], k=K)[1])[::-1][:K] for u in np.unique(user)]
    return np.asarray(best, np.float32)


CONTESTS = (
    Contest("item-kNN", "product", ItemNeighbours(), "implicit, cosine", _implicit_neighbours),
    Contest("ALS", "product", Als(), "implicit", _implicit_als),
    Contest("EASE", "product_type", Ease(), "cornac", _cornac_ease),
    Contest(
        "EASE by users", "product", Ease(most_bought=None), "cornac: cubic in items", grown=False
    ),
)
