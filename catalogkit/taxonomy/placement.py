"""Where does a new category or product belong? Learn it from where the tree's own nodes hang."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from catalogkit.datasets.errors import DataError
from catalogkit.language.inputs import as_texts
from catalogkit.ranking import Ranking
from catalogkit.taxonomy.kinship import SIZES, Encodes, Kinship
from catalogkit.taxonomy.tree import Tree

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

EXPECTED = 1.0
"""Weight of every cosine (of spread one) before anything is learnt, give or take as much: in a tree
of a few nodes it decides, so that names go to their nearest kin. Sizes are expected to weigh 0."""

_BATCH = 256
_LIKELIEST = 1


@dataclass(frozen=True, eq=False)
class Placer:
    """A tree's index of names, and the weights that were learnt from a tree.

    kinship: compares names with places; weights: float64[features], see `Kinship.features`;
    scale: slope and intercept that turn the logit of a place's share into that of being right.
    """

    kinship: Kinship
    weights: Floats
    scale: tuple[float, float]

    @classmethod
    def fit(
        cls, tree: Tree, encoder: Encodes | None = None, *, examples: int = 1000, seed: int = 0
    ) -> Placer:
        """Learn from the tree alone: hide each node and all of its name, and guess its parent.

        encoder: see `Encodes`; None goes by letters. examples: nodes drawn at each depth. The model
        is the conditional logit (McFadden 1974): one weight a feature, a softmax over the places
        at the parent's depth. As a name may rightly hang in several places, which share a softmax,
        logistic scaling (Platt 1999) then turns a place's share into its own probability.
        Raises DataError when the tree has fewer than two places at every depth.
        """
        kinship = Kinship.of(tree, encoder)
        rng = np.random.default_rng(seed)
        groups = [_examples(kinship, depth, examples, rng) for depth in _depths(tree)]
        groups = [group for group in groups if group[0].shape[1] > 1]
        if not groups:
            raise DataError(
                "the tree has no depth with two inner nodes: there is no choice to learn."
            )
        weights = _conditional_logit(groups)
        return cls(kinship, weights, _scale(groups, weights))

    def on(self, tree: Tree) -> Placer:
        """Use the weights on another version of the tree, or another tree: nothing is retrained."""
        return replace(self, kinship=self.kinship.on(tree))

    def place(self, texts: Sequence[str], k: int = 5, *, depth: int | None = None) -> Ranking:
        """Rank the k likeliest parents of each of n names or product texts.

        depth: only parents so deep (1 is below the root), children or none; None: all nodes with
        children; a name tells little of how deep it belongs, so say it where it is known. items are
        nodes of kinship.tree; scores are probabilities that the place is right, if any is: with
        several right places a row may sum to more than 1.
        Raises DataError for a text that is no string and a depth without nodes.
        """
        rows = as_texts(texts)
        tree, places = self.kinship.tree, self.kinship.places
        if depth is not None:
            places = np.flatnonzero(tree.depths == depth)
        if not len(places) or depth == 0:
            raise DataError(f"there is nothing to place under (depth {depth}) in {tree}.")
        most = min(k, len(places))
        items, scores = [np.zeros((0, most), np.int32)], [np.zeros((0, most), np.float32)]
        for start in range(0, len(rows), _BATCH):
            features = self.kinship.features(rows[start : start + _BATCH], places)
            chances = _softmax(features @ self.weights)
            best = np.argsort(-chances, axis=1, kind="stable")[:, :most]
            items.append(places[best].astype(np.int32))
            shares = np.take_along_axis(chances, best, axis=1)
            scores.append(_rescaled(shares, self.scale).astype(np.float32))
        return Ranking(np.concatenate(items), np.concatenate(scores))


def _depths(tree: Tree) -> range:
    """Give the depths of nodes whose parent is not the root."""
    return range(2, int(tree.depths.max()) + 1)


def _examples(
    kinship: Kinship, depth: int, most: int, rng: np.random.Generator
) -> tuple[npt.NDArray[np.float32], Floats]:
    """Hide nodes of a depth one by one: features [q, places, f] and shares of truth [q, places].

    A name that hangs in several places is one example with several right answers.
    """
    tree = kinship.tree
    places = np.flatnonzero(tree.depths == depth - 1)
    namesakes: dict[str, list[int]] = {}
    for node in np.flatnonzero(tree.depths == depth).tolist():
        namesakes.setdefault(tree.names[node], []).append(node)
    names = list(namesakes)
    drawn = [names[i] for i in np.sort(rng.permutation(len(names))[:most])]
    right = np.zeros((len(drawn), len(places)))
    for row, name in enumerate(drawn):
        right[row, np.searchsorted(places, tree.parents[namesakes[name]])] = 1
    parts = [
        kinship.features(batch, places, _hidden(tree, [namesakes[name] for name in batch]))
        for batch in _batches(drawn)
    ]
    return np.concatenate(parts), right / right.sum(axis=1, keepdims=True)


def _batches(names: list[str]) -> Iterator[list[str]]:
    return (names[start : start + _BATCH] for start in range(0, len(names), _BATCH))


def _hidden(tree: Tree, nodes: Sequence[Sequence[int]]) -> Mask:
    """Mark in each row some nodes and all below them."""
    hidden = np.zeros((len(nodes), len(tree)), bool)
    for row, namesakes in enumerate(nodes):
        for node in namesakes:
            hidden[row, node : tree.ends[node]] = True
    return hidden


def _conditional_logit(groups: Sequence[tuple[npt.NDArray[np.float32], Floats]]) -> Floats:
    """Fit the likeliest weights: a normal prior around EXPECTED, and all examples."""
    from scipy.optimize import minimize

    every = np.concatenate([features.reshape(-1, features.shape[2]) for features, _ in groups])
    spread = every.std(axis=0, dtype=np.float64)
    spread[spread < 1e-9] = np.inf
    scaled = [(features / spread, right) for features, right in groups]
    total = sum(len(right) for _, right in groups)
    expected = np.full(len(spread), EXPECTED)
    expected[-SIZES:] = 0

    def loss(weights: Floats) -> tuple[float, Floats]:
        slope = (weights - expected) / EXPECTED**2 / total
        value = float(slope @ (weights - expected)) / 2
        for features, right in scaled:
            chances = _softmax(features @ weights)
            value -= float((right * np.log(np.maximum(chances, 1e-300))).sum()) / total
            slope += (chances - right).ravel() @ features.reshape(right.size, -1) / total
        return value, np.asarray(slope)

    found = minimize(loss, expected, jac=True, method="L-BFGS-B")
    return np.asarray(found.x / spread)


def _scale(
    groups: Sequence[tuple[npt.NDArray[np.float32], Floats]], weights: Floats
) -> tuple[float, float]:
    """Fit slope and intercept on the likeliest places of each example.

    Targets are smoothed as Platt's are, so that few examples, though all right, prove little.
    """
    from sklearn.linear_model import LogisticRegression

    shares, right = [], []
    for features, truth in groups:
        chances = _softmax(features @ weights)
        best = np.argsort(-chances, axis=1)[:, :_LIKELIEST]
        shares.append(np.take_along_axis(chances, best, axis=1).ravel())
        right.append((np.take_along_axis(truth, best, axis=1) > 0).ravel())
    known = np.concatenate(right)
    wanted = np.where(known, (known.sum() + 1) / (known.sum() + 2), 1 / ((~known).sum() + 2))
    logits = np.tile(_logits(np.concatenate(shares)), 2)[:, None]
    truth = np.repeat([True, False], len(known))
    model = LogisticRegression().fit(logits, truth, np.concatenate([wanted, 1 - wanted]))
    return max(float(model.coef_[0, 0]), 1e-3), float(model.intercept_[0])


def _logits(shares: Floats) -> Floats:
    kept = np.clip(shares, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(kept) - np.log1p(-kept))


def _rescaled(shares: Floats, scale: tuple[float, float]) -> Floats:
    return np.asarray(1 / (1 + np.exp(-scale[0] * _logits(shares) - scale[1])))


def _softmax(scores: Floats) -> Floats:
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
