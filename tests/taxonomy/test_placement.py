"""Placing names in a tree whose letters tell where they belong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.taxonomy.changes import Add, edit
from catalogkit.taxonomy.placement import Placer
from catalogkit.taxonomy.tree import Tree

GOODS = {
    "DAIRY": [
        "milk whole",
        "milk skimmed",
        "cheese hard",
        "cheese soft",
        "cheese blue",
        "dairy butter",
    ],
    "MEAT": ["beef roast", "beef ground", "pork chops", "pork roast", "pork ground", "meat balls"],
    "PAPER": ["towels white", "towels printed", "napkins white", "napkins printed", "paper plates"],
}


class Colors:
    """An encoder that knows two meanings, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], /) -> np.ndarray:
        """Tell food (1, 0) from the rest (0, 1)."""
        self.asked += texts
        food = ("milk", "cheese", "beef", "pork", "dairy", "meat", "yak")
        return np.array(
            [[1, 0] if any(f in t for f in food) else [0, 1] for t in texts], np.float32
        )


@pytest.fixture(scope="module")
def tree() -> Tree:
    """Return three parents with five or six children."""
    return Tree.from_paths([(parent, child) for parent, below in GOODS.items() for child in below])


def first(placer: Placer, texts: list[str], **options: int) -> list[str]:
    """Name the likeliest parent of each text."""
    ranking = placer.place(texts, 1, **options)
    return [placer.kinship.tree.names[node] for node in ranking.items[:, 0].tolist()]


def test_unseen_names_go_to_their_kin(tree: Tree) -> None:
    """By a word they share with siblings, or with the parent."""
    names = ["cheese grated", "pork ribs", "napkins red", "dairy drinks"]
    assert first(Placer.fit(tree), names) == ["DAIRY", "MEAT", "PAPER", "DAIRY"]


def test_the_encoder_is_listened_to(tree: Tree) -> None:
    """A name without a familiar letter is food, if the encoder says so."""
    chances = Placer.fit(tree, Colors()).place(["yak"], 3)
    assert tree.names[chances.items[0, -1]] == "PAPER"


def test_scores_are_probabilities_best_first(tree: Tree) -> None:
    """Between 0 and 1, and all places are ranked when k is large."""
    ranking = Placer.fit(tree).place(["cheese grated", "qqq"], 10)
    assert ranking.items.shape == (2, 3)
    assert (ranking.scores > 0).all()
    assert (ranking.scores < 1).all()
    assert ranking.scores[0, 0] > ranking.scores[1, 0]


def test_four_examples_do_not_make_certain() -> None:
    """All were guessed rightly, which is no proof: five of six is what Platt's rule believes."""
    small = Tree.from_paths(
        [("FOOD", "tea"), ("FOOD", "teas"), ("HOME", "soap"), ("HOME", "soaps")]
    )
    chances = Placer.fit(small).place(["soapy"], 1).scores
    assert 0.5 < chances[0, 0] <= 0.9


def test_a_new_node_counts_at_once(tree: Tree) -> None:
    """The weights stay, and only the new name is encoded."""
    encoder = Colors()
    placer = Placer.fit(tree, encoder)
    encoder.asked.clear()
    grown = edit(tree, Add(("PAPER", "cheese paper"))).tree
    later = placer.on(grown)
    assert encoder.asked == ["cheese paper"]
    assert np.array_equal(later.weights, placer.weights)
    before, after = (p.place(["cheese paper sheets"], 3) for p in (placer, later))
    paper = [tree.names.index("PAPER"), grown.names.index("PAPER")]
    shares = [
        r.scores[0][r.items[0] == node][0] for r, node in zip((before, after), paper, strict=True)
    ]
    assert shares[1] > shares[0]


def test_an_index_on_another_tree_is_that_of_a_fresh_one(tree: Tree) -> None:
    """Moving to a smaller tree and back changes no vector."""
    placer = Placer.fit(tree, Colors())
    back = placer.on(Tree.from_paths([("DAIRY", "milk whole")])).on(tree)
    assert np.allclose(back.kinship.spelled.toarray(), placer.kinship.spelled.toarray())
    assert np.array_equal(back.kinship.meant, placer.kinship.meant)


def test_a_depth_admits_places_without_children(tree: Tree) -> None:
    """At depth 2 there are leaves only, and they are ranked."""
    assert first(Placer.fit(tree), ["cheese blue small"], depth=2) == ["cheese blue"]


def test_fitting_is_repeatable(tree: Tree) -> None:
    """The same seed draws the same examples."""
    one, two = (Placer.fit(tree, examples=8, seed=3).weights for _ in range(2))
    assert np.array_equal(one, two)


def test_without_a_choice_nothing_can_be_learnt() -> None:
    """One parent is no choice; nor is depth 0, or a depth the tree does not have."""
    with pytest.raises(DataError, match="no choice to learn"):
        Placer.fit(Tree.from_paths([("A", "b")]))
    placer = Placer.fit(Tree.from_paths([("A", "b"), ("C", "d")]))
    for depth in (0, 7):
        with pytest.raises(DataError, match="nothing to place under"):
            placer.place(["x"], depth=depth)


def test_no_texts_are_no_error(tree: Tree) -> None:
    """An empty list gets an empty ranking."""
    assert Placer.fit(tree).place([]).items.shape[0] == 0
