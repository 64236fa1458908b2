"""Sequential models read baskets in order, only backwards, and stop where nothing is gained."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Log
from catalogkit.recommenders import next_basket
from catalogkit.recommenders.baskets import Baskets
from catalogkit.recommenders.interactions import Interactions
from catalogkit.recommenders.networks import Histories
from catalogkit.recommenders.sequential import Gru, SelfAttentive, Sequential
from tests.recommenders.conftest import make_catalog, make_log

TINY: dict[str, Any] = {"size": 4, "batch_size": 4, "epochs": 2}
KINDS = pytest.mark.parametrize("kind", [Gru, SelfAttentive])


@pytest.fixture
def baskets() -> Baskets:
    """Return u's three baskets a, bc, c and v's two, b and a."""
    log = make_log(
        [("u", "a", 0), ("u", "b", 1), ("u", "c", 1), ("u", "c", 2), ("v", "b", 0), ("v", "a", 1)]
    )
    return Baskets.of(Interactions.of(log, make_catalog(["a", "b", "c"])))


def test_histories_are_the_latest_baskets_of_each_user(baskets: Baskets) -> None:
    """Of u the last two are read, of v both; v is asked for first."""
    given = Histories.of(baskets, np.array([1, 0]), steps=2)
    assert given.items.tolist() == [1, 0, 1, 2, 2]
    assert given.basket.tolist() == [0, 1, 2, 2, 3]
    assert given.length.tolist() == [2, 2]
    assert given.opening.tolist() == [True, False, True, False]


@KINDS
def test_what_comes_later_changes_nothing_before(kind: type[Sequential], baskets: Baskets) -> None:
    """Two steps of u give the same states alone, before a third and beside another user."""
    torch.manual_seed(0)
    network = kind(**TINY).network(3).eval()
    before = Histories.of(Baskets(np.array([0, 2]), baskets.items[:2]), np.array([0]), 5)
    with torch.no_grad():
        alone, together = network(before), network(Histories.of(baskets, np.array([0, 1]), 5))
    torch.testing.assert_close(alone, together[:2])


@KINDS
def test_the_order_of_baskets_matters(kind: type[Sequential], baskets: Baskets) -> None:
    """First a, then b, ends elsewhere than first b, then a."""
    torch.manual_seed(0)
    network = kind(**TINY).network(3).eval()
    there, back = (
        Histories.of(Baskets(np.array([0, 2]), baskets.items[[0, 3][::step]]), np.array([0]), 5)
        for step in (1, -1)
    )
    with torch.no_grad():
        assert not torch.allclose(network(there)[-1], network(back)[-1], atol=1e-3)


def test_the_loss_is_the_cross_entropy_of_the_next_baskets(baskets: Baskets) -> None:
    """Each basket counts once, its items sharing; by torch's own function, step by step."""
    torch.manual_seed(0)
    network = Gru(**TINY).network(3).eval()
    given = Histories.of(baskets, np.array([0, 1]), 5)
    with torch.no_grad():
        logits = network.logits(network(given))
        found = next_basket.loss(network, given, None)
    shares = torch.tensor([[0, 0.5, 0.5], [0, 0, 1.0], [1.0, 0, 0]])
    torch.testing.assert_close(found, torch.nn.functional.cross_entropy(logits[[0, 1, 3]], shares))


def test_a_sampled_loss_comes_near_the_full_one(baskets: Baskets) -> None:
    """With many items drawn, those drawn stand for all others."""
    torch.manual_seed(0)
    network = Gru(**TINY).network(200).eval()
    table = baskets.items.toarray()
    wide = Baskets(baskets.start, type(baskets.items)(np.pad(table, ((0, 0), (0, 197)))))
    given = Histories.of(wide, np.array([0, 1]), 5)
    drawn = torch.from_numpy(np.random.default_rng(0).integers(0, 200, 20_000))
    with torch.no_grad():
        full, sampled = (next_basket.loss(network, given, n) for n in (None, drawn))
    assert float(sampled) == pytest.approx(float(full), abs=0.01)


def losses(
    monkeypatch: pytest.MonkeyPatch, values: list[float], log: Log, catalog: Catalog, **how: int
) -> int:
    """Pretend these losses of the users held out, and count the epochs that are trained."""
    told = iter(values)
    monkeypatch.setattr(next_basket.Training, "_validate", lambda *_: next(told))
    Gru(size=4, batch_size=64, **how).fit(log, catalog)
    return len(values) - len(list(told))


def test_training_stops_when_users_held_out_gain_no_more(
    monkeypatch: pytest.MonkeyPatch, checkerboard: Log, products: Catalog
) -> None:
    """Best in the second epoch, then worse twice, with a patience of two: four epochs."""
    falls = [3.0, 2.0, 2.5, 2.1, 1.0, 1.0]
    assert losses(monkeypatch, falls, checkerboard, products, patience=2) == 4


def test_training_goes_on_as_long_as_something_is_gained(
    monkeypatch: pytest.MonkeyPatch, checkerboard: Log, products: Catalog
) -> None:
    """Until the epochs end."""
    falls = [3.0, 2.0, 1.0, 0.5, 0.4]
    assert losses(monkeypatch, falls, checkerboard, products, epochs=4) == 4


def test_the_best_weights_stay(
    monkeypatch: pytest.MonkeyPatch, checkerboard: Log, products: Catalog
) -> None:
    """A first epoch that was best leaves the weights of a training of one epoch."""
    falls = [1.0, 2.0, 3.0]
    monkeypatch.setattr(next_basket.Training, "_validate", lambda *_: falls.pop(0))
    long = Gru(size=4, patience=2).fit(checkerboard, products)
    falls[:] = [1.0]
    short = Gru(size=4, epochs=1).fit(checkerboard, products)
    for name, value in short.weights.items():
        assert np.array_equal(long.weights[name], value), name


def test_a_loss_without_bound_is_said(
    monkeypatch: pytest.MonkeyPatch, checkerboard: Log, products: Catalog
) -> None:
    """Rather than serving random weights."""
    monkeypatch.setattr(next_basket.Training, "_validate", lambda *_: float("nan"))
    with pytest.raises(ValueError, match=r"learning_rate=0\.01: the loss grew without bound"):
        Gru(**TINY).fit(checkerboard, products)


@KINDS
def test_a_catalog_larger_than_the_sample_is_learnt_from_samples(
    kind: type[Sequential], checkerboard: Log, products: Catalog
) -> None:
    """With ten of forty products drawn a batch, what follows is still found for most."""
    model = kind(
        size=16, learning_rate=0.03, batch_size=6, epochs=12, dropout=0.0, sampled=10, patience=9
    )
    fitted = model.fit(checkerboard, products)
    users = [f"u{i:02}" for i in range(40)]
    found = fitted.recommend(users, 1, exclude=fitted.history(users)).items[:, 0]
    assert np.mean(found == np.arange(40)) > 0.9


def test_a_log_without_any_order_is_refused(products: Catalog) -> None:
    """Everybody bought on one day but one user."""
    log = make_log([("u", "p00", 0), ("v", "p01", 0), ("w", "p01", 0), ("w", "p02", 1)])
    with pytest.raises(DataError, match="1 users have events on two days or more"):
        Gru().fit(log, products)


@KINDS
def test_training_leaves_torch_as_it_was(
    kind: type[Sequential], checkerboard: Log, products: Catalog
) -> None:
    """Neither the global random state nor the number of threads is touched."""
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    kind(**TINY).fit(checkerboard, products).recommend(["u00"], 1)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads


def test_another_seed_gives_other_weights(checkerboard: Log, products: Catalog) -> None:
    """The seed is used."""
    one, two = (Gru(**TINY, seed=seed).fit(checkerboard, products).weights for seed in (0, 1))
    assert not np.allclose(one["item.weight"], two["item.weight"])


def test_chances_of_a_user_sum_to_one(checkerboard: Log, products: Catalog) -> None:
    """And a stranger's are all zero."""
    fitted = Gru(**TINY).fit(checkerboard, products)
    sums = fitted.scores(fitted.interactions.rows(["u00", "nobody"])).sum(axis=1)
    np.testing.assert_allclose(sums, [1, 0], atol=1e-5)
