"""Trees learn an order from features, and no query is ranked by what it taught."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from catalogkit.evaluation import judge
from catalogkit.ranking import Ranking
from catalogkit.search.learning_to_rank import LambdaMart, folds_of, grades_of

QUERIES, SIZE = 60, 8
LEARNER = LambdaMart(trees=20, smallest=5)


def table(seed: int = 0) -> tuple[Ranking, np.ndarray, np.ndarray]:
    """Candidates in no order; the first of three features is the grade with a little noise."""
    rng = np.random.default_rng(seed)
    items = np.array([rng.permutation(30)[:SIZE] for _ in range(QUERIES)])
    grades = rng.integers(0, 3, items.shape)
    features = rng.standard_normal((*items.shape, 3))
    features[:, :, 0] = grades + 0.1 * features[:, :, 0]
    return Ranking(items, np.tile(np.arange(SIZE, 0, -1), (QUERIES, 1))), features, grades


def ndcg(ranking: Ranking, given: Ranking, grades: np.ndarray) -> float:
    """Measure over all queries."""
    where = (np.repeat(np.arange(QUERIES), SIZE), given.items.ravel())
    truth = sparse.csr_array((grades.ravel(), where), shape=(QUERIES, 30))
    return float(np.nanmean(judge(ranking, truth).ndcg()))


def test_it_finds_the_feature_that_tells() -> None:
    """On queries that it has not seen; the order before was one at random."""
    learned = LEARNER.fit(*table())
    given, features, grades = table(seed=1)
    assert ndcg(given, given, grades) < 0.85
    assert ndcg(learned.rank(given, features), given, grades) > 0.97


def test_equal_input_gives_equal_trees() -> None:
    """To the last bit."""
    given, features, _ = table(seed=1)
    scores = [LEARNER.fit(*table()).scores(given, features) for _ in range(2)]
    assert np.array_equal(*scores)


def test_no_query_is_ranked_by_what_it_taught() -> None:
    """A feature that names the relevant item of its own group helps only who has seen it."""
    given, features, _ = table()
    rng, group = np.random.default_rng(3), np.arange(QUERIES) // 6
    favourite = rng.integers(0, SIZE, group.max() + 1)
    grades = (np.arange(SIZE) == favourite[group][:, None]).astype(int)
    place = np.arange(SIZE) + SIZE * group[:, None]
    named = np.dstack([features[:, :, 1], place])
    seen = LEARNER.fit(given, named, grades).rank(given, named)
    fitted = LEARNER.cross_fit(given, named, grades, folds_of(group))
    assert ndcg(seen, given, grades) > 0.95
    assert ndcg(fitted.unseen(given, named), given, grades) < 0.6


def test_other_queries_are_ranked_by_all_learners_together() -> None:
    """Their mean is as good as one that has seen everything."""
    taught, features, grades = table()
    fitted = LEARNER.cross_fit(taught, features, grades, folds_of(range(QUERIES)))
    given, others, truth = table(seed=1)
    assert ndcg(fitted.rank(given, others), given, truth) > 0.97


def test_folds_never_part_a_group() -> None:
    """Ten groups of unlike size in three folds of like size."""
    groups = np.repeat(np.arange(10), np.arange(1, 11))
    fold = folds_of(groups, 3)
    assert all(len(set(fold[groups == group])) == 1 for group in range(10))
    assert np.ptp(np.bincount(fold)) <= 2
    assert np.array_equal(fold, folds_of(groups, 3))


def test_pads_teach_nothing_and_stay_last() -> None:
    """Rows of 8, 3 and 0 candidates."""
    given, features, grades = table()
    items, scores = given.items.copy(), given.scores.copy()
    items[0, 3:], scores[0, 3:], items[1], scores[1] = -1, -np.inf, -1, -np.inf
    short = Ranking(items, scores)
    ranked = LEARNER.fit(short, features, grades).rank(short, features)
    assert (ranked.items[0, 3:] == -1).all()
    assert set(ranked.items[0, :3]) == set(items[0, :3])
    assert (ranked.items[1] == -1).all()


def test_grades_are_those_of_the_candidates() -> None:
    """Ungraded items and pads have 0."""
    truth = sparse.csr_array(([2, 1], ([0, 0], [4, 7])), shape=(1, 9))
    found = grades_of(Ranking([[7, 3, 4, -1]], [[3, 2, 1, -np.inf]]), truth)
    assert found.tolist() == [[1, 0, 2, 0]]


@pytest.mark.parametrize(
    ("features", "grades", "says"),
    [
        (np.zeros((QUERIES, SIZE)), np.ones((QUERIES, SIZE)), "features are"),
        (np.zeros((QUERIES, SIZE, 1)), np.ones((QUERIES, 2)), "grades are"),
        (np.zeros((QUERIES, SIZE, 1)), np.ones((QUERIES, SIZE)), "every grade is 1"),
    ],
)
def test_what_teaches_nothing_is_refused(
    features: np.ndarray, grades: np.ndarray, says: str
) -> None:
    """Other shapes, and grades that are all equal."""
    with pytest.raises(ValueError, match=says):
        LEARNER.fit(table()[0], features, grades)


def test_one_fold_is_refused() -> None:
    """Nobody would be left to learn from."""
    with pytest.raises(ValueError, match="two or more folds"):
        LEARNER.cross_fit(*table(), np.zeros(QUERIES))


def test_a_tree_may_see_only_some_of_the_features() -> None:
    """With a third of three, trees must also split on the two that tell nothing."""
    importance = {
        share: LambdaMart(trees=20, smallest=5, feature_share=share)
        .fit(*table())
        .booster.feature_importance("split")
        for share in (1.0, 0.34)
    }
    assert importance[0.34][1:].sum() > importance[1.0][1:].sum()
