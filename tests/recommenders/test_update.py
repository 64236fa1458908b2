"""Further events count as if they had been there from the start, as far as a model can."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from implicit.cpu.als import AlternatingLeastSquares
from scipy import sparse

from catalogkit.datasets.records import Catalog, Log
from catalogkit.recommenders.base import Recommender
from catalogkit.recommenders.blend import Blend, FittedBlend
from catalogkit.recommenders.content import Content
from catalogkit.recommenders.ease import Ease
from catalogkit.recommenders.factorisation import Als, FittedAls
from catalogkit.recommenders.frequency import Frequency
from catalogkit.recommenders.neighbours import ItemNeighbours
from catalogkit.recommenders.popularity import Popularity
from tests.recommenders.conftest import SIZE, make_catalog, make_log

PRODUCTS = ["a", "b", "c", "d"]
EXACT = [
    Popularity(),
    Popularity(half_life=3),
    Frequency(),
    Frequency(half_life=3),
    Content(np.eye(4) + 0.25),
]
events = st.lists(
    st.tuples(st.sampled_from("uvwx"), st.sampled_from(PRODUCTS), st.integers(0, 9)),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("model", EXACT, ids=repr)
@settings(max_examples=25, deadline=None)
@given(first=events, second=events)
def test_a_model_that_only_counts_is_as_if_fitted_again(
    model: Recommender, first: list[tuple[str, str, int]], second: list[tuple[str, str, int]]
) -> None:
    """The same lists and scores for everybody, known or not."""
    shop = make_catalog(PRODUCTS)
    updated = model.fit(make_log(first), shop).update(make_log(second))
    expected = model.fit(make_log(first + second), shop)
    found, wanted = (fitted.recommend([*"uvwx", "nobody"], 4) for fitted in (updated, expected))
    assert np.array_equal(found.items, wanted.items)
    assert np.array_equal(found.scores, wanted.scores)


@pytest.mark.parametrize("model", [ItemNeighbours(SIZE), Ease(), Als(factors=8)], ids=repr)
def test_a_purchase_changes_the_list_of_its_user_alone(
    model: Recommender, checkerboard: Log, products: Catalog
) -> None:
    """After three odd products an even user is offered odd ones too; the other list stays.

    All histories are the same length but one, so ALS, which solves for all users again, keeps the
    order of the other user's first products within rounding.
    """
    fitted = model.fit(checkerboard, products)
    again = fitted.update(make_log([("u00", f"p{j:02}", 50) for j in (1, 3, 5)]))
    odd = [np.arange(1, SIZE, 2)] * 2
    before, after = (
        each.scores(each.interactions.rows(["u00", "u02"])) for each in (fitted, again)
    )
    gain = (after - before)[:, odd[0]].mean(axis=1)
    assert gain[0] > 0.01
    assert abs(gain[1]) < 0.1 * gain[0]


def test_the_vectors_of_users_are_those_implicit_solves_for(
    checkerboard: Log, products: Catalog
) -> None:
    """The normal equations hold for everybody, and nobody has zeros."""
    model = Als(factors=6, confidence=5, regularisation=0.5, iterations=3, seed=4)
    fitted = model.fit(checkerboard, products).update(make_log([("new", "p03", 60)]))
    assert isinstance(fitted, FittedAls)
    bought, item = fitted.interactions.bought, fitted.item.astype(np.float64)
    for row in fitted.interactions.rows(["u00", "new"]):
        own = item[bought[[row]].indices]
        left = item.T @ item + 4 * own.T @ own + 0.5 * np.eye(6)
        np.testing.assert_allclose(
            fitted.user[row], np.linalg.solve(left, 5 * own.sum(axis=0)), rtol=1e-3, atol=1e-4
        )
    theirs = AlternatingLeastSquares(factors=6, alpha=5, regularization=0.5, num_threads=1)
    theirs.item_factors = fitted.item
    expected = theirs.recalculate_user(np.arange(SIZE + 2), sparse.csr_matrix(bought))
    np.testing.assert_allclose(fitted.user, expected, rtol=1e-5, atol=1e-6)
    assert not fitted.user[-1].any()


def test_a_blend_renews_its_models_and_keeps_its_learner(
    checkerboard: Log, products: Catalog
) -> None:
    """All of them share the new interactions."""
    models = {"near": ItemNeighbours(SIZE), "popular": Popularity()}
    fitted = Blend(models, target="new", holdout=12).fit(checkerboard, products)
    again = fitted.update(make_log([("new", "p03", 60)]))
    assert isinstance(fitted, FittedBlend)
    assert isinstance(again, FittedBlend)
    assert again.learner is fitted.learner
    assert all(model.interactions is again.interactions for model in again.models.values())
