"""What every re-ranker must do, whatever it maximises."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogkit.ranking import Ranking
from catalogkit.ranking.reranking import calibrated, dpp, mmr, weighted_sum, xquad
from tests.ranking.reranking.conftest import Shop

Reranker = Callable[[Ranking, Shop, int, float], Ranking]
RERANKERS: dict[str, Reranker] = {
    "mmr": lambda c, s, k, b: mmr(c, s.vectors, k, balance=b),
    "dpp": lambda c, s, k, b: dpp(c, s.vectors, k, balance=b),
    "xquad": lambda c, s, k, b: xquad(c, s.aspects, s.interests, k, balance=b),
    "calibrated": lambda c, s, k, b: calibrated(c, s.aspects, s.interests, k, balance=b),
    "weighted sum": lambda c, s, k, b: weighted_sum(c, s.vectors, k, balance=b),
}
SEEDS = st.integers(0, 10_000)
every = pytest.mark.parametrize("name", RERANKERS)


@every
@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_balance_one_keeps_the_base_order(name: str, seed: int) -> None:
    """With all weight on relevance nothing moves."""
    shop = Shop.drawn(seed)
    kept = RERANKERS[name](shop.candidates, shop, 6, 1.0)
    assert np.array_equal(kept.items, shop.candidates.items[:, :6])


@every
@settings(max_examples=10, deadline=None)
@given(seed=SEEDS, balance=st.sampled_from([0.0, 0.3, 0.8]))
def test_the_numbering_of_the_items_does_not_matter(name: str, seed: int, balance: float) -> None:
    """Renumbered items come out in the same places."""
    shop = Shop.drawn(seed)
    number = np.random.default_rng(seed).permutation(len(shop.vectors)).astype(np.int32)
    back = np.argsort(number)
    other = Shop(
        Ranking(number[shop.candidates.items], shop.candidates.scores),
        shop.vectors[back], shop.aspects[back], shop.interests,
    )  # fmt: skip
    first = RERANKERS[name](shop.candidates, shop, 6, balance)
    again = RERANKERS[name](other.candidates, other, 6, balance)
    assert np.array_equal(number[first.items], again.items)


@every
def test_fewer_candidates_than_places_leave_pads(name: str, shop: Shop) -> None:
    """Three candidates fill three of five places, each once."""
    lists = RERANKERS[name](shop.candidates.top(3), shop, 5, 0.5)
    assert np.array_equal(np.sort(lists.items[:, :3]), np.sort(shop.candidates.items[:, :3]))
    assert (lists.items[:, 3:] == -1).all()


@every
def test_a_user_with_a_short_list_changes_nothing_for_others(name: str, shop: Shop) -> None:
    """Pads are no candidates, and a user without any gets an empty list."""
    items, scores = shop.candidates.items.copy(), shop.candidates.scores.copy()
    items[0, 2:], scores[0, 2:] = -1, -np.inf
    items[1], scores[1] = -1, -np.inf
    lists = RERANKERS[name](Ranking(items, scores), shop, 4, 0.5)
    assert sorted(lists.items[0]) == sorted([*items[0, :2], -1, -1])
    assert (lists.items[1] == -1).all()
    whole = RERANKERS[name](shop.candidates, shop, 4, 0.5)
    assert np.array_equal(lists.items[2:], whole.items[2:])


@every
def test_scores_count_places_from_the_end(name: str, shop: Shop) -> None:
    """A list of four scores 4, 3, 2, 1."""
    assert RERANKERS[name](shop.candidates, shop, 4, 0.5).scores[0].tolist() == [4, 3, 2, 1]


@every
def test_users_beyond_one_block_are_ranked_alike(
    name: str, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cutting the users into blocks is not seen in the lists."""
    whole = RERANKERS[name](shop.candidates, shop, 6, 0.5)
    monkeypatch.setattr("catalogkit.ranking.reranking.pools._CELLS", 1)
    assert np.array_equal(RERANKERS[name](shop.candidates, shop, 6, 0.5).items, whole.items)


@every
@pytest.mark.parametrize("balance", [-0.1, 1.1, float("nan")])
def test_a_balance_beyond_the_scale_is_refused(name: str, shop: Shop, balance: float) -> None:
    """Relevance weighs between 0 and 1."""
    with pytest.raises(ValueError, match="balance must lie between"):
        RERANKERS[name](shop.candidates, shop, 4, balance)


@every
def test_a_list_without_places_is_refused(name: str, shop: Shop) -> None:
    """K starts at one."""
    with pytest.raises(ValueError, match="at least one place"):
        RERANKERS[name](shop.candidates, shop, 0, 0.5)


@every
def test_a_candidate_beyond_the_catalog_is_refused(name: str, shop: Shop) -> None:
    """Every candidate needs a vector or aspects."""
    short = Shop(shop.candidates, shop.vectors[:5], shop.aspects[:5], shop.interests)
    with pytest.raises(ValueError, match="of a catalog of 5"):
        RERANKERS[name](short.candidates, short, 4, 0.5)
