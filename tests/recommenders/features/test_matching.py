"""An item matches by the share of its label and the cosine of its text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog
from catalogkit.recommenders.features import matching
from catalogkit.recommenders.features.matching import LabelShares, TextMatch
from catalogkit.recommenders.interactions import Interactions
from tests.recommenders.conftest import make_catalog, make_log

ITEMS = ["tea", "beer", "wine", "rope"]
SHOP = Interactions.of(
    make_log(
        [("u", "tea", 0), ("u", "tea", 1), ("u", "beer", 0), ("u", "wine", 0), ("v", "tea", 0)]
    ),
    make_catalog(ITEMS),
)
TABLE = pd.DataFrame({"product_id": ITEMS, "text": ITEMS, "kind": ["soft", "hard", "hard", None]})
NOBODY = 2


def test_a_share_counts_items_with_the_label() -> None:
    """Two of u's three items are hard drinks, however often the tea was bought."""
    shares = LabelShares.of(Catalog(TABLE, ("kind",)))
    found = shares(SHOP, np.array([0, 0, 1]), np.array([1, 0, 2]))
    assert found["kind share"] == pytest.approx([2 / 3, 1 / 3, 0])


def test_a_share_is_missing_without_label_or_history() -> None:
    """Rope has no kind, and nobody has no history."""
    shares = LabelShares.of(Catalog(TABLE), ["kind"])
    found = shares(SHOP, np.array([0, NOBODY]), np.array([3, 0]))
    assert np.isnan(found["kind share"]).all()


def test_a_share_of_a_column_that_is_not_there_is_refused() -> None:
    """The catalog of a stranger may have no brand."""
    with pytest.raises(DataError, match="catalog has no column 'brand'"):
        LabelShares.of(Catalog(TABLE), ["brand"])


@pytest.mark.parametrize("cells", [1, 2**22])
def test_text_matches_by_the_cosine_with_the_mean(
    cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """User v's mean is tea's vector, of length 3; u's is (1, 2/3); pairs come in any order."""
    monkeypatch.setattr(matching, "_CELLS", cells)
    vectors = np.array([[3, 0], [0, 1], [0, 1], [1, 1]])
    users, items = np.array([1, 0, NOBODY, 1]), np.array([3, 0, 0, 1])
    found = TextMatch(vectors)(SHOP, users, items)["text"]
    assert found == pytest.approx([0.5**0.5, 1 / 5**0.5, 0, 0])
