"""Popularity counts people, and may forget."""

from __future__ import annotations

import pytest

from catalogkit.recommenders.popularity import Popularity
from tests.recommenders.conftest import make_catalog, make_log

SHOP = make_catalog(["a", "b"])
LOG = make_log([("u", "a", 0), ("v", "a", 0), ("u", "b", 20), *[("w", "b", day) for day in (1, 2)]])


def test_people_are_counted_not_purchases() -> None:
    """Both products have two buyers; that w bought b twice adds nothing."""
    assert Popularity().fit(LOG, SHOP).recommend(["x"], 2).scores.tolist() == [[2, 2]]


def test_a_half_life_prefers_what_is_bought_now() -> None:
    """After 20 and 18 days of half-life 10: a weighs 2/4, b 1 + 2 ** -1.8."""
    ranking = Popularity(half_life=10).fit(LOG, SHOP).recommend(["x"], 2)
    assert ranking.items.tolist() == [[1, 0]]
    assert ranking.scores[0].tolist() == pytest.approx([1 + 2**-1.8, 0.5])
