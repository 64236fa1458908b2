"""Names of clusters, by answers known by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from catalogkit.datasets.errors import DataError
from catalogkit.taxonomy.naming import c_tf_idf, name_clusters
from catalogkit.taxonomy.tree import Tree


def test_c_tf_idf_follows_the_formula() -> None:
    """Two classes of three and one words, so A = 2."""
    weights = c_tf_idf(sparse.csr_array([[2, 1, 0], [0, 1, 0]])).toarray()
    expected = [[2 / 3 * math.log(2), 1 / 3 * math.log(2), 0], [0, math.log(2), 0]]
    assert np.allclose(weights, expected)


def test_names_do_not_repeat_the_words_above() -> None:
    """In no form of the word."""
    texts = ["green tea", "green teas", "black tea", "black teas", "red wine", "white wine"]
    labels = [[0, 0], [0, 0], [0, 1], [0, 1], [1, 2], [1, 3]]
    paths = name_clusters(texts, labels, words=1)
    assert paths == [
        *[("Tea", "Green")] * 2,
        *[("Tea", "Black")] * 2,
        ("Wine", "Red"),
        ("Wine", "White"),
    ]


def test_words_keep_the_order_of_the_texts() -> None:
    """It is ice cream, not cream ice."""
    assert name_clusters(["ice cream 1", "ice cream 2", "soap"], [[0], [0], [1]])[0] == (
        "Ice Cream",
    )


def test_siblings_that_share_all_words_get_numbers() -> None:
    """A tree forbids equal names below one parent."""
    assert {p[0] for p in name_clusters(["tea", "tea 2"], [[0], [1]])} == {"Tea", "Tea 2"}


def test_a_level_that_divides_nothing_adds_no_node() -> None:
    """An only child is its parent."""
    paths = name_clusters(["tea", "wine red", "wine white"], [[0, 0], [1, 1], [1, 2]])
    assert [len(path) for path in paths] == [1, 2, 2]


def test_texts_without_words_are_others() -> None:
    """Numbers, stop words and a million characters are no names; Chinese words are."""
    texts = ["12", "the", "x" * 1_000_000, "桌子 1"]
    assert name_clusters(texts, [[0], [0], [0], [1]]) == [*[("Other",)] * 3, ("桌子",)]


def test_chinese_names_are_of_the_pairs_they_share() -> None:
    """Nobody puts blanks between green and tea."""
    texts = [
        "龙井绿茶",
        "碧螺春绿茶",
        "毛尖绿茶",
        "绿茶",
        "正山小种红茶",
        "祁门红茶",
        "滇红茶",
        "红茶",
    ]
    assert name_clusters(texts, [[0]] * 4 + [[1]] * 4)[3:5] == [("绿茶",), ("红茶",)]


def test_labels_must_match() -> None:
    """One row a text."""
    with pytest.raises(DataError, match="a row for each text"):
        name_clusters(["a"], [[0], [1]])


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.text("ab tea\n12é", max_size=8), st.integers(0, 2), st.integers(0, 5)),
        min_size=1,
    )
)
def test_any_clusters_make_a_tree(rows: list[tuple[str, int, int]]) -> None:
    """Products of one cluster share a path, those of others have another."""
    texts = [text for text, _, _ in rows]
    labels = [[coarse, 10 * coarse + fine] for _, coarse, fine in rows]
    paths = name_clusters(texts, labels)
    Tree.from_paths(paths, range(len(paths)))
    assert len(set(paths)) == len({tuple(label) for label in labels})
