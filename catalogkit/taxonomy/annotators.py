"""Ways to score a text against a tree's classes, from their names alone to linear models."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as File
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from catalogkit.language.pretrained import BUNDLED
from catalogkit.taxonomy.decoding import Floats
from catalogkit.taxonomy.tree import Path

if TYPE_CHECKING:
    from catalogkit.language.training.settings import TrainingSettings

Rows = npt.NDArray[np.int64]
Features: TypeAlias = Any
"""Of n texts, indexable by rows: an array, a sparse matrix, or an array of the texts."""

NAME_WEIGHT = 2.0
"""Texts that a label's name counts as beside labelled texts: the best of .5 to 4 on retail."""
INVERSE_PENALTY = 100.0
"""Of logistic regression on unit vectors, which are short: the best of 3 to 100 on retail."""


class Encodes(Protocol):
    """What is asked of an encoder: unit vectors, float32[n, d], of n texts."""

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Encode n texts."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Features of n distinct labelled texts, the class of each, and how often each occurs."""

    features: Features
    targets: Rows
    counts: Rows

    def take(self, rows: Rows) -> Examples:
        """Keep the rows at these positions."""
        return Examples(self.features[rows], self.targets[rows], self.counts[rows])


@dataclass(frozen=True, eq=False)
class Stored:
    """What a method has learnt, as a file holds it: arrays by name, and facts for JSON."""

    arrays: Mapping[str, npt.NDArray[Any]]
    facts: Mapping[str, Any]


class Method(ABC):
    """Learn to score texts against classes; scores become probabilities by a temperature.

    encoder: a name for `Encoder.load`, or one of your own; settings: of fine-tuning; seed: of
    whatever is drawn. Those that a method has no use for are ignored.
    """

    folds: ClassVar[int] = 5
    """Of five, how many may be held out in turn to choose the temperature."""
    learns: ClassVar[bool] = True
    """Whether labelled texts decide the scores."""
    temperature: ClassVar[float] = 1.0
    """For want of anything held out."""

    def __init__(
        self,
        encoder: str | File | Encodes = BUNDLED,
        settings: TrainingSettings | None = None,
        seed: int = 0,
    ) -> None:
        self.encoder, self.settings, self.seed = encoder, settings, seed

    def prepare(self, texts: Sequence[str]) -> None:  # noqa: B027 (most have nothing to do)
        """Learn what needs no labels."""

    @abstractmethod
    def features(self, texts: Sequence[str]) -> Features:
        """Return the features of n texts."""

    @abstractmethod
    def learn(self, examples: Examples, paths: Sequence[Path]) -> None:
        """Learn the classes with these c paths; some may be without an example."""

    @abstractmethod
    def scores(self, features: Features) -> Floats:
        """Score each text against each class, float64[n, c], higher is likelier."""

    @abstractmethod
    def stored(self) -> Stored:
        """Return what is needed to score again."""

    @abstractmethod
    def restore(self, stored: Stored) -> None:
        """Take up what `stored` returned."""


class Linear(Method):
    """Scores are features @ weights + bias: float32[d, c], float32[c]."""

    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    def scores(self, features: Features) -> Floats:
        """Score by one matrix product, float64[n, c]."""
        return np.asarray(features @ self.weights + self.bias, np.float64)

    def stored(self) -> Stored:
        """Return the matrix and the bias."""
        return Stored({"weights": self.weights, "bias": self.bias}, {})

    def restore(self, stored: Stored) -> None:
        """Take up the matrix and the bias."""
        self.weights, self.bias = stored.arrays["weights"], stored.arrays["bias"]

    def _set(self, weights: npt.ArrayLike, bias: npt.ArrayLike) -> None:
        self.weights = np.ascontiguousarray(weights, np.float32)
        self.bias = np.ascontiguousarray(bias, np.float32)


class _Encoded(Linear):
    """The features are an encoder's unit vectors."""

    def __init__(
        self,
        encoder: str | File | Encodes = BUNDLED,
        settings: TrainingSettings | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(encoder, settings, seed)
        self._named: dict[tuple[Path, ...], Floats] = {}

    def features(self, texts: Sequence[str]) -> Features:
        return self._encoder.encode(texts)

    @cached_property
    def _encoder(self) -> Encodes:
        if not isinstance(self.encoder, str | File):
            return self.encoder
        from catalogkit.language.encoders import Encoder

        return Encoder.load(self.encoder)

    def _name_vectors(self, paths: Sequence[Path]) -> Floats:
        """Encode each class by its own name and by its whole path, float64[c, d].

        Once for all the folds that choose a temperature, whose copies share what is kept.
        """
        key = tuple(paths)
        if key not in self._named:
            names = self._encoder.encode([path[-1] for path in paths])
            whole = self._encoder.encode([" ".join(path) for path in paths])
            self._named[key] = _unit(names + whole)
        return self._named[key].copy()


class ZeroShot(_Encoded):
    """The cosine between a text and a class's name; labelled texts only set the temperature."""

    learns = False
    temperature = 0.05

    def learn(self, examples: Examples, paths: Sequence[Path]) -> None:  # noqa: ARG002
        """Encode the names."""
        self._set(self._name_vectors(paths).T, np.zeros(len(paths)))


class FewShot(_Encoded):
    """The cosine with a class's prototype: the mean of its texts and NAME_WEIGHT times its name.

    Source: Snell, Swersky & Zemel 2017, section 2, for the prototypes.
    """

    temperature = 0.05

    def learn(self, examples: Examples, paths: Sequence[Path]) -> None:
        """Add up the vectors of each class."""
        total = NAME_WEIGHT * self._name_vectors(paths)
        np.add.at(total, examples.targets, examples.features * examples.counts[:, None])
        self._set(_unit(total).T, np.zeros(len(paths)))


class Frozen(_Encoded):
    """Logistic regression on the vectors of an encoder that stays as it is."""

    def learn(self, examples: Examples, paths: Sequence[Path]) -> None:
        """Fit; a class without an example is never predicted."""
        from sklearn.linear_model import LogisticRegression

        known, targets = np.unique(examples.targets, return_inverse=True)
        weights = np.zeros((examples.features.shape[1], len(paths)), np.float32)
        bias = np.full(len(paths), -np.inf, np.float32)
        bias[known] = 0
        if len(known) > 1:
            model = LogisticRegression(C=INVERSE_PENALTY, max_iter=300)
            model.fit(examples.features, targets, sample_weight=examples.counts)
            two = len(known) == 2  # scikit-learn keeps the second class's half only
            weights[:, known[two:]], bias[known[two:]] = model.coef_.T, model.intercept_
        self._set(weights, bias)


def _unit(vectors: npt.NDArray[Any]) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float64)
