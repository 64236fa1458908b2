"""Ranking metrics by hand, by property, and against ir_measures and scikit-learn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from catalogkit.evaluation import Judged, auc, judge
from catalogkit.ranking import Ranking

ITEMS, WIDTH = 12, 5
GRADES = st.lists(
    st.lists(st.integers(0, 3), min_size=ITEMS, max_size=ITEMS), min_size=1, max_size=6
)
METRICS: dict[str, Callable[[Judged, int], np.ndarray]] = {
    "precision": lambda judged, at: judged.precision(at),
    "recall": lambda judged, at: judged.recall(at),
    "f1": lambda judged, at: judged.f1(at),
    "hit_rate": lambda judged, at: judged.hit_rate(at),
    "reciprocal_rank": lambda judged, at: judged.reciprocal_rank(at),
    "map": lambda judged, at: judged.average_precision(at),
    "map_reachable": lambda judged, at: judged.average_precision(at, divide_by="reachable"),
    "ndcg": lambda judged, at: judged.ndcg(at),
    "ndcg_exponential": lambda judged, at: judged.ndcg(at, gain="exponential"),
}


def ranking_of(rows: list[list[int]]) -> Ranking:
    """Rank the items as written, with scores that fall from left to right."""
    items = np.array(rows)
    scores = np.broadcast_to(-np.arange(items.shape[1], dtype=float), items.shape)
    return Ranking(items, np.where(items < 0, -np.inf, scores))


def random_ranking(n: int, k: int, items: int, seed: int) -> Ranking:
    """Rank k of the items at random, with a tail of pads in every third row."""
    scores = np.random.default_rng(seed).random((n, items))
    scores[::3, k // 2 :] = -np.inf
    return Ranking.from_scores(scores, k)


def test_a_list_worked_out_by_hand() -> None:
    """Hits at positions 1 and 3 of five, three relevant items, cut at 3."""
    judged = judge(ranking_of([[4, 0, 7, 1, 2]]), sparse.csr_array([[0, 0, 0, 0, 1, 0, 0, 1, 1]]))
    assert judged.precision(3) == pytest.approx([2 / 3])
    assert judged.recall(3) == pytest.approx([2 / 3])
    assert judged.f1(3) == pytest.approx([2 / 3])
    assert judged.reciprocal_rank(3) == pytest.approx([1.0])
    assert judged.average_precision(3) == pytest.approx([(1 / 1 + 2 / 3) / 3])
    assert judged.dcg(3) == pytest.approx([1 + 1 / np.log2(4)])
    assert judged.ndcg(3) == pytest.approx([1.5 / (1 + 1 / np.log2(3) + 0.5)])
    assert judged.r_precision() == pytest.approx([2 / 3])


def test_exponential_gain_of_grade_three_is_seven() -> None:
    """2^3 - 1 at the second position."""
    judged = judge(ranking_of([[0, 1]]), sparse.csr_array([[0, 3]]))
    assert judged.dcg(gain="exponential") == pytest.approx([7 / np.log2(3)])
    assert judged.dcg(gain="linear") == pytest.approx([3 / np.log2(3)])


def test_the_two_kinds_of_map_differ_when_more_is_relevant_than_the_list_can_hold() -> None:
    """Two hits in a list of two, four relevant: 1 of what was reachable, 1/2 of all."""
    judged = judge(ranking_of([[0, 1]]), sparse.csr_array([[1, 1, 1, 1]]))
    assert judged.average_precision(divide_by="reachable") == pytest.approx([1.0])
    assert judged.average_precision(divide_by="relevant") == pytest.approx([0.5])


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_a_user_without_relevant_items_is_nan_and_counted(
    metric: Callable[[Judged, int], np.ndarray],
) -> None:
    """No metric invents a value for a user of whom nothing is known."""
    judged = judge(ranking_of([[0, 1], [0, 1]]), sparse.csr_array([[0, 0], [1, 0]]))
    assert np.isnan(metric(judged, 2)).tolist() == [True, False]
    assert judged.has_truth.tolist() == [False, True]
    assert judged.without_truth == 1


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
@given(GRADES, st.integers(1, WIDTH), st.integers(0, 99))
def test_metrics_lie_between_zero_and_one_and_follow_their_user(
    metric: Callable[[Judged, int], np.ndarray], grades: list[list[int]], at: int, seed: int
) -> None:
    """Reversing the users reverses the values; none leaves [0, 1]."""
    truth = sparse.csr_array(np.array(grades))
    ranking = random_ranking(len(grades), WIDTH, ITEMS, seed)
    values = metric(judge(ranking, truth), at)
    back = Ranking(ranking.items[::-1], ranking.scores[::-1])
    assert np.array_equal(metric(judge(back, truth[::-1]), at), values[::-1], equal_nan=True)
    known = values[~np.isnan(values)]
    assert ((known >= 0) & (known <= 1 + 1e-12)).all()
    assert np.isnan(values).sum() == sum(not any(row) for row in grades)


@pytest.mark.parametrize(
    "metric", [name for name in METRICS if name not in ("precision", "recall", "f1", "map")]
)
@given(GRADES, st.integers(1, ITEMS))
def test_the_best_ranking_scores_one(metric: str, grades: list[list[int]], at: int) -> None:
    """Items in the order of their grades cannot be beaten at any cut."""
    table = np.array(grades)
    ideal = ranking_of(np.argsort(-table, axis=1, kind="stable").tolist())
    judged = judge(ideal, sparse.csr_array(table))
    values = METRICS[metric](judged, at)[judged.has_truth]
    assert values == pytest.approx(np.ones(len(values)))


@given(GRADES, st.integers(0, 99))
def test_counting_metrics_never_fall_as_the_list_grows(grades: list[list[int]], seed: int) -> None:
    """Recall, hit rate, reciprocal rank, MAP and DCG are monotone in the cut."""
    judged = judge(random_ranking(len(grades), WIDTH, ITEMS, seed), sparse.csr_array(grades))
    for metric in (
        judged.recall,
        judged.hit_rate,
        judged.reciprocal_rank,
        judged.average_precision,
        judged.dcg,
    ):
        table = np.array([metric(at) for at in range(1, WIDTH + 1)])[:, judged.has_truth]
        assert (np.diff(table, axis=0) >= 0).all()


@given(GRADES, st.integers(0, 99))
def test_an_irrelevant_item_at_the_end_changes_only_what_counts_positions(
    grades: list[list[int]], seed: int
) -> None:
    """Recall, MAP, MRR, DCG, and nDCG at the same cut, are those of the shorter list."""
    table = np.array(grades)
    ranking = random_ranking(len(grades), WIDTH, ITEMS, seed)
    pad = np.full((len(grades), 1), -np.inf)
    full = (ranking.items >= 0).all(axis=1)[:, None]
    extra = np.where(full, ITEMS, -1)
    longer = Ranking(
        np.hstack([ranking.items, extra]),
        np.hstack([ranking.scores, np.where(full, ranking.scores[:, -1:], pad)]),
    )
    one, two = (
        judge(ranking, sparse.csr_array(table)),
        judge(longer, sparse.csr_array(np.hstack([table, np.zeros_like(table[:, :1])]))),
    )
    for name in ("recall", "reciprocal_rank", "average_precision", "hits", "dcg"):
        assert np.array_equal(getattr(one, name)(), getattr(two, name)(), equal_nan=True)
    assert np.array_equal(one.ndcg(), two.ndcg(WIDTH), equal_nan=True)


def test_a_better_order_of_the_same_items_has_a_higher_ndcg() -> None:
    """Moving the higher grade forward pays."""
    truth = sparse.csr_array([[3, 1, 0]])
    ordered = [
        judge(ranking_of([row]), truth).ndcg()[0] for row in ([0, 1, 2], [1, 0, 2], [2, 1, 0])
    ]
    assert ordered == sorted(ordered, reverse=True)
    assert len(set(ordered)) == 3


def test_stored_zeros_and_duplicates_in_the_truth_are_cleaned_in_a_copy() -> None:
    """A judged zero is irrelevant, two entries of an item are one, the input stays as it was."""
    truth = sparse.csr_array(([0.0, 1.0, 1.0], [0, 1, 1], [0, 3]), shape=(1, 3))
    judged = judge(ranking_of([[1, 0]]), truth)
    assert judged.relevant.tolist() == [1]
    assert judged.precision().tolist() == [0.5]
    assert truth.nnz == 3


def test_more_users_than_one_chunk_holds_are_judged_alike() -> None:
    """Chunks are seamless: every item ranked at its own position is found there."""
    n, k = 12_000, 100
    ranking = ranking_of([list(range(k))] * n)
    wanted = np.arange(n) % k
    truth = sparse.csr_array((np.ones(n), wanted, np.arange(n + 1)), shape=(n, k))
    assert judge(ranking, truth).position.tolist() == wanted.tolist()


def test_auc_needs_both_kinds_of_item() -> None:
    """All relevant or none: NaN; relevant first: 1; last: 0."""
    truth = sparse.csr_array([[1, 1], [0, 0], [1, 0], [0, 1]])
    values = auc([[2.0, 1.0]] * 4, truth)
    assert np.isnan(values[:2]).all()
    assert values[2:].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda r: judge(r, sparse.csr_array([[1, 1]])), "1 rows for 2 users"),
        (lambda r: judge(r, sparse.csr_array([[1], [1]])), "item 1 of a catalog of 1"),
        (lambda r: judge(r, sparse.csr_array([[1, -1], [0, 0]])), "negative or NaN"),
        (lambda r: judge(r, sparse.csr_array([[1, np.nan], [0, 0]])), "negative or NaN"),
        (lambda r: judge(r, sparse.eye_array(2)).recall(3), "cannot measure at 3"),
        (lambda r: judge(r, sparse.eye_array(2)).ndcg(0), "cannot measure at 0"),
        (lambda _: auc([[1.0, np.inf]], sparse.csr_array([[1, 0]])), "finite"),
        (lambda _: auc([[1.0, 2.0, 3.0]], sparse.csr_array([[1, 0]])), "shapes differ"),
        (lambda _: auc([[1.0, 2.0]], sparse.eye_array(1, 2), sparse.eye_array(1, 2)), "excluded"),
    ],
)
def test_what_cannot_be_judged_is_refused(call: Callable[[Ranking], object], says: str) -> None:
    """Misaligned users or items, bad grades and cuts beyond the list have their own messages."""
    with pytest.raises(ValueError, match=says):
        call(ranking_of([[0, 1], [1, 0]]))
