"""Words of a tree that look misspelt, by an English list and by the tree's own vocabulary."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from catalogkit.language.abbreviations import ABBREVIATIONS
from catalogkit.language.spelling import SHORTEST, correct, match_case
from catalogkit.taxonomy.changes import Change, Merge, Rename
from catalogkit.taxonomy.proposals import Proposal, ranked
from catalogkit.taxonomy.tree import Tree

_WORD = re.compile(r"[^\W\d_]+")
_CUT = 10
"""So many different names of the greatest length say that names are cut off there."""


def find_misspellings(tree: Tree) -> tuple[Proposal, ...]:
    """Propose to rename every node with a word that an English list calls misspelt.

    A word is in doubt when `language.spelling.correct` changes it and no abbreviation is meant.
    It is corrected to the tree's own most frequent word one edit away, if there is one more
    frequent than itself, else to the list's. score: (1 + n) / (2 + n + m), n names having the
    correction and m the word: brands and foreign words, which recur, sink. The last word of a name
    as long as the longest ones is left alone where names are cut off. A node whose corrected name
    a sibling has already is merged into it. English only.
    """
    holders = _holders(tree)
    often = Counter({word: len({tree.names[n] for n in nodes}) for word, nodes in holders.items()})
    found = []
    for word, nodes in holders.items():
        listed = correct(word)
        if listed == word or word in ABBREVIATIONS:
            continue
        right = max(_near(word) & often.keys(), key=lambda w: (often[w], w), default=listed)
        if often[right] <= often[word]:
            right = listed
        evidence: dict[str, float | str] = {
            "word": word, "correction": right, "names with it": often[word],
            "names with the correction": often[right],
        }  # fmt: skip
        score = (1 + often[right]) / (2 + often[right] + often[word])
        paths = tuple(tree.paths[node] for node in nodes)
        changes = _corrections(tree, nodes, word, right)
        found.append(Proposal("misspelling", paths, evidence, round(score, 4), changes))
    return ranked(found)


def _holders(tree: Tree) -> dict[str, list[int]]:
    """Map each lower-case word of at least SHORTEST letters to the nodes whose names have it."""
    lengths = Counter(map(len, set(tree.names)))
    longest = max(lengths)
    limit = longest if lengths[longest] >= _CUT else longest + 1
    holders: dict[str, list[int]] = defaultdict(list)
    for node, name in enumerate(tree.names):
        for match in _WORD.finditer(name):
            cut = len(name) >= limit and match.end() == len(name)
            if len(match[0]) >= SHORTEST and not cut and node not in holders[match[0].lower()]:
                holders[match[0].lower()].append(node)
    return {word: nodes for word, nodes in holders.items() if nodes}


def _near(word: str) -> set[str]:
    """Return what one edit makes of a word, with letters of the word and of a to z."""
    letters = set("abcdefghijklmnopqrstuvwxyz") | set(word)
    halves = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    shorter = {a + b[1:] for a, b in halves if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in halves if len(b) > 1}
    changed = {a + c + b[1:] for a, b in halves if b for c in letters}
    longer = {a + c + b for a, b in halves for c in letters}
    return (shorter | swapped | changed | longer) - {word}


def _corrections(tree: Tree, nodes: list[int], word: str, right: str) -> tuple[Change, ...]:
    """Rename or merge the nodes, those further down first, so that the paths above still hold."""
    pattern = re.compile(rf"(?<![^\W\d_]){re.escape(word)}(?![^\W\d_])", re.IGNORECASE)
    changes: list[Change] = []
    for node in sorted(nodes, key=lambda node: (-int(tree.depths[node]), node)):
        path = tree.paths[node]
        name = pattern.sub(lambda match: match_case(right, match[0]), path[-1])
        siblings = {tree.names[child] for child in tree.children(int(tree.parents[node]))}
        into = (*path[:-1], name)
        changes.append(Merge(path, into) if name in siblings else Rename(path, name))
    return tuple(changes)
