"""Ranking metrics against trec_eval (through ir_measures) and scikit-learn, user by user."""

from __future__ import annotations

from collections.abc import Callable

import ir_measures
import numpy as np
import pytest
from ir_measures import AP, RR, P, R, Rprec, Success, nDCG
from scipy import sparse
from sklearn.metrics import ndcg_score, roc_auc_score

from catalogkit.evaluation import Judged, auc, judge
from catalogkit.ranking import Ranking


def random_truth(n: int, items: int, grade: int, seed: int) -> sparse.csr_array:
    """Grade a tenth of the items from 1 to `grade`, at least one a user."""
    rng = np.random.default_rng(seed)
    table = rng.integers(1, grade + 1, (n, items)) * (rng.random((n, items)) < 0.1)
    table[np.arange(n), rng.integers(0, items, n)] = grade
    return sparse.csr_array(table)


def by_ir_measures(measure: object, ranking: Ranking, truth: sparse.csr_array) -> list[float]:
    """Ask the referee for the value of every user."""
    rows = truth.tocoo()
    qrels = [
        ir_measures.Qrel(str(user), str(item), int(grade))
        for user, item, grade in zip(rows.row, rows.col, rows.data, strict=True)
    ]
    run = [
        ir_measures.ScoredDoc(str(user), str(item), -float(place))
        for user, row in enumerate(ranking.items)
        for place, item in enumerate(row)
        if item >= 0
    ]
    values = {m.query_id: m.value for m in ir_measures.iter_calc([measure], qrels, run)}
    return [values[str(user)] for user in range(len(ranking))]


@pytest.mark.parametrize(
    ("ours", "measure"),
    [
        (lambda judged: judged.ndcg(10), nDCG @ 10),
        (lambda judged: judged.ndcg(), nDCG),
        (lambda judged: judged.precision(10), P @ 10),
        (lambda judged: judged.recall(10), R @ 10),
        (lambda judged: judged.average_precision(), AP),
        (lambda judged: judged.average_precision(10), AP @ 10),
        (lambda judged: judged.reciprocal_rank(), RR),
        (lambda judged: judged.reciprocal_rank(10), RR @ 10),
        (lambda judged: judged.hit_rate(10), Success @ 10),
        (lambda judged: judged.r_precision(), Rprec),
    ],
)
def test_every_user_has_the_value_that_trec_eval_gives(
    ours: Callable[[Judged], np.ndarray], measure: object
) -> None:
    """Graded truth, short lists, 150 users: equal to the referee user by user."""
    scores = np.random.default_rng(0).random((150, 60))
    scores[::3, 15:] = -np.inf
    ranking = Ranking.from_scores(scores, 30)
    truth = random_truth(150, 60, grade=4, seed=1)
    expected = by_ir_measures(measure, ranking, truth)
    assert ours(judge(ranking, truth)) == pytest.approx(expected, abs=1e-6)
    assert 0.01 < np.mean(expected) < 0.99


@pytest.mark.parametrize("gain", ["linear", "exponential"])
def test_both_gains_are_those_of_scikit_learn(gain: str) -> None:
    """Scikit-learn's nDCG takes the gains themselves: grades, or 2^grade - 1."""
    scores = np.random.default_rng(0).random((50, 40))
    truth = random_truth(50, 40, grade=4, seed=1)
    grades = truth.toarray().astype(float)
    gains = grades if gain == "linear" else 2**grades - 1
    expected = [ndcg_score([g], [s], k=10) for g, s in zip(gains, scores, strict=True)]
    judged = judge(Ranking.from_scores(scores, 10), truth)
    assert judged.ndcg(gain=gain) == pytest.approx(expected, abs=1e-9)


def test_auc_is_that_of_scikit_learn_user_by_user() -> None:
    """Ties count half, and excluded items take no part."""
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 8, (40, 30)).astype(float)
    truth = random_truth(40, 30, grade=1, seed=1)
    relevant = truth.toarray() > 0
    out = (rng.random((40, 30)) < 0.2) & ~relevant
    expected = [roc_auc_score(t[~o], s[~o]) for t, s, o in zip(relevant, scores, out, strict=True)]
    assert auc(scores, truth, sparse.csr_array(out)) == pytest.approx(expected)
