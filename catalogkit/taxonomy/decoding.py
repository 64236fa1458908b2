"""Turn probabilities of a tree's classes into one path a text, sure of each of its steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from catalogkit.datasets.errors import DataError
from catalogkit.taxonomy.invariants import Nodes
from catalogkit.taxonomy.tree import Path, Tree

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Annotations:
    """The likeliest path of each of n texts, step by step, and the probability of each step.

    nodes: int32[n, levels], from below the root to a class, -1 pads; probabilities:
    float64[n, levels], falling along a row, NaN at pads.
    """

    tree: Tree
    nodes: Nodes
    probabilities: Floats

    def __len__(self) -> int:
        return len(self.nodes)

    def paths(self, threshold: float = 0.0) -> list[Path]:
        """Return each path down to its deepest step of at least this probability; () abstains."""
        ends = np.concatenate([np.zeros((len(self), 1), np.int32), self.nodes], axis=1)
        kept = ends[np.arange(len(self)), self._kept(threshold)]
        return [self.tree.paths[node] for node in kept.tolist()]

    def confidence(self, threshold: float = 0.0) -> Floats:
        """Return the probability of each of `paths(threshold)`, float64[n]; 1 for ()."""
        sure = np.concatenate([np.ones((len(self), 1)), self.probabilities], axis=1)
        return np.asarray(sure[np.arange(len(self)), self._kept(threshold)])

    def _kept(self, threshold: float) -> npt.NDArray[np.intp]:
        return np.asarray((self.probabilities >= threshold).sum(axis=1))  # NaN is not


@dataclass(frozen=True, eq=False)
class Decoder:
    """A tree, and which of its nodes are classes that a text may end in.

    classes: int32[c], nodes, rising. A class may have classes below it.
    """

    tree: Tree
    classes: Nodes

    @classmethod
    def from_paths(cls, paths: Sequence[Path]) -> tuple[Decoder, npt.NDArray[np.int64]]:
        """Grow the tree of n paths; return it with the class of each path, int64[n].

        Raises DataError naming the first row without a path, and as `Tree.from_paths`.
        """
        for row, path in enumerate(paths):
            if not len(path):
                raise DataError(f"paths: row {row} is empty: label it, or leave it out.")
        tree = Tree.from_paths(paths, range(len(paths)))
        classes, targets = np.unique(tree.homes, return_inverse=True)
        return cls(tree, classes.astype(np.int32)), targets.astype(np.int64)

    @cached_property
    def paths(self) -> list[Path]:
        """The path of each class, c of them."""
        return [self.tree.paths[node] for node in self.classes.tolist()]

    @cached_property
    def lineage(self) -> Nodes:
        """The steps from below the root to each node, int32[nodes, levels], -1 pads."""
        table = np.full((len(self.tree), int(self.tree.depths.max())), -1, np.int32)
        for node in range(1, len(self.tree)):
            table[node] = table[self.tree.parents[node]]
            table[node, self.tree.depths[node] - 1] = node
        return table

    @cached_property
    def steps(self) -> Nodes:
        """The steps from below the root to each class, int32[c, levels], -1 pads."""
        return self.lineage[self.classes]

    def decode(self, scores: Floats, temperatures: Sequence[float]) -> Annotations:
        """Take the class of the highest score, and sum up how likely each step towards it is.

        scores: of the classes, float64[n, c]; temperatures: one a level. A step's probability is
        that of all classes at or below it, at its level's temperature, and at least that of the
        step after it. Which path it is does not depend on the temperatures.
        """
        nodes = self.steps[scores.argmax(axis=1)]
        sure = np.zeros(nodes.shape)
        for level, temperature in enumerate(temperatures):
            below = self.steps[:, level] == nodes[:, level : level + 1]
            sure[:, level] = np.where(below, softmax(scores, temperature), 0).sum(axis=1)
        sure = np.where(nodes < 0, 0, np.minimum(sure, 1))
        falling = np.maximum.accumulate(sure[:, ::-1], axis=1)[:, ::-1]
        return Annotations(self.tree, nodes, np.where(nodes < 0, np.nan, falling))


def softmax(scores: Floats, temperature: float = 1.0) -> Floats:
    """Return exp(scores / temperature), each row [n, c] divided by its sum; -inf becomes 0."""
    weights = np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
