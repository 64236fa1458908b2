"""Candidates are the union of the models' best, each with what is known of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from catalogkit.datasets.records import Catalog, Log
from catalogkit.recommenders import candidates
from catalogkit.recommenders.candidates import Candidates, gather, gather_each
from catalogkit.recommenders.frequency import Frequency
from catalogkit.recommenders.interactions import Interactions, Rows
from catalogkit.recommenders.popularity import Popularity
from tests.recommenders.conftest import make_catalog, make_log

KNOWN = Interactions.of(
    make_log([("u", "a", 0), ("u", "a", 3), ("u", "b", 4), ("v", "c", 4), ("w", "c", 4)]),
    make_catalog(["a", "b", "c", "d"]),
)
MODELS = {"own": Frequency().learn(KNOWN), "popular": Popularity().learn(KNOWN)}


def test_the_best_of_each_model_are_united() -> None:
    """One each: u's own a and the popular c; v has bought c itself."""
    table = gather(MODELS, np.array([0, 1]), depth=1)
    assert table.place.tolist() == [0, 0, 1]
    assert table.item.tolist() == [0, 2, 2]


def test_new_candidates_were_never_bought() -> None:
    """For u only c is left that anybody bought; d, without a score, is no candidate."""
    table = gather(MODELS, np.array([0]), target="new", depth=4)
    assert table.item.tolist() == [2]


def test_targets_gathered_at_once_are_those_gathered_one_by_one() -> None:
    """The same pairs with the same columns, for all items and for new ones."""
    users = np.array([0, 1])
    for target, table in gather_each(MODELS, users, depth=2).items():
        alone = gather(MODELS, users, target=target, depth=2)
        assert table.target == target
        assert table.place.tolist() == alone.place.tolist()
        assert table.item.tolist() == alone.item.tolist()
        pd.testing.assert_frame_equal(table.columns, alone.columns)


def test_columns_hold_scores_ranks_and_counts() -> None:
    """For u: a was bought twice, last a day ago; ranks are among u's candidates."""
    columns = gather(MODELS, np.array([0]), depth=4).columns
    assert columns["own"].tolist() == [2, 1, 0]
    assert columns["own rank"].tolist() == [1, 2, 3]
    assert columns["popular"].tolist() == [1, 1, 2]
    assert columns["visits"].tolist() == [2, 1, 0]
    assert columns["recency"].tolist() == [1 / 2, 1, 0]
    assert columns["buyers"].tolist() == [1, 1, 2]
    assert columns["items of user"].tolist() == [2, 2, 2]


def test_further_features_are_columns_too() -> None:
    """A feature sees the interactions and the pairs."""

    def age(known: Interactions, users: Rows, items: Rows) -> dict[str, Rows]:
        return {"sum": users * 10 + items + len(known.items)}

    columns = gather(MODELS, np.array([0, 1]), depth=1, features=[age]).columns
    assert columns["sum"].tolist() == [4, 6, 16]


def test_parts_are_seamless(
    checkerboard: Log, products: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three users at a time give the table of all at once."""
    known = Interactions.of(checkerboard, products)
    models = {"own": Frequency(5).learn(known), "popular": Popularity(9).learn(known)}
    whole = gather(models, np.arange(10), depth=5)
    monkeypatch.setattr(candidates, "_USERS", 3)
    parts = gather(models, np.arange(10), depth=5)
    assert np.array_equal(whole.place, parts.place)
    pd.testing.assert_frame_equal(whole.columns, parts.columns)


def test_labels_say_what_was_bought_later() -> None:
    """In the last two days u bought b, v and w bought c."""
    past = KNOWN.before(2)
    table = gather({"popular": Popularity().learn(KNOWN.before(0))}, np.array([0, 1]), depth=3)
    assert past.bought.toarray()[0].tolist() == [1, 0, 0, 0]
    assert table.labels(KNOWN.since(1)).tolist() == [False, True, False, False, False, True]


def test_the_truth_of_new_candidates_leaves_out_what_was_bought() -> None:
    """As of two days ago u had a; u then bought b for the first time, and say a again."""
    past, later = KNOWN.before(2), KNOWN.before(0).bought
    models = {"own": Frequency().learn(past), "popular": Popularity().learn(past)}
    new, every = (
        gather(models, np.array([0]), target=target).truth(later).toarray().tolist()
        for target in ("new", "all")
    )
    assert (new, every) == ([[0, 1, 0, 0]], [[1, 1, 0, 0]])


def test_ranking_sorts_each_users_candidates() -> None:
    """Best first, equal scores by item, short rows padded; a user without any stays empty."""
    place, item = np.array([0, 0, 0, 2]), np.array([1, 4, 6, 3])
    users, columns = np.array([5, 6, 7]), pd.DataFrame(index=range(4))
    table = Candidates(KNOWN, "all", users, place, item, columns)
    ranking = table.rank([0.5, 0.5, 0.9, 0.1], 2)
    assert ranking.items.tolist() == [[6, 1], [-1, -1], [3, -1]]


def test_models_of_different_interactions_are_refused() -> None:
    """Their rows would not mean the same users."""
    other = Popularity().learn(KNOWN.before(0))
    with pytest.raises(ValueError, match="one Interactions, got 2"):
        gather({"own": MODELS["own"], "other": other}, np.array([0]))


def test_an_unknown_target_is_refused() -> None:
    """The message names both."""
    with pytest.raises(ValueError, match="'all' or 'new'"):
        gather(MODELS, np.array([0]), target="old")  # type: ignore[arg-type]


def test_no_users_are_refused() -> None:
    """A table of nothing teaches nothing."""
    with pytest.raises(ValueError, match="at least one"):
        gather(MODELS, np.array([], dtype=np.int64))
