"""Baskets are replayed with what was known before them, and with nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Log
from catalogkit.recommenders.interactions import Interactions
from catalogkit.recommenders.replay import Requests, by_basket

CATALOG = Catalog(pd.DataFrame({"product_id": list("abcd"), "text": list("abcd")}))
LINES = [
    ("u", "a", "2024-01-01 10:00", 1),
    ("u", "b", "2024-01-03 09:00", 2),
    ("u", "c", "2024-01-03 12:00", 3),
    ("u", "d", "2024-01-03 12:00", 3),
    ("u", "d", "2024-01-03 12:00", 3),
    ("v", "c", "2024-01-03 12:00", 4),
    ("v", "d", "2024-01-03 12:00", 4),
]


def log(lines: list[tuple[str, str, str, int]]) -> Log:
    """Make a log of user, product, time and basket."""
    frame = pd.DataFrame(lines, columns=["user_id", "product_id", "time", "basket_id"])
    return Log(frame.assign(time=pd.to_datetime(frame["time"])))


def replayed(first: int = 1) -> tuple[Interactions, Requests]:
    """Return all events, and the requests of the last half day by whoever was known before."""
    year = Interactions.of(log(LINES), CATALOG)
    known = year.until(pd.Timestamp("2024-01-03 10:00"))
    return year, Requests.draw(log(LINES[2:]), known, number=9, first=first, seed=0)


def test_a_basket_is_a_user_of_its_own() -> None:
    """Two baskets of one user are two rows; a repeated line counts once."""
    baskets = by_basket(log(LINES), CATALOG)
    assert baskets.users.tolist() == [1, 2, 3, 4]
    assert baskets.bought[:3].toarray().tolist() == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1]]


def test_only_baskets_of_known_users_are_asked() -> None:
    """A stranger's basket makes no request; a basket's items are either in it or to come."""
    year, requests = replayed()
    assert requests.user.tolist() == year.rows(["u"]).tolist()
    assert (requests.first + requests.rest).toarray().tolist() == [[0, 0, 1, 1]]
    assert requests.first.sum() == 1


def test_a_history_ends_before_its_basket() -> None:
    """The basket itself is not known; the delay takes the morning's purchase away."""
    year, requests = replayed()
    assert requests.histories(year).bought[0].toarray().tolist() == [1, 1, 0, 0]
    assert requests.histories(year, hours=24).bought[0].toarray().tolist() == [1, 0, 0, 0]


def test_ages_are_those_at_the_moment_of_the_request() -> None:
    """Three hours before the basket is an eighth of a day."""
    year, requests = replayed()
    assert np.allclose(np.sort(requests.histories(year).age), [3 / 24, 2 + 2 / 24])


def test_too_small_baskets_and_logs_without_baskets_are_refused() -> None:
    """The error says what is missing."""
    with pytest.raises(DataError, match="holds more than 2 items"):
        replayed(first=2)
    with pytest.raises(DataError, match="no column basket_id"):
        by_basket(Log(log(LINES).table.drop(columns="basket_id")), CATALOG)


def test_a_product_that_the_catalog_lacks_is_named() -> None:
    """Rather than counted for another one."""
    known = Interactions.of(log(LINES[:2]), CATALOG)
    with pytest.raises(DataError, match=r"product 'x' is not in the catalog \(1 such lines\)"):
        Requests.draw(
            log([*LINES[2:4], ("u", "x", "2024-01-03 12:00", 3)]), known, number=9, first=1, seed=0
        )
