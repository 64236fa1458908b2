"""Items without buyers are placed among the others by what is known of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from catalogkit.recommenders.cold_start import ColdStart
from catalogkit.recommenders.ease import Ease
from catalogkit.recommenders.frequency import Frequency
from catalogkit.recommenders.interactions import Interactions
from catalogkit.recommenders.popularity import Popularity
from tests.recommenders.conftest import make_catalog, make_log

ITEMS = ["tea", "beer", "new tea", "new beer"]
VECTORS = np.array([[1.0, 0], [0, 1], [1, 0], [0, 1]])
BUYS = [("t", "tea", 0), ("t", "tea", 1), ("b", "beer", 0), *((f"b{i}", "beer", 0) for i in "123")]
SHOP = Interactions.of(make_log(BUYS), make_catalog(ITEMS))


def scores(user: str, model: Any, **settings: Any) -> list[float]:  # noqa: ANN401
    """Score the four items for one user."""
    fitted = ColdStart(model, VECTORS, **settings).learn(SHOP)
    return [float(x) for x in fitted.scores(SHOP.rows([user]))[0]]


def test_an_item_is_scored_like_its_nearest() -> None:
    """Who bought tea twice has a score of 2 for it, and so for the new tea; beer has none."""
    assert scores("t", Frequency(), prior=0, neighbours=1) == [2, 0, 2, 0]


def test_neighbours_weigh_by_their_cosine() -> None:
    """Halfway between tea and beer, of 1 and 4 buyers: the mean."""
    vectors = VECTORS.copy()
    vectors[2] = [1, 1]
    fitted = ColdStart(Popularity(), vectors, prior=0, neighbours=2).learn(SHOP)
    assert fitted.scores(SHOP.rows(["t"]))[0].tolist() == [1, 4, 2.5, 4]


def test_the_prior_foretells_what_sells() -> None:
    """Things with a larger trait sell better, so the last of the unsold leads."""
    items = [f"i{j}" for j in range(12)]
    log = make_log([(f"u{u}", f"i{j}", 0) for j in range(9) for u in range(2**j // 2 + 1)])
    shop = Interactions.of(log, make_catalog(items))
    trait = np.array([*range(9), 1.5, 4.5, 7.5])[:, None]
    fitted = ColdStart(Popularity(), np.ones((12, 1)), trait, prior=1).learn(shop)
    low, middle, high = fitted.scores(np.array([0]))[0, 9:]
    assert low < middle < high
    assert high == pytest.approx(fitted.worth(fitted.model.scores(np.array([0])))[0, 2])


def test_a_users_own_line_carries_the_prior() -> None:
    """With scores equal to log buyers the line is the identity, so sales foretold are scores."""
    fitted = ColdStart(Popularity(), VECTORS).learn(SHOP)
    line = np.array([np.log1p(SHOP.buyers)], np.float32)
    assert fitted.worth(line)[0] == pytest.approx(fitted.sales[[2, 3]], abs=1e-6)


def test_a_falling_line_is_level() -> None:
    """Who prefers what few people buy gets the mean score for every cold item, not a reversed list.

    The scores are 4 and 2, the mean is 3.
    """
    fitted = ColdStart(Popularity(), VECTORS).learn(SHOP)
    assert fitted.worth(np.array([[4, 2, 0, 0]], np.float32)).tolist() == [[3, 3]]


def test_a_stranger_gets_what_sells() -> None:
    """Without history EASE scores nothing, and a cold item is not put above the bestseller."""
    fitted = ColdStart(Ease(1.0), VECTORS).learn(SHOP)
    ranking = fitted.recommend(["nobody"], 4)
    assert [ITEMS[j] for j in ranking.items[0]] == ["beer", "tea", "new tea", "new beer"]


def test_without_cold_items_nothing_changes() -> None:
    """Two items, both sold."""
    shop = Interactions.of(make_log(BUYS), make_catalog(ITEMS[:2]))
    fitted = ColdStart(Popularity(), VECTORS[:2]).learn(shop)
    assert fitted.scores(np.array([0])).tolist() == [[1, 4]]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"vectors": np.ones((2, 2))}, r"vectors has shape \(2, 2\) for 4 products"),
        ({"traits": np.ones(4)}, r"traits has shape \(4,\) for 4 products"),
        ({"prior": 1.5}, "prior=1.5"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any], message: str) -> None:
    """Each with one clear message."""
    with pytest.raises(ValueError, match=message):
        ColdStart(**{"model": Popularity(), "vectors": VECTORS, **settings}).learn(SHOP)
