"""Sizes are read as they are written on the shelf, and compared within their kind."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog
from catalogkit.recommenders.features.sizes import PackageSize, parse_size
from catalogkit.recommenders.interactions import Interactions
from tests.recommenders.conftest import make_catalog, make_log


@pytest.mark.parametrize(
    ("text", "amount", "kind"),
    [
        ("16 OZ", 16 * 28.35, "weight"),
        ("1 LB", 453.6, "weight"),
        ("12 PK", 12, "count"),
        ("12 PK/12 OZ", 144 * 28.35, "weight"),
        ("12 OZ/12 PK", 144 * 28.35, "weight"),
        ("4/187 ML", 748, "volume"),
        ("4/4 OZ", 16 * 28.35, "weight"),
        ("1/2 GAL", 3785 / 2, "volume"),
        ("10 3/4 OZ", 10.75 * 28.35, "weight"),
        ("GAL", 3785, "volume"),
        (".5  l", 500, "volume"),
        ("8 FL OZ", 8 * 29.57, "volume"),
        ("2 DZ", 24, "count"),
    ],
)
def test_a_size_is_an_amount_of_a_kind(text: str, amount: float, kind: str) -> None:
    """In g, ml, pieces or cm, all pieces of a pack together."""
    assert parse_size(text) == (pytest.approx(amount), kind)


@pytest.mark.parametrize("text", ["", "LARGE", "0 OZ", "16", "OZ 16 OZ", "100 SQ FT", "1/0 OZ"])
def test_what_cannot_be_read_is_none(text: str) -> None:
    """No guess is better than a wrong one."""
    assert parse_size(text) is None


def test_a_size_is_compared_with_the_usual_one_of_its_kind() -> None:
    """User u buys 100 and 400 g, 200 in the middle of the scale; of volumes and rope, nothing."""
    items = ["small", "large", "huge", "milk", "rope"]
    sizes = ["100 G", "400 G", "800 G", "1 L", None]
    table = pd.DataFrame({"product_id": items, "text": items, "package_size": sizes})
    known = Interactions.of(
        make_log([("u", "small", 0), ("u", "large", 0), ("u", "rope", 0)]), make_catalog(items)
    )
    found = PackageSize.of(Catalog(table))(known, np.zeros(3, np.int64), np.array([2, 3, 4]))
    assert found["size kind"].tolist() == [1, 2, 0]
    assert found["log size"][:2] == pytest.approx(np.log([800, 1000]))
    expected = np.array([np.log(4), np.nan, np.nan], np.float32)
    np.testing.assert_allclose(found["size above usual"], expected, rtol=1e-6)


def test_a_catalog_without_sizes_is_refused() -> None:
    """The message names the column."""
    with pytest.raises(DataError, match="catalog has no column 'package_size'"):
        PackageSize.of(make_catalog(["a"]))
