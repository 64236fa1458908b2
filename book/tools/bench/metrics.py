"""Five ranking metrics of 100,000 lists of 100 items, beside ranx and ir_measures."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from catalogkit.evaluation import judge
from catalogkit.ranking import Ranking

USERS, WIDTH, ITEMS, RELEVANT, REPEATS = 100_000, 100, 20_000, 8, 3
NAMES = ("nDCG@10", "recall@100", "precision@100", "MAP@100", "MRR@100")
Values = tuple[float, ...]


@dataclass(frozen=True)
class Data:
    """Lists and truth as plain arrays, the form in which no library has an advantage.

    items, scores: [users, width], best first; wanted, grades: [users, RELEVANT], a grade of 0 for
    "no item": users have 1 to RELEVANT relevant items, up to two of them from their list.
    """

    items: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]
    wanted: npt.NDArray[np.int64]
    grades: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Contender:
    """A library: how it takes the arrays in, and how it then computes the five means."""

    name: str
    convert: Callable[[Data], Any]
    compute: Callable[[Any], Values]


def measure() -> dict[str, Any]:
    """Time all contenders in one process after a warm-up, and hold their values together.

    Returns the ratios for the timings page under "rows", and per library wall and CPU seconds
    (medians of REPEATS), of the conversion too, which the ratios leave out.
    Raises ValueError when a mean differs by more than 1e-6.
    """
    data = _data(seed=0)
    results = {contender.name: _time(contender, data) for contender in CONTENDERS}
    ours = results[CONTENDERS[0].name]
    for name, result in results.items():
        if not np.allclose(result["values"], ours["values"], rtol=0, atol=1e-6):
            raise ValueError(f"{name} computes {result['values']}, we {ours['values']}")
    return {"rows": _rows(results), "libraries": results}


def _rows(results: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Set the first library beside each other one, by either clock."""
    (_, ours), *others = results.items()
    return [
        {
            "what": f"{', '.join(NAMES)} of {USERS:,} lists of {WIDTH} items, {clock} seconds",
            "ours": round(ours[clock], 3),
            "against": name,
            "theirs": round(theirs[clock], 3),
            "ratio": round(theirs[clock] / ours[clock], 1),
        }
        for name, theirs in others
        for clock in ("wall", "CPU")
    ]


def _time(contender: Contender, data: Data) -> dict[str, Any]:
    """Repeat the conversion, then the computation, each after a warm-up of its own."""
    converted = contender.convert(data)
    conversions = [_clocked(contender.convert, data)[1:] for _ in range(REPEATS)]
    values = contender.compute(converted)
    runs = [_clocked(contender.compute, converted)[1:] for _ in range(REPEATS)]
    return {
        "values": [float(value) for value in values],
        "wall": median(wall for wall, _ in runs),
        "CPU": median(cpu for _, cpu in runs),
        "conversion wall": median(wall for wall, _ in conversions),
        "conversion CPU": median(cpu for _, cpu in conversions),
    }


def _clocked(function: Callable[[Any], Any], argument: Any) -> tuple[Any, float, float]:  # noqa: ANN401
    wall, cpu = time.perf_counter(), time.process_time()
    result = function(argument)
    return result, time.perf_counter() - wall, time.process_time() - cpu


def _data(seed: int) -> Data:
    """Draw lists without repeats, strictly falling scores, and truth that some lists hit."""
    rng = np.random.default_rng(seed)
    bins = ITEMS // WIDTH
    items = rng.permuted(rng.integers(0, bins, (USERS, WIDTH)) + np.arange(WIDTH) * bins, axis=1)
    scores = -np.cumsum(rng.random((USERS, WIDTH)) + 0.01, axis=1)
    slots = ITEMS // RELEVANT
    wanted = rng.integers(0, slots, (USERS, RELEVANT)) + np.arange(RELEVANT) * slots
    for column in rng.permutation(RELEVANT)[:2]:
        listed = items[np.arange(USERS), rng.integers(0, WIDTH, USERS)]
        fresh = (wanted != listed[:, None]).all(axis=1)
        wanted[fresh, column] = listed[fresh]
    grades = (np.arange(RELEVANT) < rng.integers(1, RELEVANT + 1, USERS)[:, None]).astype(float)
    return Data(items, scores, rng.permuted(wanted, axis=1), grades)


def _our_input(data: Data) -> tuple[Ranking, sparse.csr_array]:
    users, places = np.nonzero(data.grades)
    cells = (users, data.wanted[users, places])
    truth = sparse.csr_array((data.grades[users, places], cells), shape=(USERS, ITEMS))
    return Ranking(data.items.astype(np.int32), data.scores.astype(np.float32)), truth


def _our_values(given: tuple[Ranking, sparse.csr_array]) -> Values:
    judged = judge(*given)
    metrics = (
        judged.ndcg(10),
        judged.recall(WIDTH),
        judged.precision(WIDTH),
        judged.average_precision(WIDTH),
        judged.reciprocal_rank(WIDTH),
    )
    return tuple(float(values.mean()) for values in metrics)


def _ranx_input(data: Data) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Stack ids and scores: the plain arrays that ranx evaluates faster than its own classes."""
    return np.stack([data.wanted, data.grades], axis=2), np.stack([data.items, data.scores], axis=2)


def _ranx_values(given: tuple[Any, Any]) -> Values:
    from ranx import evaluate  # takes seconds to import

    names = ("ndcg@10", f"recall@{WIDTH}", f"precision@{WIDTH}", f"map@{WIDTH}", f"mrr@{WIDTH}")
    means = evaluate(*given, list(names))
    return tuple(means[name] for name in names)


def _ir_measures_input(data: Data) -> tuple[Any, dict[str, dict[str, float]], list[Any]]:
    """Build the dictionaries that pytrec_eval reads, and its evaluator with the truth inside."""
    import ir_measures
    from ir_measures import AP, RR, P, R, nDCG

    ids = np.char.mod("%d", np.arange(ITEMS)).tolist()
    run, qrels = {}, {}
    for user in range(USERS):
        listed, wanted = data.items[user].tolist(), data.wanted[user][data.grades[user] > 0]
        names = [ids[item] for item in listed]
        run[str(user)] = dict(zip(names, data.scores[user].tolist(), strict=True))
        qrels[str(user)] = {ids[item]: 1 for item in wanted.tolist()}
    measures = [nDCG @ 10, R @ WIDTH, P @ WIDTH, AP @ WIDTH, RR @ WIDTH]
    return ir_measures.evaluator(measures, qrels), run, measures


def _ir_measures_values(given: tuple[Any, dict[str, dict[str, float]], list[Any]]) -> Values:
    evaluator, run, measures = given
    means = evaluator.calc_aggregate(run)
    return tuple(means[measure] for measure in measures)


CONTENDERS = (
    Contender("catalogkit", _our_input, _our_values),
    Contender("ranx", _ranx_input, _ranx_values),
    Contender("ir_measures", _ir_measures_input, _ir_measures_values),
)
