"""Make more of few labeled texts: other words, other spellings, fewer words, mixtures.

Every change is drawn from a seed and counted. Nothing here knows whether a changed text still
means the same: that is for a measurement to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from catalogkit.datasets.errors import DataError
from catalogkit.language.abbreviations import ABBREVIATIONS
from catalogkit.language.inputs import as_texts
from catalogkit.language.spelling import match_case

if TYPE_CHECKING:
    from catalogkit.language.training.batching import Batch, IntArray, TextDataset

Seed = int | np.random.Generator
FloatArray = npt.NDArray[np.float32]
_WORD = re.compile(r"([^\W\d_]+)")


@dataclass(frozen=True, eq=False)
class Augmented:
    """Changed texts, in order, and how much was changed.

    words: in all texts, before; changed: how many of these were replaced or dropped.
    """

    texts: list[str]
    words: int
    changed: int


class Mixed(NamedTuple):
    """Mixtures of vectors, float32[n, d], and of their targets, float32[n, c]."""

    vectors: FloatArray
    targets: FloatArray


def abbreviation_swaps(
    abbreviations: Mapping[str, str] = ABBREVIATIONS,
) -> dict[str, tuple[str, ...]]:
    """Turn a dictionary of abbreviations into alternatives, both ways, for `replace_words`.

    A short form gets its long form, a long form of one word all its short ones. Entries whose short
    form is not purely letters (w/o) are left out.
    """
    swaps: dict[str, list[str]] = {}
    for short, long in abbreviations.items():
        if short.isalpha():
            swaps.setdefault(short, []).append(long)
            if long.isalpha():
                swaps.setdefault(long, []).append(short)
    return {word: tuple(others) for word, others in swaps.items()}


def replace_words(
    texts: Iterable[str],
    alternatives: Mapping[str, Sequence[str]],
    *,
    share: float,
    seed: Seed,
) -> Augmented:
    """Replace each word that has alternatives, with probability `share`, by one of them.

    alternatives: lower-case word to other words, such as synonyms or `abbreviation_swaps()`. A word
    is a run of letters; what takes its place is written in its case, and all between stays.
    Raises DataError on a text that is not a string, ValueError on a share outside 0 to 1.
    Source: Wei & Zou 2019, EDA (synonym replacement).
    """
    rng = _generator(share, seed)

    def other(word: str) -> str:
        others = alternatives.get(word.lower(), ())
        if not others or rng.random() >= share:
            return word
        return match_case(others[int(rng.integers(len(others)))], word)

    rows, words, changed = as_texts(texts), 0, 0
    for row, text in enumerate(rows):
        parts = _WORD.split(text)  # words at odd places
        new = [other(word) for word in parts[1::2]]
        words, changed = words + len(new), changed + sum(map(str.__ne__, parts[1::2], new))
        parts[1::2] = new
        rows[row] = "".join(parts)
    return Augmented(rows, words, changed)


def drop_words(texts: Iterable[str], *, share: float, seed: Seed) -> Augmented:
    """Drop each word with probability `share`, but leave every text at least one.

    A word is what white space separates; a text that loses one is joined by single blanks.
    Raises as `replace_words`. Source: Wei & Zou 2019, EDA (random deletion).
    """
    rng = _generator(share, seed)
    rows, words, changed = as_texts(texts), 0, 0
    for row, text in enumerate(rows):
        old = text.split()
        keep = rng.random(len(old)) >= share
        if old and not keep.any():
            keep[rng.integers(len(old))] = True
        words, changed = words + len(old), changed + int((~keep).sum())
        if not keep.all():
            rows[row] = " ".join(np.array(old, dtype=object)[keep])
    return Augmented(rows, words, changed)


def join_alike(
    texts: Iterable[str], labels: npt.ArrayLike, *, seed: Seed, separator: str = "; "
) -> list[str]:
    """Append to each text another text of its label; a label's only text stays as it is.

    Every text is appended once. Raises DataError on a text that is not a string and when texts and
    labels differ in number.
    """
    rows, known = as_texts(texts), np.asarray(labels)
    if known.shape != (len(rows),):
        raise DataError(f"{len(rows)} texts but labels of shape {known.shape}: give one a text")
    rng, joined = np.random.default_rng(seed), list(rows)
    for label in np.unique(known):
        order = rng.permutation(np.flatnonzero(known == label))
        for row, partner in zip(order, np.roll(order, 1), strict=True):
            if row != partner:
                joined[row] = f"{rows[row]}{separator}{rows[partner]}"
    return joined


def mixup(
    vectors: npt.ArrayLike, targets: npt.ArrayLike, *, alpha: float = 0.2, seed: Seed
) -> Mixed:
    """Mix each vector of a batch, and its target, with those of another row.

    vectors: [n, d]; targets: [n, c], such as one-hot rows. Row i becomes k x_i + (1 - k) x_j with j
    from a permutation and one k ~ Beta(alpha, alpha) for the batch; small alpha mixes little.
    Raises DataError when the rows differ in number, ValueError for alpha <= 0.
    Source: Zhang et al. 2018, mixup, section 2.
    """
    if not alpha > 0:
        raise ValueError(f"alpha={alpha}: must be above 0; small values mix little")
    first, second = (np.asarray(array, np.float32) for array in (vectors, targets))
    if first.ndim != 2 or second.ndim != 2 or len(first) != len(second):
        raise DataError(
            f"vectors {first.shape} and targets {second.shape}: give [n, d] and [n, c] of the same "
            "n; one-hot rows for class numbers, such as numpy.eye(classes)[labels]"
        )
    rng = np.random.default_rng(seed)
    other, keep = rng.permutation(len(first)), np.float32(rng.beta(alpha, alpha))
    return Mixed(*(keep * rows + (1 - keep) * rows[other] for rows in (first, second)))


@dataclass(frozen=True, eq=False)
class Versions:
    """Several versions of the same n texts; each time a text is asked for, one is drawn.

    What `catalogkit.language.training.train` takes as examples: an epoch sees every text once, in
    one version. versions: tokenised alike, rows and labels in the same order.
    Raises DataError when their number of texts or labels differ.
    """

    versions: Sequence[TextDataset]
    seed: Seed

    def __post_init__(self) -> None:
        if len({len(version) for version in self.versions}) != 1:
            sizes = [len(version) for version in self.versions]
            raise DataError(f"versions: {sizes} texts; give one or more of the same number")
        labels = [None if v.labels is None else v.labels.tolist() for v in self.versions]
        if any(one != labels[0] for one in labels):
            raise DataError("versions: labels differ; a version must keep its text's label")

    def __len__(self) -> int:
        return len(self.versions[0])

    @property
    def lengths(self) -> IntArray:
        """Tokens of each text in the first version, int64[n]."""
        return self.versions[0].lengths

    def batch(self, rows: IntArray) -> Batch:
        """Draw a version for each of the rows, and pad them to the longest."""
        drawn = self._rng.integers(len(self.versions), size=len(rows))
        return self._all.batch(np.asarray(rows) + len(self) * drawn)

    @cached_property
    def _rng(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)

    @cached_property
    def _all(self) -> TextDataset:
        """All versions, one after another."""
        from catalogkit.language.training.batching import TextDataset

        first = self.versions[0]
        tokens = [row for version in self.versions for row in version.tokens]
        labels = None if first.labels is None else np.tile(first.labels, len(self.versions))
        return TextDataset(tokens, labels, first.padding)


def _generator(share: float, seed: Seed) -> np.random.Generator:
    if not 0 <= share <= 1:
        raise ValueError(f"share={share}: must be a probability, 0 to 1")
    return np.random.default_rng(seed)
