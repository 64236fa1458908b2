"""Hold tokenised texts, and deal them into batches that waste little on padding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt
import torch

from catalogkit.datasets.errors import DataError
from catalogkit.language.inputs import as_texts

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Batch = dict[str, torch.Tensor]
IntArray = npt.NDArray[np.int64]


class Examples(Protocol):
    """What `train` asks of any task's data: how many, how long each is, and a batch of some."""

    @property
    def lengths(self) -> IntArray:
        """Tokens of each example, int64[n]: batches are made of examples of like length."""

    def __len__(self) -> int:
        """Count the examples."""

    def batch(self, rows: IntArray) -> Batch:
        """Pad the examples at these positions to the longest among them."""


@dataclass(frozen=True, eq=False)
class TextDataset:
    """Token ids of n texts, with one label a text unless they are texts to predict.

    tokens: n lists of token ids; labels: whole numbers >= 0, int64[n], or None; padding: the
    tokenizer's padding id; truncated: how many texts were cut to fit.
    Raises DataError naming the first row that has no tokens or a bad label.
    """

    tokens: Sequence[Sequence[int]]
    labels: IntArray | None = None
    padding: int = 0
    truncated: int = field(default=0, kw_only=True)

    @classmethod
    def from_texts(
        cls,
        texts: Iterable[str],
        labels: npt.ArrayLike | None = None,
        *,
        tokenizer: PreTrainedTokenizerBase,
        max_tokens: int = 128,
    ) -> TextDataset:
        """Tokenise texts once, without padding. Raises DataError on a text that is not a string."""
        texts = as_texts(texts)
        if not texts:
            return cls([], None if labels is None else np.zeros(0, np.int64))
        encoded = tokenizer(texts, truncation=True, max_length=max_tokens)
        cut = sum(bool(encoding.overflowing) for encoding in encoded.encodings or ())
        padding = tokenizer.pad_token_id or 0
        return cls(encoded["input_ids"], _checked(labels), padding, truncated=cut)

    def __post_init__(self) -> None:
        empty = np.flatnonzero(self.lengths == 0)
        if len(empty):
            raise DataError(f"tokens: row {empty[0]} has no token; tokenisers add at least one")
        if self.labels is not None and len(self.labels) != len(self):
            raise DataError(f"{len(self)} texts but {len(self.labels)} labels: give one a text")

    def __len__(self) -> int:
        return len(self.tokens)

    @cached_property
    def lengths(self) -> IntArray:
        """Tokens of each text, int64[n]."""
        return np.fromiter(map(len, self.tokens), np.int64, len(self.tokens))

    def batch(self, rows: IntArray) -> Batch:
        """Pad to the longest of the rows: input_ids, attention_mask [b, t]; labels [b] if any."""
        mask = np.arange(self.lengths[rows].max()) < self.lengths[rows][:, None]
        ids = np.full(mask.shape, self.padding, np.int64)
        ids[mask] = np.concatenate([np.asarray(self.tokens[row], np.int64) for row in rows])
        arrays = {"input_ids": ids, "attention_mask": mask.astype(np.int64)}
        if self.labels is not None:
            arrays["labels"] = self.labels[rows]
        return {name: torch.from_numpy(array) for name, array in arrays.items()}


def shuffled_batches(
    lengths: IntArray, batch_size: int, *, pool: int, seed: int | Sequence[int]
) -> list[IntArray]:
    """Deal every row once into batches of like length, at random.

    The shuffled rows are cut into pools of `pool` batches, each pool is sorted by length and cut
    into batches, and these are shuffled; only one batch is smaller than batch_size. pool=1 is a
    plain shuffle. Returns positions, the longest example of a batch last.
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(lengths))
    batches: list[IntArray] = []
    for start in range(0, len(order), pool * batch_size):
        rows = order[start : start + pool * batch_size]
        rows = rows[np.argsort(lengths[rows], kind="stable")]
        batches += [rows[i : i + batch_size] for i in range(0, len(rows), batch_size)]
    return [batches[i] for i in rng.permutation(len(batches))]


def share(rows: IntArray, batch_size: int, process: int, processes: int) -> list[IntArray]:
    """Cut a step's rows into micro-batches of at most batch_size, and take one process's own.

    Every row goes to exactly one micro-batch of one process; the processes get equally many, but
    for a last step too short for that, which may leave a process none.
    """
    pieces = processes * -(-len(rows) // (batch_size * processes))
    return [part for part in np.array_split(rows, pieces)[process::processes] if len(part)]


def _checked(labels: npt.ArrayLike | None) -> IntArray | None:
    """Read labels as whole numbers >= 0, or say which row is none."""
    if labels is None:
        return None
    given = np.asarray(labels)
    if given.dtype.kind not in "iu":
        first = given.flat[0] if given.size else None
        raise DataError(
            f"labels: {given.dtype} (first {first!r}), not whole numbers; number the classes, "
            "for instance with numpy.unique(labels, return_inverse=True)"
        )
    negative = np.flatnonzero(given < 0)
    if given.ndim != 1 or len(negative):
        at = f"row {negative[0]} is {given[negative[0]]}" if given.ndim == 1 else f"{given.shape}"
        raise DataError(f"labels: {at}; give one class number >= 0 a text")
    return given.astype(np.int64)
