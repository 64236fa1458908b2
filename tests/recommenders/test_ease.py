"""EASE is a ridge regression of each item on all others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from catalogkit.datasets.records import Catalog, Log
from catalogkit.recommenders.ease import Ease, FittedEase, FittedEaseByUsers
from tests.recommenders.conftest import make_catalog, make_log


@pytest.fixture(scope="module")
def log() -> Log:
    """Draw a log of 20 users and 12 products."""
    rng = np.random.default_rng(1)
    bought = np.argwhere(rng.random((20, 12)) < 0.3)
    return make_log([(f"u{i:02}", f"p{j:02}", 0) for i, j in bought])


def test_each_score_is_a_ridge_regression_on_the_other_items(log: Log, products: Catalog) -> None:
    """Scikit-learn's ridge without intercept predicts the same, column by column, both ways.

    The catalog has 40 products for 20 users; with twelve taking part, users are more.
    """
    for most_bought, kind in ((None, FittedEaseByUsers), (12, FittedEase)):
        fitted = Ease(regularisation=2.5, most_bought=most_bought).fit(log, products)
        assert type(fitted) is kind
        bought = fitted.interactions.bought.toarray()[:20]
        for j in range(12):
            others = np.delete(bought, j, axis=1)
            ridge = Ridge(alpha=2.5, fit_intercept=False).fit(others, bought[:, j])
            scores = fitted.scores(np.arange(20))[:, j]
            np.testing.assert_allclose(scores, ridge.predict(others), atol=1e-5)


def test_an_items_own_purchase_does_not_raise_its_score(log: Log, products: Catalog) -> None:
    """The map's diagonal is zero: whoever buys p03 again, or for the first time, is as before."""
    more = make_log([(f"u{i:02}", "p03", 1) for i in range(20)])
    for most_bought in (None, 12):
        fitted = Ease(regularisation=2.5, most_bought=most_bought).fit(log, products)
        rows = np.arange(20)
        before, after = fitted.scores(rows)[:, 3], fitted.update(more).scores(rows)[:, 3]
        np.testing.assert_allclose(after, before, atol=1e-6)


@given(st.integers(0, 2**32 - 1), st.integers(3, 25), st.floats(0.5, 500))
@settings(max_examples=25, deadline=None)
def test_solved_by_users_and_by_items_the_answer_is_one(
    seed: int, users: int, regularisation: float
) -> None:
    """For any log: the by-users form agrees with the inverse Gram matrix of the items."""
    rng = np.random.default_rng(seed)
    pairs = np.argwhere(rng.random((users, 30)) < 0.3)
    pairs = np.vstack([pairs, [[0, 0]]])
    catalog = make_catalog([f"p{j:02}" for j in range(30)])
    fitted = Ease(regularisation, None).fit(
        make_log([(f"u{i:02}", f"p{j:02}", 0) for i, j in pairs]), catalog
    )
    bought = fitted.interactions.bought.toarray()[:-1].astype(np.float64)
    inverse = np.linalg.inv(bought.T @ bought + regularisation * np.eye(30))
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0)
    found = fitted.scores(np.arange(len(bought)))
    np.testing.assert_allclose(found, bought @ weights, atol=2e-4)


def test_items_with_few_buyers_take_no_part(log: Log, products: Catalog) -> None:
    """Five take part; all others score zero."""
    fitted = Ease(regularisation=2.5, most_bought=5).fit(log, products)
    assert isinstance(fitted, FittedEase)
    assert set(fitted.part) == set(fitted.interactions.order[:5])
    others = np.delete(np.arange(40), fitted.part)
    assert not fitted.scores(np.arange(20))[:, others].any()


def test_without_regularisation_there_may_be_no_answer(log: Log, products: Catalog) -> None:
    """More products than users make the matrix singular; the message says what to do."""
    with pytest.raises(ValueError, match="raise the regularisation"):
        Ease(regularisation=0, most_bought=None).fit(log, products)
