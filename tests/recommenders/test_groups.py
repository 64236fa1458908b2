"""Groups have their own bestsellers, the more of them the more users they have."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from catalogkit.recommenders.groups import GroupPopularity
from catalogkit.recommenders.interactions import Interactions
from tests.recommenders.conftest import make_catalog, make_log

AGE = pd.Series({"a": "young", "b": "young", "c": "old", "d": None})
SHOP = Interactions.of(
    make_log(
        [("a", "cola", 0), ("b", "cola", 0), ("c", "tea", 0), ("d", "tea", 0), ("e", "tea", 0)]
    ),
    make_catalog(["cola", "tea"]),
)


def test_shares_are_those_of_the_group_drawn_to_all() -> None:
    """Two of two young buy cola, two of five users do; two users of the whole shop are added."""
    fitted = GroupPopularity(AGE.index, AGE, shrinkage=2.0).learn(SHOP)
    young = [(2 + 2 * 2 / 5) / 4, (0 + 2 * 3 / 5) / 4]
    assert fitted.scores(SHOP.rows(["a"]))[0] == pytest.approx(young)


@pytest.mark.parametrize("user", ["d", "e", "nobody"])
def test_who_has_no_group_gets_what_most_people_buy(user: str) -> None:
    """A missing label, a user not named, a stranger."""
    fitted = GroupPopularity(AGE.index, AGE).learn(SHOP)
    assert fitted.scores(SHOP.rows([user]))[0] == pytest.approx([0.4, 0.6])


def test_a_user_with_two_groups_is_refused() -> None:
    """Ids are there once, and as often as labels."""
    with pytest.raises(ValueError, match="a group for each user, once"):
        GroupPopularity(np.array(["a", "a"]), np.array(["x", "y"])).learn(SHOP)
