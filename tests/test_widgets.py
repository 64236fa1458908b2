"""What the slider's script is given, and what is shown where there is no script."""

import json
import re
from typing import Any

import numpy as np
import pytest

from catalogkit.ranking import Ranking
from catalogkit.widgets import RerankingSlider

NAMES = ["milk", "bread", "beer", "<soap>", "never shown"]
GROUPS = ["dairy", "bakery", "drinks", "drug", "nowhere"]
CANDIDATES = Ranking(
    np.array([[0, 2, 3], [1, 0, -1]], dtype=np.int32),
    np.array([[9.0, 5.0, 1.0], [4.0, 2.0, -np.inf]], dtype=np.float32),
)
RELEVANT = [np.array([2, 4]), np.array([1])]


def data(html: str) -> dict[str, Any]:
    """Return the data that the script finds."""
    found = re.search(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found
    loaded: dict[str, Any] = json.loads(found[1])
    return loaded


@pytest.fixture
def html() -> str:
    """Return the slider of two households as a notebook gets it."""
    return RerankingSlider(CANDIDATES, NAMES, GROUPS, RELEVANT, group="aisles", k=2)._repr_html_()


def test_the_script_gets_scores_from_zero_to_one_and_gains(html: str) -> None:
    """The first household bought its second candidate, and one thing that is no candidate."""
    first = data(html)["users"][0]
    assert first["scores"] == [1.0, 0.5, 0.0]
    assert first["gains"] == [0, 1, 0]
    assert first["relevant"] == 2


def test_padding_is_not_a_product(html: str) -> None:
    """A short list stays short."""
    assert len(data(html)["users"][1]["items"]) == 2


def test_items_and_groups_are_named(html: str) -> None:
    """Only what is shown is sent."""
    sent = data(html)
    assert sent["names"] == NAMES[:4]
    names = [sent["names"][i] for i in sent["users"][0]["items"]]
    groups = [sent["groups"][g] for g in sent["users"][0]["groups"]]
    assert (names, groups) == (["milk", "beer", "<soap>"], ["dairy", "drinks", "drug"])


def test_without_a_script_the_first_list_is_shown(html: str) -> None:
    """As long as asked for, and no name becomes markup."""
    still = html.split("</script>")[1]
    assert re.findall(r"<li>(.*?)</li>", still) == ["milk", "beer"]
    assert "<soap>" not in html


def test_a_missing_household_is_named() -> None:
    """Lists and purchases must belong to the same households."""
    with pytest.raises(ValueError, match="relevant has 1 households, candidates has 2"):
        RerankingSlider(CANDIDATES, NAMES, GROUPS, RELEVANT[:1])
