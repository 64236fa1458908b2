"""A log whose right answers are known: users buy what has their own parity."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from catalogkit.datasets.records import Catalog, Log

SIZE = 40


def make_log(rows: list[tuple[str, str, int]]) -> Log:
    """Build a log of (user, product, day)."""
    table = pd.DataFrame(rows, columns=["user_id", "product_id", "day"])
    time = pd.Timestamp(2017, 1, 1) + pd.to_timedelta(table.pop("day"), unit="D")
    return Log(table.assign(time=time))


def make_catalog(products: list[str]) -> Catalog:
    """Build a catalog of products whose texts are their ids."""
    return Catalog(pd.DataFrame({"product_id": products, "text": products}))


@pytest.fixture(scope="session")
def products() -> Catalog:
    """Forty products, p00 to p39."""
    return make_catalog([f"p{j:02}" for j in range(SIZE)])


@pytest.fixture(scope="session")
def checkerboard() -> Log:
    """User i bought every product of the same parity but product i, one after the other."""
    return make_log(
        [
            (f"u{i:02}", f"p{j:02}", (j - i) % SIZE)
            for i in range(SIZE)
            for j in range(SIZE)
            if i % 2 == j % 2 and i != j
        ]
    )


@pytest.fixture(scope="session")
def parity() -> np.ndarray:
    """One vector for even and one for odd products."""
    return np.eye(2)[np.arange(SIZE) % 2]
