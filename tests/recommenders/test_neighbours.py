"""Neighbours are those that implicit finds, and a cosine is one that can be done by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender
from scipy import sparse

from catalogkit.datasets.records import Catalog, Log
from catalogkit.recommenders.neighbours import ItemNeighbours, UserNeighbours, Weighting
from tests.recommenders.conftest import make_catalog, make_log


def test_a_similarity_is_the_cosine_of_the_buyers() -> None:
    """Two buy a, one of them b as well: 1 / sqrt(2 * 1)."""
    log = make_log([("u", "a", 0), ("v", "a", 0), ("v", "b", 0), ("w", "c", 0)])
    fitted = ItemNeighbours(3).fit(log, make_catalog(["a", "b", "c"]))
    root = 0.5**0.5
    expected = [[1, root, 0], [root, 1, 0], [0, 0, 1]]
    np.testing.assert_allclose(fitted.similarity.toarray(), expected, rtol=1e-6)
    np.testing.assert_allclose(fitted.scores(fitted.interactions.rows("u"))[0], [1, root, 0])


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (ItemNeighbours(7), CosineRecommender(K=7)),
        (ItemNeighbours(7, "bm25", k1=2, b=0.5), BM25Recommender(K=7, K1=2, B=0.5)),
    ],
)
def test_scores_are_those_of_implicit(
    ours: ItemNeighbours, theirs: CosineRecommender, products: Catalog
) -> None:
    """On a random log, every score of every user."""
    rng = np.random.default_rng(0)
    log = make_log([(f"u{a}", f"p{b:02}", int(t)) for t, (a, b) in enumerate(
        zip(rng.integers(0, 15, 200), rng.integers(0, 40, 200), strict=True))])  # fmt: skip
    fitted = ours.fit(log, products)
    counts = fitted.interactions.visits if ours.weighting == "bm25" else None
    users = len(fitted.interactions.users)
    given = (counts() if counts else fitted.interactions.bought)[:users]
    theirs.fit(sparse.csr_matrix(given), show_progress=False)
    expected = (fitted.interactions.bought[:users] @ theirs.similarity).toarray()
    np.testing.assert_allclose(fitted.scores(np.arange(users)), expected, rtol=1e-4)


def test_an_unknown_weighting_is_refused(checkerboard: Log, products: Catalog) -> None:
    """The message lists those there are."""
    with pytest.raises(ValueError, match="cosine, bm25"):
        ItemNeighbours(3, "jaccard").fit(checkerboard, products)  # type: ignore[arg-type]


def test_a_purchase_of_long_ago_weighs_less_by_half_lives() -> None:
    """A was bought four days before b, two half-lives: its neighbours count a quarter."""
    log = make_log([("u", "a", 0), ("u", "b", 4), ("v", "a", 4), ("v", "c", 4), ("w", "b", 4)])
    catalog = make_catalog(["a", "b", "c"])
    plain, timed = (ItemNeighbours(3, half_life=life).fit(log, catalog) for life in (None, 2.0))
    np.testing.assert_array_equal(timed.similarity.toarray(), plain.similarity.toarray())
    near = plain.similarity.toarray()
    scores = timed.scores(timed.interactions.rows(["u"]))[0]
    np.testing.assert_allclose(scores, near[0] / 4 + near[1], rtol=1e-6)


def test_users_are_alike_by_the_cosine_of_what_they_bought() -> None:
    """Of u's and v's two items one is common: 1/2; w shares nothing; none is its own neighbour."""
    log = make_log([("u", "a", 0), ("u", "b", 0), ("v", "b", 0), ("v", "c", 0), ("w", "d", 0)])
    fitted = UserNeighbours(2).fit(log, make_catalog(["a", "b", "c", "d"]))
    expected = [[0, 0.5, 0], [0.5, 0, 0], [0, 0, 0]]
    np.testing.assert_allclose(fitted.similarity.toarray(), expected, rtol=1e-6)
    scores = fitted.scores(fitted.interactions.rows(["u", "w", "nobody"]))
    np.testing.assert_allclose(scores, [[0, 0.5, 0.5, 0], [0] * 4, [0] * 4], rtol=1e-6)


@pytest.mark.parametrize("weighting", ["cosine", "bm25"])
def test_no_user_has_more_neighbours_than_asked_for(
    weighting: Weighting, checkerboard: Log, products: Catalog
) -> None:
    """Also where some are alike to the last item, so that the user is not the nearest."""
    twins = make_log([(f"t{k}", "p03", 1) for k in range(6)])
    log = Log(pd.concat([checkerboard.table, twins.table], ignore_index=True))
    near = UserNeighbours(2, weighting).fit(log, products).similarity
    assert (np.diff(near.indptr) == 2).all()
    assert not near.diagonal().any()


def test_rare_items_make_users_more_alike_by_bm25() -> None:
    """U shares with v what all buy, with w what they alone buy."""
    everybody = [(name, "salt", 0) for name in "uvwxyz"]
    log = make_log([*everybody, ("u", "yuzu", 0), ("w", "yuzu", 0), ("v", "rice", 0)])
    catalog = make_catalog(["salt", "yuzu", "rice"])
    u, v, w = 0, 1, 2
    near = UserNeighbours(5, "bm25").fit(log, catalog).similarity.toarray()
    assert near[u, w] > 0.9 > 0.1 > near[u, v]


def test_further_events_find_neighbours_as_fitting_again_does(
    checkerboard: Log, products: Catalog
) -> None:
    """Everything is the same to the last digit."""
    more = make_log([("new", "p00", 41), ("u01", "p04", 41)])
    whole = Log(pd.concat([checkerboard.table, more.table], ignore_index=True))
    renewed = UserNeighbours(5).fit(checkerboard, products).update(more)
    again = UserNeighbours(5).fit(whole, products)
    assert np.array_equal(renewed.similarity.toarray(), again.similarity.toarray())
