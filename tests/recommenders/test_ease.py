"""EASE is a ridge regression of each item on all others."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from catalogkit.datasets.records import Catalog, Log
from catalogkit.recommenders.ease import Ease
from tests.recommenders.conftest import make_log


@pytest.fixture(scope="module")
def log() -> Log:
    """Draw a log of 20 users and 12 products."""
    rng = np.random.default_rng(1)
    bought = np.argwhere(rng.random((20, 12)) < 0.3)
    return make_log([(f"u{i:02}", f"p{j:02}", 0) for i, j in bought])


def test_each_column_is_a_ridge_regression_on_the_others(log: Log, products: Catalog) -> None:
    """Scikit-learn's ridge without intercept, column by column, gives the same map."""
    fitted = Ease(regularisation=2.5).fit(log, products)
    bought = fitted.interactions.bought.toarray()
    for j in range(12):
        others = np.delete(np.arange(40), j)
        ridge = Ridge(alpha=2.5, fit_intercept=False).fit(bought[:, others], bought[:, j])
        np.testing.assert_allclose(fitted.weights[others, j], ridge.coef_, atol=1e-5)
    assert not np.diag(fitted.weights).any()


def test_items_with_few_buyers_take_no_part(log: Log, products: Catalog) -> None:
    """Five take part; all others score zero."""
    fitted = Ease(regularisation=2.5, most_bought=5).fit(log, products)
    assert set(fitted.part) == set(fitted.interactions.order[:5])
    others = np.delete(np.arange(40), fitted.part)
    assert not fitted.scores(np.arange(20))[:, others].any()


def test_without_regularisation_there_may_be_no_answer(log: Log, products: Catalog) -> None:
    """Products without buyers make the matrix singular; the message says what to do."""
    with pytest.raises(ValueError, match="raise the regularisation"):
        Ease(regularisation=0).fit(log, products)
