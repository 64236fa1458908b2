"""A user's own habits come first, by how often or by how lately."""

from __future__ import annotations

from catalogkit.recommenders.frequency import Frequency
from tests.recommenders.conftest import make_catalog, make_log

SHOP = make_catalog(["a", "b", "c"])
LOG = make_log([("u", "b", 0), ("u", "b", 1), ("u", "a", 30), ("v", "c", 30)])


def test_what_is_bought_often_leads() -> None:
    """Twice b, once a, then what others buy."""
    ranking = Frequency().fit(LOG, SHOP).recommend(["u"], 3)
    assert ranking.items.tolist() == [[1, 0, 2]]
    assert ranking.scores.tolist() == [[2, 1, 0]]


def test_with_a_half_life_what_was_bought_lately_leads() -> None:
    """A month at a half-life of ten days makes two purchases weigh less than one of today."""
    assert Frequency(half_life=10).fit(LOG, SHOP).recommend(["u"], 2).items.tolist() == [[0, 1]]
