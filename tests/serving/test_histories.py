"""A user's list takes in what the user has just done."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Log
from catalogkit.recommenders.base import Fitted, Recommender
from catalogkit.recommenders.ease import Ease
from catalogkit.recommenders.factorisation import Als, Bpr
from catalogkit.recommenders.frequency import Frequency
from catalogkit.recommenders.neighbours import ItemNeighbours, UserNeighbours
from catalogkit.recommenders.popularity import Popularity
from catalogkit.serving.histories import Personal
from catalogkit.serving.state import Event

LATE = int(np.datetime64("2026-02-01", "ms").astype(int))
LEARNERS = [Popularity(), Frequency(30), ItemNeighbours(), Ease(10)]


@pytest.mark.parametrize("model", LEARNERS, ids=lambda model: type(model).__name__)
def test_without_events_a_list_is_the_models_own(fitted: Fitted, model: Recommender) -> None:
    """For every user, known or not, with and without what was bought."""
    learnt = model.learn(fitted.interactions)
    personal, items = Personal(learnt), learnt.interactions.items
    for user in ("u1", "u4", "nobody"):
        for exclude in (False, True):
            out = learnt.history([user]) if exclude else None
            row = learnt.recommend([user], 5, exclude=out).items[0]
            expected = items[row[row >= 0]].tolist()
            assert list(personal.ranked(user, 5, exclude, ()).products) == expected


@pytest.mark.parametrize("model", LEARNERS[1:], ids=lambda model: type(model).__name__)
def test_an_event_does_what_learning_it_would(fitted: Fitted, model: Recommender) -> None:
    """The list after an event is that of a model whose log has it."""
    learnt = model.learn(fitted.interactions)
    bought = {"user_id": ["u1"], "product_id": ["p04"], "time": [pd.Timestamp(2026, 2, 1)]}
    expected = learnt.update(Log(pd.DataFrame(bought))).recommend(["u1"], 8)
    listed = Personal(learnt).ranked("u1", 8, False, (Event("1", "u1", "p04", LATE),))
    assert listed.scores == pytest.approx(expected.scores[0])


def test_a_stranger_is_known_after_one_event(fitted: Fitted) -> None:
    """One even product, and even products follow."""
    personal = Personal(fitted)
    listed = personal.ranked("nobody", 6, True, (Event("1", "nobody", "p02", LATE),))
    assert all(int(product[1:]) % 2 == 0 for product in listed.products)


def test_the_same_event_in_log_and_state_counts_once(fitted: Fitted) -> None:
    """A log that was learnt again may hold events that the state still has."""
    learnt = Frequency().learn(fitted.interactions)
    known = Event("1", "u1", "p03", int(np.datetime64("2026-01-04", "ms").astype(int)))
    personal = Personal(learnt)
    assert personal.ranked("u1", 9, False, (known,)) == personal.ranked("u1", 9, False, ())


def test_products_outside_the_catalog_are_named_and_count_nothing(fitted: Fitted) -> None:
    """A model learnt anew may have lost a product that the state remembers."""
    personal = Personal(fitted)
    assert personal.unknown(["p02", "gone", "p03"]) == [1]
    gone = (Event("1", "u1", "gone", LATE),)
    assert personal.ranked("u1", 5, False, gone) == personal.ranked("u1", 5, False, ())


@pytest.mark.parametrize("model", [Als(iterations=1), UserNeighbours()], ids=["als", "users"])
def test_a_model_that_needs_everybody_is_refused(fitted: Fitted, model: Recommender) -> None:
    """Given one history alone it would answer otherwise, and nobody would notice."""
    with pytest.raises(DataError, match="scores a user otherwise"):
        Personal(model.learn(fitted.interactions))


def test_a_model_that_cannot_be_renewed_is_refused(fitted: Fitted) -> None:
    """Its own words say why."""
    with pytest.raises(DataError, match="cannot take in further events"):
        Personal(Bpr(iterations=1).learn(fitted.interactions))
