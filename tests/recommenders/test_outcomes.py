"""Several targets are summed over the right pairs and the right span of time."""

import numpy as np
import pandas as pd
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Log
from catalogkit.recommenders.candidates import gather
from catalogkit.recommenders.interactions import Interactions
from catalogkit.recommenders.outcomes import Outcomes, retail_outcomes
from catalogkit.recommenders.popularity import Popularity

SHELF = Catalog(pd.DataFrame({"product_id": ["milk", "bread"], "text": ["milk", "bread"]}))
LOG = Log(
    pd.DataFrame(
        {
            "user_id": ["ann", "ann", "bob", "ann"],
            "product_id": ["milk", "bread", "milk", "milk"],
            "time": pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04"]),
        }
    )
)
KNOWN = Interactions.of(LOG, SHELF)
START, BORDER, END = (pd.Timestamp(f"2020-01-0{day}") for day in (1, 3, 5))


@pytest.fixture
def outcomes() -> Outcomes:
    """Return purchases and dollars of four lines."""
    return Outcomes.of(LOG, KNOWN, {"bought": np.ones(4), "dollars": [1.0, 2.0, 4.0, 8.0]})


def test_amounts_are_summed_over_a_pair(outcomes: Outcomes) -> None:
    """Ann buys milk twice, for nine dollars."""
    table = outcomes.between("dollars", START, END).toarray()
    assert table.tolist() == [[9, 2], [4, 0], [0, 0]]


def test_the_end_is_not_included(outcomes: Outcomes) -> None:
    """The line of the third day belongs to the span that begins there."""
    assert outcomes.between("bought", START, BORDER).toarray().tolist() == [[1, 1], [0, 0], [0, 0]]
    assert outcomes.between("bought", BORDER, END).toarray().tolist() == [[1, 0], [1, 0], [0, 0]]


def test_pairs_get_their_targets_and_what_was_known_before(outcomes: Outcomes) -> None:
    """Both users are candidates for both products; after the border each buys milk."""
    pairs = gather({"popularity": Popularity().learn(KNOWN)}, np.array([0, 1]))
    names = list(zip(pairs.users[pairs.place].tolist(), pairs.item.tolist(), strict=True))
    after = dict(zip(names, outcomes.of_pairs(pairs, BORDER, END).tolist(), strict=True))
    assert after == {(0, 0): [1, 8], (0, 1): [0, 0], (1, 0): [1, 4], (1, 1): [0, 0]}
    before = outcomes.before(pairs, BORDER).loc[names.index((1, 0))]
    assert before.to_dict() == {
        "bought, pair": 0, "bought, user": 0, "bought, item": 1,
        "dollars, pair": 0, "dollars, user": 0, "dollars, item": 1,
    }  # fmt: skip


def test_amounts_of_another_number_are_refused() -> None:
    """Three amounts for four lines."""
    with pytest.raises(DataError, match=r"dollars: .* amounts for 4 lines"):
        Outcomes.of(LOG, KNOWN, {"dollars": np.ones(3)})


def test_the_retailers_targets_are_nested() -> None:
    """Whatever is discounted, paid with a coupon or redeemed is bought."""
    outcomes = retail_outcomes()
    assert list(outcomes.amounts) == [
        "bought",
        "on discount",
        "with a coupon",
        "redeemed",
        "dollars",
    ]
    assert (outcomes.item >= 0).all()
    assert outcomes.amounts["bought"].sum() == 1_462_126
    assert outcomes.amounts["redeemed"].sum() == 3_929
