"""The fast greedy forms give the lists of the naive ones, and better ones than chance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from book.tools.bench import naive_reranking as naive
from catalogkit.ranking import Ranking
from catalogkit.ranking.reranking.calibrated import SMOOTHING, calibrated
from catalogkit.ranking.reranking.dpp import SHARED, dpp
from catalogkit.ranking.reranking.mmr import mmr
from catalogkit.ranking.reranking.weighted import relevance
from catalogkit.ranking.reranking.xquad import xquad
from tests.ranking.reranking.conftest import Shop

SEEDS, BALANCES = st.integers(0, 10_000), st.sampled_from([0.0, 0.4, 0.9])
few = settings(max_examples=8, deadline=None)


@few
@given(SEEDS, BALANCES)
def test_mmr_equals_the_naive_greedy(seed: int, balance: float) -> None:
    """Remembering the nearest item changes no list."""
    shop = Shop.drawn(seed)
    wanted = naive.mmr(shop.candidates.items, relevance(shop.candidates), shop.unit, 6, balance)
    assert np.array_equal(mmr(shop.candidates, shop.vectors, 6, balance=balance).items, wanted)


@few
@given(SEEDS, BALANCES)
def test_dpp_equals_the_greedy_over_determinants(seed: int, balance: float) -> None:
    """The incremental Cholesky factor knows every determinant."""
    shop = Shop.drawn(seed)
    given_ = (shop.candidates.items, relevance(shop.candidates), shop.unit)
    wanted = naive.dpp(*given_, 6, balance, SHARED)
    assert np.array_equal(dpp(shop.candidates, shop.vectors, 6, balance=balance).items, wanted)


@few
@given(SEEDS, BALANCES)
def test_xquad_equals_the_naive_greedy(seed: int, balance: float) -> None:
    """What is left unserved is a running product."""
    shop = Shop.drawn(seed)
    given_ = (shop.candidates.items, relevance(shop.candidates), shop.aspects, shop.interests)
    fast = xquad(shop.candidates, shop.aspects, shop.interests, 6, balance=balance)
    assert np.array_equal(fast.items, naive.xquad(*given_, 6, balance))


@few
@given(SEEDS, BALANCES, st.booleans())
def test_calibrated_equals_the_naive_greedy(seed: int, balance: float, one_hot: bool) -> None:
    """With mixed shares and with groups, where equal kinds are computed once."""
    shop = Shop.drawn(seed)
    shares = np.eye(5)[shop.aspects.argmax(axis=1)] if one_hot else shop.aspects
    given_ = (shop.candidates.items, relevance(shop.candidates), shares, shop.interests)
    fast = calibrated(shop.candidates, shares, shop.interests, 6, balance=balance)
    assert np.array_equal(fast.items, naive.calibrated(*given_, 6, balance, SMOOTHING))


def by_hand(second: float = 0.9) -> tuple[Ranking, np.ndarray]:
    """Milk, other milk, bread: scores 1, `second`, 0."""
    return Ranking([[0, 1, 2]], [[1.0, second, 0.0]]), np.array([[1.0, 0], [1, 0], [0, 1]])


@pytest.mark.parametrize("rerank", [mmr, dpp])
def test_enough_weight_on_diversity_lists_bread_before_other_milk(
    rerank: Callable[..., Ranking],
) -> None:
    """At .9 relevance wins the second place, at .3 diversity does."""
    candidates, groups = by_hand()
    assert rerank(candidates, groups, 2, balance=0.9).items.tolist() == [[0, 1]]
    assert rerank(candidates, groups, 2, balance=0.3).items.tolist() == [[0, 2]]


def test_xquad_serves_the_interest_in_bread() -> None:
    """Who buys bread gets it first when only interests count."""
    candidates, groups = by_hand()
    lists = xquad(candidates, groups, [[0.2, 0.8]], 3, balance=0.0)
    assert lists.items.tolist() == [[2, 0, 1]]


def test_calibrated_mixes_the_list_as_the_past_was() -> None:
    """Half bread, half milk: one of each in a list of two."""
    candidates, groups = by_hand()
    lists = calibrated(candidates, groups, [[0.5, 0.5]], 2, balance=0.2)
    assert lists.items.tolist() == [[0, 2]]


def _worth(name: str, shop: Shop, user: int, places: list[int], balance: float) -> float:
    """Sum the gains of a list in its order, as the naive definitions give them."""
    scores, items = relevance(shop.candidates)[user, places], shop.candidates.items[user, places]
    unit = shop.unit[items]
    alike = SHARED * unit @ unit.T
    np.fill_diagonal(alike, 1)
    if name == "dpp":
        return float(balance * scores.sum() + (1 - balance) * np.linalg.slogdet(alike).logabsdet)
    near = [max(unit[i] @ unit[j] for j in range(i)) for i in range(1, len(items))]
    return float(balance * scores.sum() - (1 - balance) * sum(near))


@pytest.mark.parametrize("name", ["mmr", "dpp"])
@settings(max_examples=8, deadline=None)
@given(seed=SEEDS, balance=st.sampled_from([0.2, 0.5, 0.8]))
def test_no_list_is_worse_than_the_mean_of_random_ones(
    name: str, seed: int, balance: float
) -> None:
    """On its own objective greedy beats chance for every user."""
    shop, rng = Shop.drawn(seed), np.random.default_rng(seed)
    lists = {"mmr": mmr, "dpp": dpp}[name](shop.candidates, shop.vectors, 5, balance=balance).items
    for user, row in enumerate(lists):
        where = [shop.candidates.items[user].tolist().index(item) for item in row]
        drawn = [rng.choice(15, 5, replace=False).tolist() for _ in range(30)]
        chance = [_worth(name, shop, user, each, balance) for each in drawn]
        assert _worth(name, shop, user, where, balance) > np.mean(chance)


@settings(max_examples=8, deadline=None)
@given(seed=SEEDS, balance=st.sampled_from([0.0, 0.5, 0.8]))
def test_xquad_serves_more_interest_than_random_lists(seed: int, balance: float) -> None:
    """Greedy on a submodular sum keeps its promise against the mean of random lists."""
    shop, rng = Shop.drawn(seed), np.random.default_rng(seed)
    lists = xquad(shop.candidates, shop.aspects, shop.interests, 5, balance=balance).items

    def worth(user: int, places: list[int]) -> float:
        shares = shop.aspects[shop.candidates.items[user, places]]
        served = shop.interests[user] @ (1 - np.prod(1 - shares, axis=0))
        scores = relevance(shop.candidates)[user, places]
        return float(balance * scores.sum() + (1 - balance) * served)

    for user, row in enumerate(lists):
        where = [shop.candidates.items[user].tolist().index(item) for item in row]
        drawn = [rng.choice(15, 5, replace=False).tolist() for _ in range(30)]
        assert worth(user, where) > np.mean([worth(user, each) for each in drawn])


@pytest.mark.parametrize("rerank", [mmr, dpp])
def test_a_zero_vector_is_refused(rerank: Callable[..., Ranking], shop: Shop) -> None:
    """A vector without direction has no cosine."""
    vectors = shop.vectors.copy()
    vectors[3] = 0
    with pytest.raises(ValueError, match="first of item 3"):
        rerank(shop.candidates, vectors, 4, balance=0.5)
