"""What is hidden is the truth, what is not is known, and nobody else loses anything."""

from __future__ import annotations

import numpy as np
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.splits import Leakage
from catalogkit.recommenders.held_out import check_left_out, leave_out
from catalogkit.recommenders.interactions import Interactions
from tests.recommenders.conftest import make_catalog, make_log

DEPARTMENTS = np.array(["dairy", "dairy", "dairy", "wine"])
SHOP = Interactions.of(
    make_log(
        [
            *[("u", "c", 0), ("u", "a", 1), ("u", "a", 2), ("u", "d", 3)],
            *[("v", "a", 0), ("v", "b", 0), ("w", "d", 9)],
        ]
    ),
    make_catalog(["a", "b", "c", "d"]),
)
U, V, W = range(3)


def test_purchases_in_the_department_are_hidden_from_these_users_alone() -> None:
    """User u keeps the wine, v keeps all; w bought nothing there and is not asked."""
    held = leave_out(SHOP, DEPARTMENTS, "dairy", np.array([U, W]))
    assert held.known.bought.toarray().tolist() == [
        [0, 0, 0, 1],
        [1, 1, 0, 0],
        [0, 0, 0, 1],
        [0, 0, 0, 0],
    ]
    assert (held.users.tolist(), held.items.tolist()) == ([U], [0, 1, 2])
    assert held.truth.toarray().tolist() == [[1, 0, 1, 0]]


def test_the_first_purchases_are_kept_for_few_shots() -> None:
    """User u bought c before a; v bought a and b at once, so the catalog decides."""
    held = leave_out(SHOP, DEPARTMENTS, "dairy", np.array([U, V]), shots=1)
    assert held.known.bought[:2].toarray().tolist() == [[0, 0, 1, 1], [1, 0, 0, 0]]
    assert held.truth.toarray().tolist() == [[1, 0, 0, 0], [0, 1, 0, 0]]


def test_the_moment_of_recommending_stays() -> None:
    """Hiding w's wine on the last day does not turn back the clock."""
    held = leave_out(SHOP, DEPARTMENTS, "wine", np.array([W]))
    assert held.known.end == SHOP.end


def test_nothing_hidden_is_refused() -> None:
    """User w never bought anything from the dairy."""
    with pytest.raises(DataError, match="none of these 1 users bought more than 0 of 'dairy'"):
        leave_out(SHOP, DEPARTMENTS, "dairy", np.array([W]))


@pytest.mark.parametrize(
    ("labels", "message"),
    [(["wine"], r"shape \(1,\) for 4 items"), (["x"] * 4, "no item has the label 'dairy'")],
)
def test_labels_must_fit_the_items(labels: list[str], message: str) -> None:
    """One label an item, and the one asked for among them."""
    with pytest.raises(DataError, match=message):
        leave_out(SHOP, labels, "dairy", np.array([U]))


def test_the_check_finds_what_was_not_hidden() -> None:
    """The message names a user who still has the purchases."""
    users, items = np.array([W, U]), np.array([0, 1, 2])
    with pytest.raises(Leakage, match=r"1 of 2 users.*'u' bought 2 of them, 1 are allowed"):
        check_left_out(SHOP, users, items, shots=1)
    check_left_out(leave_out(SHOP, DEPARTMENTS, "dairy", users).known, users, items)
