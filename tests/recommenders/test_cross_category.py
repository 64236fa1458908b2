"""Users are served in a department they never bought from, by what they bought elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from catalogkit.datasets.errors import DataError
from catalogkit.recommenders.bridges import Crossing, ridge
from catalogkit.recommenders.cross_category import CrossCategory
from catalogkit.recommenders.interactions import Interactions
from tests.recommenders.conftest import make_catalog, make_log

ITEMS = ["cat food", "dog food", "cat book", "dog book", "atlas"]
DEPARTMENTS = ["pets", "pets", "books", "books", "books"]
VECTORS = np.array([[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], float)
OWNERS = [("c1", "cat"), ("c2", "cat"), ("d1", "dog"), ("d2", "dog")]
SHOP = Interactions.of(
    make_log(
        [
            *[(user, f"{kind} {what}", 0) for user, kind in OWNERS for what in ("food", "book")],
            *[(user, "atlas", 0) for user in ("c1", "c2", "d1", "x", "y")],
            ("new", "dog food", 0),
        ]
    ),
    make_catalog(ITEMS),
)


def ranked(user: str, **settings: Any) -> list[str]:  # noqa: ANN401 (any setting)
    """Rank the books for one user."""
    fitted = CrossCategory(DEPARTMENTS, **settings).learn(SHOP)
    ranking = fitted.recommend([user], 3, candidates=[2, 3, 4])
    return [ITEMS[item] for item in ranking.items[0]]


@pytest.mark.parametrize("part", ["ridge", "neighbours", "content"])
def test_dog_food_leads_to_the_dog_book(part: str) -> None:
    """The new user has bought dog food alone; most people bought the atlas."""
    settings = {"weights": {part: 1.0}, "regularisation": 1.0, "neighbours": 2}
    assert ranked("new", vectors=VECTORS, **settings)[0] == "dog book"


def test_popularity_alone_puts_the_atlas_first() -> None:
    """Five bought the atlas, two each book, of which the cat's stands first."""
    assert ranked("new", weights={"popularity": 1.0}) == ["atlas", "cat book", "dog book"]


def test_parts_add_up_with_their_weights() -> None:
    """The sum of two parts is the model of both."""
    weights: Mapping[Any, float] = {"content": 0.5, "popularity": 2.0}
    fitted = CrossCategory(DEPARTMENTS, weights, vectors=VECTORS).learn(SHOP)
    rows = SHOP.rows(["new"])
    books = fitted.scores(rows)[0, 2:]
    # content is 1 for the dog book; 2, 2 and 5 of 7 users bought the books
    assert books == pytest.approx([2 * 2 / 7, 0.5 + 2 * 2 / 7, 2 * 5 / 7])


def test_what_is_bought_inside_the_department_does_not_count() -> None:
    """User x bought the atlas; for other books there is nothing to go by but popularity."""
    assert ranked("x", weights={"ridge": 1.0}) == ["atlas", "cat book", "dog book"]
    fitted = CrossCategory(DEPARTMENTS, {"ridge": 1.0, "neighbours": 1.0}).learn(SHOP)
    assert not fitted.scores(SHOP.rows(["x"]))[:, 2:].any()


def test_items_that_are_no_targets_score_zero() -> None:
    """Only books are asked for, and only pet food is looked at."""
    model = CrossCategory(DEPARTMENTS, sources=["pets"], targets=["books"], regularisation=1.0)
    scores = model.learn(SHOP).scores(SHOP.rows(["c1"]))
    assert not scores[0, :2].any()
    assert scores[0, 2:].all()


@pytest.mark.parametrize("users", [12, 60])
def test_ridge_is_scikit_learns_on_the_users_who_bought_there(users: int) -> None:
    """Three departments at once, by users or by sources, times the share of users in each."""
    rng = np.random.default_rng(0)
    names, department = [f"i{i:02}" for i in range(30)], np.arange(30) % 3
    chance = np.where(department == 2, 0.05, 0.4)
    pairs = np.argwhere(rng.random((users, 30)) < chance)
    shop = Interactions.of(
        make_log([(f"u{u:02}", names[i], 0) for u, i in pairs]), make_catalog(names)
    )
    everything = np.arange(30)
    weights, constant = ridge(shop, Crossing(department, everything, everything), 2.0)
    bought = shop.bought.toarray()[:-1].astype(float)
    for number in range(3):
        inside, outside = np.flatnonzero(department == number), np.flatnonzero(department != number)
        there = bought[bought[:, inside].any(axis=1)]
        share = len(there) / len(bought)
        referee = Ridge(2.0).fit(there[:, outside], there[:, inside])
        found = weights[np.ix_(outside, inside)]
        np.testing.assert_allclose(found, share * referee.coef_.T, atol=1e-6)
        np.testing.assert_allclose(constant[inside], share * referee.intercept_, atol=1e-6)
        assert not weights[np.ix_(inside, inside)].any()


def test_a_heavy_penalty_leaves_popularity() -> None:
    """Times the share of users in the department, the constant is each book's share of buyers."""
    fitted = CrossCategory(DEPARTMENTS, regularisation=1e9).learn(SHOP)
    assert fitted.scores(SHOP.rows(["new"]))[0, 2:] == pytest.approx([2 / 7, 2 / 7, 5 / 7])


def test_neighbours_are_users_who_bought_there() -> None:
    """Of the two dog owners both bought the dog book, one the atlas; six of seven bought books."""
    fitted = CrossCategory(DEPARTMENTS, {"neighbours": 1.0}, neighbours=2).learn(SHOP)
    expected = np.array([0, 1, 0.5]) * 6 / 7
    assert fitted.scores(SHOP.rows(["new"]))[0, 2:] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"departments": ["a"]}, ValueError, r"shape \(1,\) for 5 products"),
        ({"departments": ["a", "b", None, "a", "b"]}, DataError, "1 items have no.*first row 2"),
        ({"targets": ["toys"]}, DataError, "no item is in department 'toys'"),
        ({"sources": []}, DataError, "no item is in department nothing"),
        ({"weights": {"magic": 1.0}}, ValueError, "choose among ridge, neighbours"),
        ({"weights": {"content": 1.0}}, ValueError, "content needs vectors"),
        ({"vectors": np.ones((2, 2))}, ValueError, r"shape \(2, 2\) for 5 products"),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    settings: dict[str, Any], error: type[Exception], message: str
) -> None:
    """Each with one clear message."""
    with pytest.raises(error, match=message):
        CrossCategory(**{"departments": DEPARTMENTS, **settings}).learn(SHOP)
