"""The suite that every recommender passes; whoever adds a model adds it here by being there."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import catalogkit.recommenders
from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Log
from catalogkit.recommenders import base
from catalogkit.recommenders.base import Recommender
from catalogkit.recommenders.blend import Blend
from catalogkit.recommenders.cold_start import ColdStart
from catalogkit.recommenders.content import Content
from catalogkit.recommenders.cross_category import CrossCategory
from catalogkit.recommenders.factorisation import Bpr
from catalogkit.recommenders.frequency import Frequency
from catalogkit.recommenders.groups import GroupPopularity
from catalogkit.recommenders.interactions import Interactions
from catalogkit.recommenders.neighbours import ItemNeighbours
from catalogkit.recommenders.popularity import Popularity
from catalogkit.recommenders.saving import load
from catalogkit.recommenders.sequential import Gru, SelfAttentive
from tests.recommenders.conftest import SIZE, make_catalog, make_log

VECTORS = np.eye(2)[np.arange(SIZE) % 2]
USERS = [f"u{i:02}" for i in range(SIZE)]
USERS_PARITY = ["even", "odd"] * (SIZE // 2)
HALVES = np.repeat(["left", "right"], SIZE // 2)
NEIGHBOURS = {"neighbours": ItemNeighbours(SIZE), "popular": Popularity()}
TINY: dict[str, Any] = {
    "size": 8,
    "dropout": 0.1,
    "learning_rate": 0.05,
    "batch_size": 6,
    "epochs": 10,
}
BUILDERS: dict[type[Recommender], Callable[[], Recommender]] = {
    Content: lambda: Content(VECTORS),
    Blend: lambda: Blend(NEIGHBOURS, target="new", holdout=12),
    ColdStart: lambda: ColdStart(ItemNeighbours(SIZE), VECTORS),
    GroupPopularity: lambda: GroupPopularity([*USERS, "new"], [*USERS_PARITY, "odd"]),
    CrossCategory: lambda: CrossCategory(HALVES, regularisation=1.0),
    Bpr: lambda: Bpr(8),
    Gru: lambda: Gru(**TINY),
    SelfAttentive: lambda: SelfAttentive(**TINY),
}
TASTELESS = {Popularity, Frequency}  # know nothing of what goes with what
UNCHANGING: set[type[Recommender]] = {Bpr}  # take in no events: they say to fit again


def concrete(kind: type[Recommender]) -> Iterator[type[Recommender]]:
    """Find every model below a class."""
    for below in kind.__subclasses__():
        if not inspect.isabstract(below):
            yield below
        yield from concrete(below)


for module in pkgutil.walk_packages(catalogkit.recommenders.__path__, "catalogkit.recommenders."):
    importlib.import_module(module.name)
KINDS = sorted(set(concrete(Recommender)), key=lambda kind: kind.__name__)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def model(request: pytest.FixtureRequest) -> Recommender:
    """Every model in turn, with its own settings or those of BUILDERS."""
    kind: type[Recommender] = request.param
    return BUILDERS.get(kind, kind)()


def test_the_product_left_out_is_found(
    model: Recommender, checkerboard: Log, products: Catalog
) -> None:
    """Of what user i has not bought, product i alone goes with the rest; without taste, p00 leads.

    All products have as many buyers, so popularity falls back on the catalog's order.
    """
    fitted = model.fit(checkerboard, products)
    users = [f"u{i:02}" for i in range(SIZE)]
    found = fitted.recommend(users, 1, exclude=fitted.history(users)).items[:, 0]
    bought = fitted.history(users).toarray() > 0
    expected = bought.argmin(axis=1) if type(model) in TASTELESS else np.arange(SIZE)
    assert found.tolist() == expected.tolist()


def test_an_unseen_user_gets_what_most_people_bought(
    model: Recommender, checkerboard: Log, products: Catalog
) -> None:
    """Two further buyers make p07 the most popular product, one makes p05 the second."""
    more = make_log([("x", "p07", 39), ("y", "p07", 39), ("z", "p05", 39)])
    log = Log(pd.concat([checkerboard.table, more.table], ignore_index=True))
    assert model.fit(log, products).recommend(["nobody"], 2).items.tolist() == [[7, 5]]


def test_a_user_whose_purchases_are_all_to_come_is_a_stranger(
    model: Recommender, checkerboard: Log, products: Catalog
) -> None:
    """Known by id, without history: such a user gets the stranger's list."""
    later = make_log([("late", "p03", SIZE + 10)])
    log = Log(pd.concat([checkerboard.table, later.table], ignore_index=True))
    fitted = model.learn(Interactions.of(log, products).before(10))
    late, stranger = fitted.recommend(["late", "nobody"], 5).items.tolist()
    assert late == stranger


def test_a_product_nobody_bought_has_its_place(
    model: Recommender, checkerboard: Log, products: Catalog
) -> None:
    """Asked for the whole catalog, a model lists every product once, the unsold one too."""
    sold = checkerboard.take(checkerboard.product_id != "p39")
    ranking = model.fit(sold, products).recommend(["u00", "u01", "nobody"], SIZE)
    assert (np.sort(ranking.items, axis=1) == np.arange(SIZE)).all()


def test_nothing_excluded_is_returned(
    model: Recommender, checkerboard: Log, products: Catalog
) -> None:
    """Whatever is excluded for a user is missing from that user's list alone."""
    fitted = model.fit(checkerboard, products)
    exclude = sparse.csr_array(np.arange(2 * SIZE).reshape(2, SIZE) % 3 == 0)
    ranking = fitted.recommend(["u00", "nobody"], SIZE, exclude=exclude)
    for row, taken in zip(ranking.items, exclude.toarray(), strict=True):
        assert set(row[row >= 0]) == set(np.flatnonzero(~taken))


def test_only_candidates_are_returned(
    model: Recommender, checkerboard: Log, products: Catalog
) -> None:
    """With three candidates the list has three products, and pads."""
    ranking = model.fit(checkerboard, products).recommend(["u01"], 5, candidates=[3, 8, 20])
    assert sorted(ranking.items[0]) == [-1, -1, 3, 8, 20]


def test_asking_for_more_than_there_is_pads_the_list(
    model: Recommender, checkerboard: Log, products: Catalog
) -> None:
    """Every product is returned once, then pads."""
    ranking = model.fit(checkerboard, products).recommend(["u00", "nobody"], SIZE + 3)
    assert (ranking.items[:, SIZE:] == -1).all()
    assert np.array_equal(
        np.sort(ranking.items[:, :SIZE], axis=1), np.tile(np.arange(SIZE), (2, 1))
    )


def test_fitting_again_gives_the_same_lists(
    model: Recommender, checkerboard: Log, products: Catalog
) -> None:
    """Whatever is random comes from the seed."""
    users = ["u00", "u17", "nobody"]
    first, again = (model.fit(checkerboard, products).recommend(users, 10) for _ in range(2))
    assert np.array_equal(first.items, again.items)
    assert np.array_equal(first.scores, again.scores)


def test_company_changes_no_list(
    model: Recommender, checkerboard: Log, products: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user gets the same list alone, among others, and when users are taken in parts."""
    fitted = model.fit(checkerboard, products)
    users = [f"u{i:02}" for i in range(10)]
    together = fitted.recommend(users, 10)
    monkeypatch.setattr(base, "_CELLS", 3 * SIZE)
    assert np.array_equal(fitted.recommend(users, 10).items, together.items)
    assert np.array_equal(fitted.recommend(["u03"], 10).items[0], together.items[3])


def test_nobody_asked_for_is_an_empty_ranking(
    model: Recommender, checkerboard: Log, products: Catalog
) -> None:
    """No users, no rows."""
    assert len(model.fit(checkerboard, products).recommend([], 3)) == 0


def test_a_saved_model_gives_the_same_lists(
    model: Recommender, checkerboard: Log, products: Catalog, tmp_path: Path
) -> None:
    """Also of users whom it does not know, and after further events."""
    fitted = model.fit(checkerboard, products)
    fitted.save(tmp_path / "model")
    again = load(tmp_path / "model")
    assert type(again) is type(fitted)
    users = ["u00", "u17", "nobody"]
    expected, found = fitted.recommend(users, 10), again.recommend(users, 10)
    assert np.array_equal(found.items, expected.items)
    assert np.array_equal(found.scores, expected.scores)
    if type(model) not in UNCHANGING:
        more = make_log([("u17", "p00", 50), ("nobody", "p05", 50)])
        expected, found = (each.update(more).recommend(users, 10) for each in (fitted, again))
        assert np.array_equal(found.items, expected.items)


def test_further_events_make_a_stranger_known(
    model: Recommender, checkerboard: Log, products: Catalog
) -> None:
    """Who buys all odd products but p07 is offered p07, which strangers are not; or it is said.

    They are bought in the order in which everybody buys, one a day.
    """
    fitted = model.fit(checkerboard, products)
    odd = [j for j in range(1, SIZE, 2) if j != 7]
    news = make_log([("new", f"p{j:02}", SIZE + (j - 7) % SIZE) for j in odd])
    if type(model) in UNCHANGING:
        with pytest.raises(NotImplementedError, match="fit again"):
            fitted.update(news)
        return
    renewed = fitted.update(news)
    exclude = renewed.history(["new"])
    assert exclude.sum() == SIZE / 2 - 1
    found = renewed.recommend(["new"], 1, exclude=exclude).items.tolist()
    assert found == ([[0]] if type(model) in TASTELESS else [[7]])
    assert fitted.history(["new"]).sum() == 0
    assert len(renewed.recommend(["nobody", "u00"], 3)) == 2


def test_an_update_with_a_product_outside_the_catalog_is_refused(
    model: Recommender, checkerboard: Log, products: Catalog
) -> None:
    """With the row; the model stays as it was."""
    fitted = model.fit(checkerboard, products)
    with pytest.raises(DataError, match=r"1 of 2 events.*first row 1 \('tea'\)"):
        fitted.update(make_log([("u00", "p00", 50), ("u00", "tea", 50)]))


# ---- what the base refuses, once for all models


def test_equal_scores_go_by_buyers_then_by_the_catalog() -> None:
    """A user who bought nothing twice is offered the popular b, then a and c as they stand."""
    log = make_log([("u", "d", 0), ("v", "b", 0), ("w", "b", 0), ("v", "a", 0), ("w", "c", 0)])
    ranking = Frequency().fit(log, make_catalog(["a", "b", "c", "d"])).recommend(["u"], 4)
    assert ranking.items.tolist() == [[3, 1, 0, 2]]


@pytest.mark.parametrize("candidates", [[0, 99], [-1], [[0]], [0.5], [True]])
def test_candidates_outside_the_catalog_are_refused(
    checkerboard: Log, products: Catalog, candidates: list[object]
) -> None:
    """Candidates are rows of the catalog."""
    with pytest.raises(ValueError, match="rows of the catalog, whole numbers below 40"):
        Popularity().fit(checkerboard, products).recommend(["u00"], 1, candidates=candidates)


def test_an_exclusion_of_another_shape_is_refused(checkerboard: Log, products: Catalog) -> None:
    """The message shows both shapes."""
    with pytest.raises(ValueError, match=r"\(1, 3\).*\(1, 40\)"):
        Popularity().fit(checkerboard, products).recommend(
            ["u00"], 1, exclude=sparse.csr_array((1, 3))
        )


def test_a_product_outside_the_catalog_is_named(products: Catalog) -> None:
    """Nothing is dropped silently."""
    with pytest.raises(DataError, match=r"1 of 2 events.*first row 1 \('tea'\)"):
        Popularity().fit(make_log([("u", "p00", 0), ("u", "tea", 0)]), products)
