"""Factors are implicit's, from the seed."""

from __future__ import annotations

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from scipy import sparse

from catalogkit.datasets.records import Catalog, Log
from catalogkit.recommenders.factorisation import Als, Bpr
from catalogkit.recommenders.interactions import Interactions


def test_scores_are_those_of_implicit(checkerboard: Log, products: Catalog) -> None:
    """The same settings and seed there give the same products of vectors."""
    fitted = Als(factors=8, confidence=5, regularisation=0.5, iterations=3, seed=4).fit(
        checkerboard, products
    )
    theirs = AlternatingLeastSquares(
        factors=8, alpha=5, regularization=0.5, iterations=3, random_state=4, num_threads=1
    )
    theirs.fit(sparse.csr_matrix(fitted.interactions.bought), show_progress=False)
    expected = theirs.user_factors[:40] @ theirs.item_factors.T
    np.testing.assert_allclose(fitted.scores(np.arange(40)), expected, rtol=1e-4, atol=1e-5)


def test_another_seed_gives_other_vectors(checkerboard: Log, products: Catalog) -> None:
    """The seed is used."""
    interactions = Interactions.of(checkerboard, products)
    one, two = (Als(factors=4, iterations=1, seed=seed).learn(interactions) for seed in (0, 1))
    assert not np.allclose(one.item, two.item, atol=1e-3)


def test_a_user_without_history_has_no_vector(checkerboard: Log, products: Catalog) -> None:
    """The last row is nobody."""
    assert not Als(factors=4).fit(checkerboard, products).user[-1].any()


def test_bpr_is_repeated_by_its_seed_alone(checkerboard: Log, products: Catalog) -> None:
    """The same seed gives the same vectors to the last digit, another one others."""
    interactions = Interactions.of(checkerboard, products)
    one, again, two = (Bpr(4, iterations=3, seed=s).learn(interactions) for s in (0, 0, 1))
    assert np.array_equal(one.user, again.user)
    assert np.array_equal(one.item, again.item)
    assert not np.allclose(one.item, two.item, atol=1e-3)


def test_bpr_gives_nobody_no_vector(checkerboard: Log, products: Catalog) -> None:
    """Not even the constant that stands for the items' biases."""
    fitted = Bpr(4, iterations=1).fit(checkerboard, products)
    assert fitted.user[0].any()
    assert not fitted.user[-1].any()
