"""Chances are counted from basket to basket, and can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from catalogkit.datasets.records import Catalog, Log
from catalogkit.recommenders.markov import Markov
from tests.recommenders.conftest import make_catalog, make_log


def test_a_chance_is_a_share_of_baskets_drawn_towards_popularity() -> None:
    """After a: b twice, c once of 2; after b: c once of 1. Shares of five baskets: 2, 2, 2.

    With smoothing 1, b after a is (2 + 2/5) / (2 + 1) and c after b is (1 + 2/5) / (1 + 1).
    """
    log = make_log(
        [("u", "a", 0), ("u", "b", 1), ("u", "c", 2), ("v", "a", 0), ("v", "b", 1), ("v", "c", 1)]
    )
    fitted = Markov(smoothing=1).fit(log, make_catalog(["a", "b", "c"]))
    chance = fitted.chance.toarray() + np.outer(fitted.prior, fitted.share)
    expected = [[0.4 / 3, 2.4 / 3, 1.4 / 3], [0.4 / 2, 0.4 / 2, 1.4 / 2], [0.4, 0.4, 0.4]]
    np.testing.assert_allclose(chance, expected, rtol=1e-6)


def test_a_score_is_the_mean_over_the_last_basket_alone() -> None:
    """User v last bought b and c; what v bought before says nothing. A stranger has zeros."""
    log = make_log(
        [("u", "a", 0), ("u", "b", 1), ("u", "c", 2), ("v", "a", 0), ("v", "b", 1), ("v", "c", 1)]
    )
    fitted = Markov(smoothing=1).fit(log, make_catalog(["a", "b", "c"]))
    scores = fitted.scores(fitted.interactions.rows(["v", "nobody"]))
    np.testing.assert_allclose(scores, [[0.3, 0.3, 0.55], [0, 0, 0]], rtol=1e-6)


def test_an_update_moves_the_last_basket_and_no_chance() -> None:
    """Once u buys a again, b is next, as it was for those before."""
    log = make_log([("u", "a", 0), ("u", "b", 1), ("v", "a", 0), ("v", "b", 1)])
    fitted = Markov().fit(log, make_catalog(["a", "b", "c"]))
    renewed = fitted.update(make_log([("u", "a", 2)]))
    assert renewed.recommend(["u"], 1).items.tolist() == [[1]]
    assert np.array_equal(renewed.chance.toarray(), fitted.chance.toarray())


def test_without_smoothing_an_item_never_followed_has_no_chance(
    checkerboard: Log, products: Catalog
) -> None:
    """It would be nothing over nothing, so zero is refused."""
    with pytest.raises(ValueError, match="smoothing=0: must be above 0"):
        Markov(smoothing=0).fit(checkerboard, products)
