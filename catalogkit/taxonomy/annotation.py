"""Put texts into a tree: a path, how sure each of its steps is, and where to stop in doubt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path as File
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from catalogkit.datasets import array_files
from catalogkit.datasets.errors import DataError
from catalogkit.language.inputs import as_texts
from catalogkit.language.pretrained import BUNDLED
from catalogkit.taxonomy.annotators import (
    Encodes,
    Examples,
    FewShot,
    Frozen,
    Method,
    Stored,
    ZeroShot,
)
from catalogkit.taxonomy.decoding import Annotations, Decoder, Floats, softmax
from catalogkit.taxonomy.fine_tuned import FineTuned, LowRank
from catalogkit.taxonomy.ngrams import TfIdf
from catalogkit.taxonomy.scaling import choose_temperatures
from catalogkit.taxonomy.tree import Path

if TYPE_CHECKING:
    from catalogkit.language.training.settings import TrainingSettings

METHODS: Mapping[str, type[Method]] = {
    "zero-shot": ZeroShot,
    "few-shot": FewShot,
    "frozen": Frozen,
    "tf-idf": TfIdf,
    "lora": LowRank,
    "fine-tuned": FineTuned,
}
"""From label names alone to a whole encoder trained."""

Name = Literal["zero-shot", "few-shot", "frozen", "tf-idf", "lora", "fine-tuned"]
KIND = "catalogkit-annotator"
_BATCH = 4096
"""Texts scored together, so that memory does not grow with their number."""


class Annotator(BaseEstimator):
    """Learn from labelled texts which path of a tree a text belongs to, and how surely.

    method: one of METHODS; encoder: a name (or directory) of a pretrained encoder, or for all but
    "lora" and "fine-tuned" an object with `encode`; "tf-idf" needs none. threshold: `predict` stops
    where a step's probability falls below it, 0 for never. settings: of fine-tuning. seed: of
    held-out groups, head and order. After `fit`: decoder_, classes_ (paths), temperatures_,
    held_out_ (how many texts chose these; 0 means that they are a guess).
    """

    def __init__(
        self,
        method: Name = "frozen",
        *,
        encoder: str | File | Encodes = BUNDLED,
        threshold: float = 0.0,
        settings: TrainingSettings | None = None,
        seed: int = 0,
    ) -> None:
        self.method, self.encoder, self.threshold = method, encoder, threshold
        self.settings, self.seed = settings, seed

    def fit(
        self,
        texts: Sequence[str] | None,
        paths: Sequence[Path],
        groups: npt.ArrayLike | None = None,
    ) -> Self:
        """Learn from n texts and their paths, which may end at any depth.

        texts: None, for "zero-shot" alone, when there are paths but no texts yet.
        groups: [n], what makes texts alike beyond their label, such as a product type: whole groups
        are held out to choose the temperatures, so that probabilities hold for texts of new groups.
        None: each distinct text is a group.
        Raises DataError for texts that are no strings, paths that are empty or whose number
        differs, and fewer than two classes; ValueError for an unknown method or threshold.
        """
        rows = [] if texts is None else as_texts(texts)
        self._check(texts is None, len(rows), paths, groups)
        self.decoder_, targets = Decoder.from_paths(paths)
        self.classes_ = self.decoder_.paths
        if len(self.classes_) < 2:
            raise DataError(f"paths: all are {self.classes_[0]}: there is nothing to tell apart.")
        columns = {"group": rows if groups is None else np.asarray(groups), "text": rows}
        table = pd.DataFrame(columns).assign(target=targets[: len(rows)])
        table = table.groupby(list(table), sort=False).size().reset_index(name="count")
        distinct, counts = table["text"].tolist(), table["count"].to_numpy()
        self.method_ = self._method()
        self.method_.prepare(distinct)
        features = self.method_.features(distinct)
        examples = Examples(features, table["target"].to_numpy(), counts)
        self.temperatures_, self.held_out_ = choose_temperatures(
            self.method_, examples, table["group"], self.decoder_, self.seed
        )
        self.method_.learn(examples, self.classes_)
        return self

    def annotate(self, texts: Sequence[str]) -> Annotations:
        """Return the likeliest path of each text and the probability of its steps."""
        nodes, sure = [], []
        levels = self._fitted().lineage.shape[1]
        for scores in self._scores(texts):
            found = self.decoder_.decode(scores, self.temperatures_)
            nodes.append(found.nodes)
            sure.append(found.probabilities)
        return Annotations(
            self.decoder_.tree,
            np.concatenate([np.zeros((0, levels), np.int32), *nodes]),
            np.concatenate([np.zeros((0, levels)), *sure]),
        )

    def predict(self, texts: Sequence[str]) -> list[Path]:
        """Return a path for each of n texts, as deep as the threshold allows; () abstains.

        Every path is one of the training tree. Raises DataError for texts that are no strings.
        """
        return self.annotate(texts).paths(self.threshold)

    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """Return the probability of each class of `classes_`, float64[n, c]; rows sum to one.

        At the temperature of the deepest level: in a tree all of whose paths are as long, the
        largest of a row is that of the last step that `annotate` takes.
        """
        none = np.zeros((0, len(self._fitted().classes)))
        parts = [softmax(scores, self.temperatures_[-1]) for scores in self._scores(texts)]
        return np.concatenate([none, *parts])

    def save(self, path: str | File) -> None:
        """Write one file that `load` reads: safetensors with JSON in its header, no pickle."""
        decoder, stored = self._fitted(), self.method_.stored()
        parameters = self.get_params(deep=False)
        named = isinstance(self.encoder, str | File)
        parameters["encoder"] = str(self.encoder) if named else None
        parameters["settings"] = asdict(self.settings) if self.settings else None
        facts = {
            "parameters": parameters,
            "paths": decoder.paths,
            "temperatures": self.temperatures_,
            "held_out": self.held_out_,
            "learnt": stored.facts,
        }
        array_files.write(File(path), KIND, stored.arrays, facts)

    @classmethod
    def load(cls, path: str | File, encoder: Encodes | None = None) -> Self:
        """Read what `save` wrote. encoder: the object that it was fitted with, if it was one.

        Raises DataError when the file is absent, not an annotator's, newer or damaged, and when an
        encoder is needed.
        """
        arrays, facts = array_files.read(File(path), KIND)
        parameters = dict(facts["parameters"])
        parameters["encoder"] = encoder or parameters["encoder"]
        if parameters["encoder"] is None:
            raise DataError(f"{path}: was fitted with an encoder of your own: give encoder=….")
        if parameters["settings"]:
            parameters["settings"] = _settings(parameters["settings"])
        made = cls(**parameters)
        made.decoder_, _ = Decoder.from_paths([tuple(path) for path in facts["paths"]])
        made.classes_ = made.decoder_.paths
        made.temperatures_, made.held_out_ = facts["temperatures"], facts["held_out"]
        made.method_ = made._method()
        made.method_.restore(Stored(arrays, facts["learnt"]))
        return made

    def _check(
        self, without: bool, texts: int, paths: Sequence[Path], groups: npt.ArrayLike | None
    ) -> None:
        """Raise what is wrong with the arguments before any work is done."""
        if self.method not in METHODS:
            raise ValueError(f"method must be one of {tuple(METHODS)}, got {self.method!r}")
        if not 0 <= self.threshold <= 1:
            raise ValueError(f"threshold must be a probability, got {self.threshold!r}")
        if without and METHODS[self.method].learns:
            raise DataError(f"texts: None, but {self.method!r} learns from texts: give some.")
        if not without and len(paths) != texts:
            raise DataError(f"{texts} texts but {len(paths)} paths: give one a text.")
        if groups is not None:
            missing = pd.isna(np.asarray(groups, dtype=object))
            if missing.shape != (texts,) or missing.any():
                raise DataError(
                    f"groups: {missing.size}, {missing.sum()} of them missing; each of the "
                    f"{texts} texts needs one."
                )

    def _scores(self, texts: Sequence[str]) -> Iterator[Floats]:
        """Yield the classes' scores, some texts at a time."""
        rows = as_texts(texts)
        for start in range(0, len(rows), _BATCH):
            features = self.method_.features(rows[start : start + _BATCH])
            yield self.method_.scores(features)

    def _method(self) -> Method:
        return METHODS[self.method](self.encoder, self.settings, self.seed)

    def _fitted(self) -> Decoder:
        check_is_fitted(self, "method_")
        return self.decoder_


def _settings(listed: Mapping[str, Any]) -> TrainingSettings:
    """Build settings from their JSON, in which a tuple is a list."""
    from catalogkit.language.training.settings import TrainingSettings

    return TrainingSettings(**{**listed, "frozen": tuple(listed["frozen"])})
