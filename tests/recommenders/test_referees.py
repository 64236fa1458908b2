"""Where implicit or cornac has the same model, it gives the same scores: leave-one-out on films.

cornac's UserKNN and ItemKNN are not the same model: it takes a cosine over what both users bought
alone, which for purchases is always 1, and averages where others add up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pytest
from cornac.data import BasketDataset, Dataset
from cornac.models import EASE, GPTop, MostPop
from implicit.cpu.als import AlternatingLeastSquares
from implicit.cpu.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender
from scipy import sparse

from catalogkit.datasets import films
from catalogkit.datasets.records import Catalog, Log
from catalogkit.evaluation.ranking import judge
from catalogkit.ranking import Ranking
from catalogkit.recommenders.base import Recommender
from catalogkit.recommenders.ease import Ease
from catalogkit.recommenders.factorisation import Als, Bpr
from catalogkit.recommenders.frequency import Frequency
from catalogkit.recommenders.interactions import Interactions, Matrix
from catalogkit.recommenders.neighbours import ItemNeighbours, UserNeighbours
from catalogkit.recommenders.popularity import Popularity
from tests.recommenders.conftest import make_catalog, make_log

Scores = npt.NDArray[np.floating]


def cornac(model: object, known: Interactions) -> Scores:
    """Fit a model of cornac and score every item for every user, [n, m]; 0 for unbought items."""
    user, item = known.bought.nonzero()
    data = Dataset.build([(u, i, 1.0) for u, i in zip(user, item, strict=True)], seed=0)
    model.fit(data)
    scores = np.zeros((len(known.users), len(known.items)))
    items = np.fromiter(data.iid_map, np.int64)
    for row, at in data.uid_map.items():
        scores[row, items] = np.asarray(model.score(at)).reshape(-1)
    return scores


def implicit(model: object, known: Interactions) -> Scores:
    """Fit a model of implicit on whether a user bought, and take its own lists apart."""
    return _asked(model, sparse.csr_matrix(known.bought[: len(known.users)]), known)


def implicit_factors(model: object, known: Interactions) -> Scores:
    """Fit with the empty row as well, for which random first numbers are drawn too."""
    return _asked(model, sparse.csr_matrix(known.bought), known)


def implicit_counts(model: object, known: Interactions) -> Scores:
    """Fit on how often a user bought, and ask about whether."""
    return _asked(model, sparse.csr_matrix(known.visits()[: len(known.users)]), known)


def _asked(model: object, given: sparse.csr_matrix, known: Interactions) -> Scores:
    model.fit(given, show_progress=False)
    bought = sparse.csr_matrix(known.bought[: len(known.users)])
    n, m = bought.shape
    found, values = model.recommend(np.arange(n), bought, N=m, filter_already_liked_items=False)
    scores = np.zeros((n, m))
    row, place = np.nonzero((found >= 0) & np.isfinite(values))
    scores[row, found[row, place]] = values[row, place]
    return scores


def implicit_by_users(model: object, known: Interactions) -> Scores:
    """Let implicit compare users as if they were items; leave out the users themselves."""
    bought = sparse.csr_matrix(known.bought[: len(known.users)])
    model.fit(bought.T.tocsr(), show_progress=False)
    near = model.similarity.toarray()
    np.fill_diagonal(near, 0)
    return near @ bought.toarray()


Referee = Callable[[object, Interactions], Scores]
PAIRS: Mapping[str, tuple[Recommender, Referee, Callable[[], object]]] = {
    "popularity": (Popularity(), cornac, MostPop),
    "EASE": (Ease(100.0, None), cornac, lambda: EASE(lamb=100, posB=False, verbose=False)),
    "item-kNN": (ItemNeighbours(50), implicit, lambda: CosineRecommender(50)),
    "item-kNN BM25": (
        ItemNeighbours(50, "bm25"),
        implicit_counts,
        lambda: BM25Recommender(50, 1.2),
    ),
    "user-kNN": (UserNeighbours(50), implicit_by_users, lambda: CosineRecommender(51)),
    "ALS": (
        Als(factors=16, confidence=5, regularisation=0.5, iterations=3, seed=4),
        implicit_factors,
        lambda: AlternatingLeastSquares(
            16, alpha=5, regularization=0.5, iterations=3, random_state=4, num_threads=1
        ),
    ),
    "BPR": (
        Bpr(factors=16, learning_rate=0.05, iterations=10, seed=4),
        implicit_factors,
        lambda: BayesianPersonalizedRanking(
            16, learning_rate=0.05, iterations=10, random_state=4, num_threads=1
        ),
    ),
}


@pytest.fixture(scope="module")
def film_split() -> tuple[Interactions, Matrix]:
    """Ratings of films with ten raters or more; each user's last one is left out."""
    log, catalog = films.log(), films.catalog()
    raters = log.table["product_id"].value_counts()
    kept = Catalog(catalog.table[catalog.table["product_id"].map(raters) >= 10])
    table = log.table[log.table["product_id"].isin(kept.product_id)]
    last = ~table.duplicated("user_id", keep="last")
    known = Interactions.of(Log(table[~last]), kept)
    later = (known.rows(table[last]["user_id"]), known.items.get_indexer(table[last]["product_id"]))
    shape = known.bought.shape
    return known, sparse.coo_array((np.ones(len(later[0])), later), shape=shape).tocsr()


@pytest.mark.parametrize("name", PAIRS)
def test_on_films_a_model_scores_as_its_referee(
    name: str, film_split: tuple[Interactions, Matrix]
) -> None:
    """Every score of every user to rounding, and so the nDCG of the film left out."""
    known, later = film_split
    ours, referee, theirs = PAIRS[name]
    n = len(known.users)
    found, expected = ours.learn(known).scores(np.arange(n)), referee(theirs(), known)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=2e-5)
    quality = [
        np.mean(judge(Ranking.from_scores(scores, 10, known.bought[:n]), later[:n]).ndcg())
        for scores in (found, expected)
    ]
    assert quality[0] == pytest.approx(quality[1], abs=2e-4)
    assert quality[0] > 0.01


def test_frequency_counts_as_cornac_does() -> None:
    """Its GPTop without global popularity is the user's own count of each item."""
    log = make_log([("u", "a", 0), ("u", "a", 1), ("u", "b", 1), ("v", "c", 0), ("v", "c", 5)])
    known = Interactions.of(log, make_catalog(["a", "b", "c"]))
    model = GPTop(use_global_popularity=False)
    events = [("u", 0, "a"), ("u", 1, "a"), ("u", 1, "b"), ("v", 2, "c"), ("v", 3, "c")]
    model.fit(BasketDataset.build(events))
    expected = model.score(0, [[0], [0, 1]])
    np.testing.assert_array_equal(Frequency().learn(known).scores(np.array([0]))[0], expected)
