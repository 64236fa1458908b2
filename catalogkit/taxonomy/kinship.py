"""How a name is akin to each place in a tree: to the parent, the siblings and all below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse

from catalogkit.language.text import TextCleaner
from catalogkit.taxonomy.tree import Tree

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

MEASURES = ("parent", "nearest sibling", "3 nearest siblings", "siblings", "5 nearest below")
"""Whom a name is compared with by cosine: the mean over those named, by letters and by encoder."""

SIZES = 2
"""Features after the cosines: children and nodes below."""

CLEANER = TextCleaner(lowercase=True, expand_abbreviations=True, squeeze_spaces=True)


class Encodes(Protocol):
    """What turns n texts into unit vectors float32[n, d], such as language.encoders.Encoder."""

    def encode(self, texts: Sequence[str], /) -> Floats:
        """Encode texts."""


@dataclass(frozen=True, eq=False)
class Kinship:
    """A tree, the vectors of its names, and what compares other names with them.

    letters: fitted character n-gram TF-IDF; spelled: csr[nodes, n-grams]; encoder: None compares
    by letters alone; meant: float32[nodes, d].
    """

    tree: Tree
    letters: TfidfVectorizer
    encoder: Encodes | None
    spelled: sparse.csr_array
    meant: Floats

    @classmethod
    def of(cls, tree: Tree, encoder: Encodes | None = None) -> Kinship:
        """Learn the tree's n-grams (2 to 4 letters within words) and encode its names."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        letters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, dtype=np.float32
        )
        names = CLEANER.clean(tree.names).texts
        spelled = sparse.csr_array(letters.fit_transform(names))
        return cls(tree, letters, encoder, spelled, _encoded(names, encoder))

    def on(self, tree: Tree) -> Kinship:
        """Compare with another version of the tree; only names new to it are encoded."""
        known = {name: row for row, name in enumerate(self.tree.names)}
        new = [name for name in dict.fromkeys(tree.names) if name not in known]
        known |= {name: len(self.tree) + i for i, name in enumerate(new)}
        rows = [known[name] for name in tree.names]
        cleaned = CLEANER.clean(new).texts
        meant, spelled = self.meant, self.spelled
        if new:
            meant = np.concatenate([meant, _encoded(cleaned, self.encoder)])
            spelled = sparse.vstack([spelled, self.letters.transform(cleaned)], format="csr")
        return replace(self, tree=tree, spelled=sparse.csr_array(spelled)[rows], meant=meant[rows])

    @cached_property
    def places(self) -> npt.NDArray[np.intp]:
        """The nodes that something can be placed under: all but leaves, without the root."""
        inner = np.flatnonzero(self.tree.ends > np.arange(len(self.tree)) + 1)
        return inner[inner > 0]

    def features(
        self, texts: Sequence[str], places: npt.NDArray[np.intp], hidden: Mask | None = None
    ) -> Floats:
        """Compare q texts with places, float32[q, places, 2 * MEASURES + SIZES].

        hidden: bool[q, nodes], nodes that a text is not to be compared with, because they are to be
        guessed. After the cosines come the logarithms of one plus the number of children and of
        nodes below, both without the hidden ones.
        """
        cleaned = CLEANER.clean(texts).texts
        seen = np.ones((len(texts), len(self.tree)), bool) if hidden is None else ~hidden
        spelled = self.letters.transform(cleaned) @ self.spelled.T
        views = [np.asarray(spelled.todense()), _encoded(cleaned, self.encoder) @ self.meant.T]
        parts = [_relatives(view, seen, self.tree, places) for view in views]
        return np.concatenate([*parts, _sizes(seen, self.tree, places)], axis=2)


def _encoded(texts: Sequence[str], encoder: Encodes | None) -> Floats:
    """Encode texts; without an encoder every text means the same, which tells nothing."""
    if encoder is None or not texts:
        return np.zeros((len(texts), 1), np.float32)
    return encoder.encode(texts)


def _relatives(cosines: Floats, seen: Mask, tree: Tree, places: npt.NDArray[np.intp]) -> Floats:
    """Gather what MEASURES lists, float32[q, places, MEASURES]; nobody there counts as 0."""
    alike = np.where(seen, cosines, 0)
    found = np.zeros((len(cosines), len(places), len(MEASURES)), np.float32)
    found[:, :, 0] = cosines[:, places]
    for column, place in enumerate(places.tolist()):
        siblings = tree.children(place)
        below = alike[:, place + 1 : tree.ends[place]]
        if not len(siblings):
            continue
        beside = alike[:, siblings]
        found[:, column, 1] = beside.max(axis=1)
        found[:, column, 2] = _best(beside, 3)
        found[:, column, 3] = beside.sum(axis=1) / np.maximum(seen[:, siblings].sum(axis=1), 1)
        found[:, column, 4] = _best(below, 5)
    return found


def _best(values: Floats, most: int) -> Floats:
    """Average the `most` largest values of each row, or all where there are fewer."""
    kept = min(most, values.shape[1])
    largest = np.partition(values, values.shape[1] - kept, axis=1)[:, -kept:]
    return np.asarray(largest.mean(axis=1), np.float32)


def _sizes(seen: Mask, tree: Tree, places: npt.NDArray[np.intp]) -> Floats:
    """Count children and nodes below, float32[q, places, 2], as logarithms."""
    running = np.pad(np.cumsum(seen, axis=1, dtype=np.int32), ((0, 0), (1, 0)))
    below = running[:, tree.ends[places]] - running[:, places + 1]
    parents = sparse.csr_array(
        (np.ones(len(tree) - 1), (np.arange(1, len(tree)), tree.parents[1:])),
        shape=(len(tree),) * 2,
    )
    children = (seen.astype(np.float32) @ parents)[:, places]
    return np.asarray(np.log1p(np.stack([children, below], axis=2)), np.float32)
