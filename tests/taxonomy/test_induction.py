"""A tree from vectors: clusters whose right answer is known, at both sizes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from catalogkit.datasets.errors import DataError
from catalogkit.taxonomy.evidence import blend, borrow, co_purchase_vectors, letter_vectors
from catalogkit.taxonomy.induction import balanced_levels, cluster, induce
from catalogkit.taxonomy.scores import adjusted_mutual_information


def planted(each: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Draw 12 tight groups, three near each of four far corners: vectors and group numbers."""
    rng = np.random.default_rng(seed)
    corners = 10 * np.eye(4, 8).repeat(3, axis=0) + np.tile(np.eye(3, 8, 4), (4, 1))
    groups = np.arange(12).repeat(each)
    return (corners[groups] + 0.05 * rng.standard_normal((12 * each, 8))).astype(np.float32), groups


@pytest.mark.parametrize("cells", [2500, 60])
def test_planted_groups_are_found_at_both_levels(cells: int) -> None:
    """Exactly, whether Ward sees all vectors or the cells of k-means."""
    vectors, groups = planted(20)
    labels = cluster(vectors, (4, 12), cells=cells).labels
    assert adjusted_mutual_information(groups // 3, labels[:, 0]) == pytest.approx(1)
    assert adjusted_mutual_information(groups, labels[:, 1]) == pytest.approx(1)


def test_levels_are_nested() -> None:
    """A fine cluster lies in one coarse cluster, on vectors without structure too."""
    vectors = np.random.default_rng(0).standard_normal((400, 5))
    coarse, fine = cluster(vectors, (7, 50), cells=100).labels.T
    assert len(np.unique(np.stack([coarse, fine]), axis=1).T) == len(np.unique(fine)) == 50


def test_the_seed_decides() -> None:
    """Two runs agree cell by cell; another seed gathers other cells."""
    vectors = np.random.default_rng(0).standard_normal((400, 5))
    first, again, other = (cluster(vectors, (9,), cells=50, seed=s).cells for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_equal_vectors_share_a_cluster() -> None:
    """Copies neither split nor weigh."""
    vectors = np.array([[0.0], [0.0], [0.0], [1.0], [5.0], [-0.0]])
    labels = cluster(vectors, (3,)).labels[:, 0]
    assert labels[0] == labels[1] == labels[2] == labels[5]
    assert len(set(labels.tolist())) == 3


def test_one_product_is_a_tree() -> None:
    """A file with one row is no error."""
    tree = induce(["red tea"], [[1.0, 0.0]], products=["a"]).tree
    assert tree.paths[tree.home_of["a"]] == ("Red Tea",)


def test_every_product_sits_in_the_named_tree() -> None:
    """Groups that differ by a word are named by it."""
    vectors, groups = planted(5)
    words = [
        *("ale", "beer", "cider", "juice", "soda", "water"),
        *("apple", "plum", "fig", "pork", "lamb", "veal"),
    ]
    induced = induce([f"{words[g]} {i}" for i, g in enumerate(groups)], vectors, (4, 12))
    homes = [induced.tree.path(home)[-1].lower() for home in induced.tree.homes.tolist()]
    assert set(induced.tree.products) == set(range(60))
    above = [induced.tree.path(home)[0].lower().split() for home in induced.tree.homes.tolist()]
    assert all(
        words[g] in (h, *a) or h == "other" for h, a, g in zip(homes, above, groups, strict=True)
    )


@pytest.mark.parametrize(
    ("vectors", "levels", "message"),
    [
        ([[1.0], [np.nan]], None, "1 of 2 vectors hold NaN or infinity, the first in row 1"),
        ([1.0, 2.0], None, "one row for each product"),
        ([[1.0], [2.0]], (5, 5), "rising numbers"),
        ([[1.0], [2.0]], (0,), "rising numbers"),
    ],
)
def test_bad_input_is_named(vectors: list[object], levels: tuple[int, ...], message: str) -> None:
    """The row, the shape or the levels."""
    with pytest.raises(DataError, match=message):
        cluster(vectors, levels)


def test_balanced_levels_have_equal_branching() -> None:
    """10,000 products in leaves of 10: 1,000 leaves, ten children at each of three levels."""
    assert balanced_levels(10_000, depth=3) == (10, 100, 1000)
    assert balanced_levels(3) == (1,)


def test_texts_of_like_letters_are_alike() -> None:
    """In any script; equal ones are equal, rows have the length one, a blank one is zero."""
    texts = ["龙井绿茶", "碧螺春绿茶", "洗手液", "洗手液", " "]
    vectors = letter_vectors(texts, 8)
    assert vectors.shape == (5, 8)
    assert vectors[0] @ vectors[1] > 0.1 + abs(vectors[0] @ vectors[2])
    assert np.array_equal(vectors[2], vectors[3])
    assert np.linalg.norm(vectors, axis=1).tolist() == pytest.approx([1, 1, 1, 1, 0])


@pytest.mark.parametrize("texts", [["tea"], [""]])
def test_one_text_has_a_vector(texts: list[str]) -> None:
    """However few runs of letters there are."""
    assert letter_vectors(texts).shape == (1, 256)


def test_things_bought_together_are_alike() -> None:
    """On a checkerboard those of one color are near, the others far; an unsold one is zero."""
    rows = [[p for p in range(10) if p % 2 == b % 2 and p != b % 10] for b in range(40)]
    baskets = sparse.lil_array((40, 11))
    for basket, bought in enumerate(rows):
        baskets[basket, bought] = 1
    vectors = co_purchase_vectors(baskets.tocsr(), 2)
    cosines = vectors @ vectors.T
    assert cosines[0, 2:10:2].min() > 0.9
    assert abs(cosines[0, 1:10:2]).max() < 0.1
    assert not vectors[10].any()


def test_baskets_of_one_tell_nothing() -> None:
    """That is said."""
    with pytest.raises(DataError, match="no basket holds two"):
        co_purchase_vectors(sparse.eye_array(3).tocsr())


def test_an_unbought_product_takes_its_text_neighbours_vector() -> None:
    """And a much bought one keeps its own."""
    bought = np.eye(3, dtype=np.float32)
    bought[2] = 0
    texts = np.array([[1, 0], [0, 1], [0.1, 0.99]])
    filled = borrow(bought, [1e6, 1e6, 0], texts, neighbours=1)
    assert np.allclose(filled, [[1, 0, 0], [0, 1, 0], [0, 1, 0]], atol=1e-4)


def test_views_have_an_equal_say() -> None:
    """Whatever their scale, each has inertia one; a constant one has none."""
    rng = np.random.default_rng(0)
    views = rng.standard_normal((50, 3)) + 7, 1000 * rng.standard_normal((50, 9)), np.ones((50, 2))
    spread = ((lambda x: (x - x.mean(axis=0)) ** 2)(blend(*views))).mean(axis=0)
    assert [spread[:3].sum(), spread[3:12].sum(), spread[12:].sum()] == pytest.approx(
        [1, 1, 0], abs=1e-4
    )
    with pytest.raises(DataError, match="views of"):
        blend(np.ones((2, 1)), np.ones((3, 1)))
