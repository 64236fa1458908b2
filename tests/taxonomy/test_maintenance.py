"""Planted faults are proposed first, and decisions survive the CSV round trip."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from catalogkit.datasets.errors import DataError
from catalogkit.taxonomy.changes import Merge, Part, Rename, Split
from catalogkit.taxonomy.maintenance import (
    Proposal,
    apply_proposals,
    find_ambiguous,
    find_drift,
    find_duplicates,
    find_misspellings,
    find_unbalanced,
    propose,
    read_decisions,
    share_changes,
    write_proposals,
)
from catalogkit.taxonomy.tree import Tree


def test_a_plural_twin_is_the_first_duplicate() -> None:
    """Letters and children agree; the smaller one is merged into the larger."""
    names = ["brie", "gouda", "feta"]
    paths = [("CHEESE", n) for n in names] + [("CHEESES", n) for n in names[:2]] + [("SOAP", "bar")]
    best = find_duplicates(Tree.from_paths(paths))[0]
    assert best.nodes == (("CHEESES",), ("CHEESE",))
    assert best.changes == (Merge(("CHEESES",), ("CHEESE",)),)
    assert best.evidence["shared children"] == 1


def test_profiles_tell_twins_from_strangers() -> None:
    """Of two pairs alike in letters, the one bought with the same things comes first."""
    paths = [("SOAP BAR",), ("SOAP BARS",), ("WINE GLASS",), ("WINE GLASSES",)]
    tree = Tree.from_paths(paths, range(4))
    best, other = find_duplicates(tree, [[1, 0], [0, 1], [1, 1], [1, 1]])
    assert best.nodes == (("WINE GLASS",), ("WINE GLASSES",))
    assert (best.evidence["bought with"], other.evidence["bought with"]) == (1, 0)
    with pytest.raises(DataError, match="4 products"):
        find_duplicates(tree, [[1, 0]])


def test_a_misspelling_is_set_right_in_every_name() -> None:
    """Deepest first; a sibling that has the right name already takes the node in."""
    tree = Tree.from_paths(
        [("PARTY SUPPPLIES", "PAPER SUPPPLIES"), ("OFFICE SUPPLIES",), ("SCHOOL SUPPLIES", "x"),
         ("SCHOOL SUPPPLIES", "y")]
    )  # fmt: skip
    (found,) = find_misspellings(tree)
    assert found.evidence["correction"] == "supplies"
    mended = apply_proposals(tree, [found]).tree
    assert set(mended.paths) == {
        (), ("OFFICE SUPPLIES",), ("PARTY SUPPLIES",), ("PARTY SUPPLIES", "PAPER SUPPLIES"),
        ("SCHOOL SUPPLIES",), ("SCHOOL SUPPLIES", "x"), ("SCHOOL SUPPLIES", "y"),
    }  # fmt: skip


def test_words_cut_off_by_the_name_length_are_no_misspellings() -> None:
    """Ten names of 15 letters end in half a word."""
    names = [f"{a}aa FROZEN CHICK"[:15] for a in "ABCDEFGHIJ"]
    assert not find_misspellings(Tree.from_paths([(n.replace("CHICK", "CHICE"),) for n in names]))
    assert find_misspellings(Tree.from_paths([("A FROZEN REFIGERATED",)]))


def test_a_name_in_two_places_is_gathered_where_most_is() -> None:
    """Three products here, one there: a quarter lies outside."""
    paths = [("A", "TEA")] * 3 + [("B", "TEA"), ("B", "NUTS")]
    (found,) = find_ambiguous(Tree.from_paths(paths, range(5)))
    assert found.nodes == (("B", "TEA"), ("A", "TEA"))
    assert found.score == 0.25
    assert found.changes == (Merge(("B", "TEA"), ("A", "TEA")),)


def test_overfull_and_starving_nodes_stand_out() -> None:
    """Among nodes of about 30 products, one of 3,000 and an empty one."""
    sizes = {"N": 30, "O": 31, "P": 28, "Q": 32, "R": 33, "S": 29, "BIG": 3000}
    paths = [("D", name) for name, size in sizes.items() for _ in range(size)]
    tree = Tree.from_paths(paths, range(len(paths)))
    tree = Tree(
        (*tree.names, "BIGS"), np.append(tree.parents, 1), products=tree.products, homes=tree.homes
    )
    found = {p.kind: p for p in find_unbalanced(tree)}
    assert found["overfull"].nodes == (("D", "BIG"),)
    assert not found["overfull"].changes
    assert found["starving"].changes == (Merge(("D", "BIGS"), ("D", "BIG")),)


def test_a_shift_is_told_from_chance() -> None:
    """100 users turn from A to B; C and D, bought at random, stay unmentioned."""
    rng = np.random.default_rng(0)
    tree = Tree.from_paths([("A",), ("B",), ("C",), ("D",)], range(4))
    noise = rng.poisson(2, (2, 100, 2))
    before = np.hstack([rng.poisson(3, (100, 1)), rng.poisson(1, (100, 1)), noise[0]])
    after = np.hstack([rng.poisson(1, (100, 1)), rng.poisson(3, (100, 1)), noise[1]])
    found = find_drift(tree, sparse.csr_array(before), sparse.csr_array(after))
    assert {p.nodes[0] for p in found} == {("A",), ("B",)}
    assert all(p.score > 1 for p in found)


def test_the_interval_of_a_share_is_the_bootstraps() -> None:
    """Linearisation and resampling of users agree within a twentieth."""
    rng = np.random.default_rng(1)
    tree = Tree.from_paths([("A",), ("B",)], range(2))
    tables = rng.poisson(3, (2, 300, 2))
    changes, _, _ = share_changes(tree, *map(sparse.csr_array, tables))
    draws = rng.multinomial(300, np.full(300, 1 / 300), size=4000) @ tables
    gaps = np.diff(draws[:, :, 0] / draws.sum(axis=2), axis=0)
    width = changes[1].high - changes[1].low
    assert width == pytest.approx(2 * 2.2414 * gaps.std(), rel=0.05)  # two nodes: 97.5 %
    assert changes[1].value == pytest.approx(-changes[2].value)


def test_tables_must_match_the_products() -> None:
    """Their shapes are named."""
    tree = Tree.from_paths([("A",)], ["a"])
    with pytest.raises(DataError, match=r"\[users, 1\]"):
        find_drift(tree, sparse.csr_array((3, 2)), sparse.csr_array((3, 2)))
    with pytest.raises(DataError, match="by two users"):
        find_drift(tree, sparse.csr_array((3, 1)), sparse.csr_array((3, 1)))


PROPOSALS = (
    Proposal(
        "a",
        (('x, "y"', "=1+1"), ("ß",)),
        {"why": "tea; or not", "n": 2},
        0.1,
        (Rename(("ß",), "茶"),),
    ),
    Proposal("b", (("z",),), {}, 3.0, (Split(("z",), (Part("q", (1, "one"), ("k",)),)),)),
    Proposal("c", (("z",),), {"n": 0.5}, 1 / 3),
)


def test_proposals_survive_the_round_trip(tmp_path: Path) -> None:
    """With every sign, number and change; a person has filled two cells."""
    file = tmp_path / "proposals.csv"
    write_proposals(file, PROPOSALS)
    lines = file.read_text("utf-8").splitlines()
    file.write_text(
        "\n".join([lines[0], "accept" + lines[1], " Refuse" + lines[2], lines[3]]), "utf-8"
    )
    decisions = read_decisions(file)
    assert (decisions.accepted, decisions.refused, decisions.undecided) == tuple(
        (p,) for p in PROPOSALS
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",c,", "maybe,c,", "line 4: the decision is 'maybe'; write accept or refuse"),
        ("evidence", "proof", "no column 'evidence'"),
        ('[[""z""]]', '[""z""]', "line 3, column 'nodes'"),
        ('[[""z""]]', "z", "line 3, column 'nodes': not JSON"),
        (",3.0,", ",high,", "line 3, column 'score'"),
        ("split", "explode", "line 3, column 'score' or 'changes'"),
    ],
)
def test_damage_is_named_by_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    """And by column, with what to do."""
    file = tmp_path / "proposals.csv"
    write_proposals(file, PROPOSALS)
    file.write_text(file.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(DataError, match=message):
        read_decisions(file)


def test_what_cannot_be_done_is_returned_with_the_reason() -> None:
    """A node that is gone, a proposal without a change; the others are done."""
    tree = Tree.from_paths([("A", "x"), ("B",), ("C",)])
    gone = Proposal("d", (("B",),), {}, 1, (Merge(("B",), ("A",)),))
    done = apply_proposals(tree, [gone, gone, Proposal("overfull", (("C",),), {}, 1)])
    assert set(done.tree.paths) == {(), ("A",), ("A", "x"), ("C",)}
    assert done.changes == gone.changes
    assert [p.kind for p, _ in done.failed] == ["d", "overfull"]
    assert "there is no node 'B'" in done.failed[0][1]


def test_all_kinds_are_looked_for() -> None:
    """Drift only when there are two periods."""
    tree = Tree.from_paths([("A", "x"), ("B", "x")], [1, 2])
    assert set(propose(tree)) == {"duplicate", "misspelling", "ambiguous", "overfull", "starving"}
    bought = sparse.csr_array([[1, 1], [1, 1]])
    assert propose(tree, periods=(bought, bought))["drift"] == ()
