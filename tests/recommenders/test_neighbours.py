"""Neighbours are those that implicit finds, and a cosine is one that can be done by hand."""

from __future__ import annotations

import numpy as np
import pytest
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender
from scipy import sparse

from catalogkit.datasets.records import Catalog, Log
from catalogkit.recommenders.neighbours import ItemNeighbours
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
