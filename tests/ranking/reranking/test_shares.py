"""Aspects and interests that are no shares are refused."""

from __future__ import annotations

import numpy as np
import pytest

from catalogkit.ranking.reranking.calibrated import calibrated
from catalogkit.ranking.reranking.shares import checked_aspects, checked_interests
from tests.ranking.reranking.conftest import Shop


def test_counts_in_place_of_shares_are_refused() -> None:
    """The message says what to do with them."""
    with pytest.raises(ValueError, match="divide counts by their sum"):
        checked_interests([[0.5, 0.5], [3, 1]], (2, 2))


def test_interests_of_other_users_are_refused() -> None:
    """One row a user, one column an aspect."""
    with pytest.raises(ValueError, match=r"= \(2, 3\), got \(1, 3\)"):
        checked_interests([[1, 0, 0]], (2, 3))


def test_an_aspect_above_one_is_refused(shop: Shop) -> None:
    """A chance lies between 0 and 1; the first bad item is named."""
    aspects = shop.aspects.copy()
    aspects[7, 0] = 1.5
    with pytest.raises(ValueError, match="first item 7"):
        checked_aspects(aspects, shop.candidates)


def test_an_item_that_belongs_nowhere_cannot_be_calibrated(shop: Shop) -> None:
    """Calibration needs whole items."""
    with pytest.raises(ValueError, match="sum to 1 for every item"):
        calibrated(shop.candidates, np.zeros_like(shop.aspects), shop.interests, 3, balance=0.5)
