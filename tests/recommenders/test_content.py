"""Content compares a product with the mean of what the user bought."""

from __future__ import annotations

import numpy as np
import pytest

from catalogkit.recommenders.content import Content
from tests.recommenders.conftest import make_catalog, make_log

SHOP = make_catalog(["a", "b", "c"])
LOG = make_log([("u", "a", 0), ("u", "b", 0)])


def test_a_score_is_a_dot_product_with_the_mean() -> None:
    """The mean of (1, 0) and (0, 1) is (.5, .5); c, which nobody bought, leads with 1."""
    fitted = Content(np.array([[1, 0], [0, 1], [1, 1]])).fit(LOG, SHOP)
    assert fitted.scores(fitted.interactions.rows("u")).tolist() == [[0.5, 0.5, 1]]


def test_vectors_must_match_the_catalog() -> None:
    """Two vectors for three products."""
    with pytest.raises(ValueError, match=r"\(2, 4\) for 3 products"):
        Content(np.ones((2, 4))).fit(LOG, SHOP)
