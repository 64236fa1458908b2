"""Trees as hypothesis draws them: few names, so that they meet, and every name that can hurt."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from catalogkit.taxonomy.tree import Tree

AWKWARD = [
    "A > B", "> A", "A >", ">", "a>b", "\\", "\\>", "A \\", 'the "best"', "a, b", "a;b", "茶",
    "# 1", "#", "12 - inch", "12 - ", "- x", "\\-", "gid://x", "NA", "null", "{}", "0", "👩‍🍳",
]  # fmt: skip


def _is_sound(name: str) -> bool:
    return bool(name) and name == name.strip() and "\ufeff" not in name


@st.composite
def _trees(draw: st.DrawFn, awkward: bool = False) -> Tree:
    """Draw a tree of up to 16 nodes, some with keys, and up to 8 products."""
    written = st.text(
        st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=5
    ).filter(_is_sound)
    tricky = st.sampled_from([name.strip() for name in AWKWARD]) | written
    names = tricky if awkward else st.sampled_from("abcd")
    paths = draw(
        st.lists(st.lists(names, min_size=1, max_size=4).map(tuple), min_size=1, max_size=8)
    )
    tree = Tree.from_paths(paths)
    numbers = draw(st.permutations(range(len(tree) - 1)))
    keyed = draw(st.lists(st.booleans(), min_size=len(numbers), max_size=len(numbers)))
    homes = draw(st.lists(st.integers(0, len(tree) - 1), max_size=8))
    return Tree(
        tree.names,
        tree.parents,
        ("", *(str(n) if is_keyed else "" for n, is_keyed in zip(numbers, keyed, strict=True))),
        tuple(f"p{i}" for i in range(len(homes))),
        homes,
    )


@pytest.fixture(scope="session")
def trees() -> st.SearchStrategy[Tree]:
    """Trees with four names, that differ little from one another."""
    return _trees()


@pytest.fixture(scope="session")
def awkward_trees() -> st.SearchStrategy[Tree]:
    """Trees whose names hold separators, quotes, escapes, ids and other scripts."""
    return _trees(awkward=True)


@pytest.fixture
def shop() -> Tree:
    """Six nodes, two departments, four products; one sits on an inner node."""
    paths = [("Food", "Tea", "Green"), ("Food", "Tea"), ("Food", "Rice"), ("Home", "Lamps")]
    return Tree.from_paths(paths, [1, 2, 3, 4])
