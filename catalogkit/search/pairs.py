"""Tokenised pairs of a query and a document, dealt in groups of one query's documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch

from catalogkit.datasets.errors import DataError
from catalogkit.language.inputs import as_texts
from catalogkit.language.training.batching import Batch, IntArray

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class PairDataset:
    """Pairs of n queries with g documents each, an example of `train` being a query.

    tokens: n * g lists of token ids, a query's pairs one after the other; types: 0 for each token
    of the query and 1 for each of the document; prior: float32[n, g], what a pair scores before it
    is read; labels: float32[n, g], grades, or None; padding: the tokenizer's padding id.
    Raises DataError when shapes differ.
    """

    tokens: Sequence[Sequence[int]]
    types: Sequence[Sequence[int]]
    prior: Floats
    labels: Floats | None = None
    padding: int = 0

    @classmethod
    def from_texts(
        cls,
        queries: Sequence[str],
        documents: Sequence[str],
        *,
        tokenizer: PreTrainedTokenizerBase,
        prior: npt.ArrayLike,
        labels: npt.ArrayLike | None = None,
        max_tokens: int = 128,
    ) -> PairDataset:
        """Tokenise n * g pairs; the longer side of a pair is cut first. prior, labels: [n, g]."""
        encoded = tokenizer(
            as_texts(queries),
            as_texts(documents),
            truncation="longest_first",
            max_length=max_tokens,
            return_token_type_ids=True,
        )
        grades = None if labels is None else np.asarray(labels, np.float32)
        scores, padding = np.asarray(prior, np.float32), tokenizer.pad_token_id or 0
        return cls(encoded["input_ids"], encoded["token_type_ids"], scores, grades, padding)

    def __post_init__(self) -> None:
        shape, pairs = self.prior.shape, len(self.tokens)
        if len(shape) != 2 or self.prior.size != pairs or len(self.types) != pairs:
            raise DataError(f"prior is {shape} for {pairs} pairs: give [queries, documents each]")
        if self.labels is not None and self.labels.shape != shape:
            raise DataError(f"labels are {self.labels.shape}, prior {shape}: give one a pair")

    def __len__(self) -> int:
        return len(self.prior)

    @cached_property
    def lengths(self) -> IntArray:
        """Tokens of each query's longest pair, int64[n]."""
        return np.asarray(self._each.reshape(self.prior.shape).max(axis=1))

    @cached_property
    def _each(self) -> IntArray:
        return np.fromiter(map(len, self.tokens), np.int64, len(self.tokens))

    def batch(self, rows: IntArray) -> Batch:
        """Pad to the longest: input_ids, attention_mask, token_type_ids [b * g, t]; prior, labels.

        prior: [b * g]; labels: [b, g] if any.
        """
        group = self.prior.shape[1]
        pairs = (np.asarray(rows)[:, None] * group + np.arange(group)).ravel()
        mask = np.arange(self._each[pairs].max()) < self._each[pairs][:, None]
        ids, types = np.full(mask.shape, self.padding, np.int64), np.zeros(mask.shape, np.int64)
        ids[mask] = np.concatenate([np.asarray(self.tokens[pair], np.int64) for pair in pairs])
        types[mask] = np.concatenate([np.asarray(self.types[pair], np.int64) for pair in pairs])
        arrays = {
            "input_ids": ids,
            "attention_mask": mask.astype(np.int64),
            "token_type_ids": types,
            "prior": self.prior.ravel()[pairs],
        }
        if self.labels is not None:
            arrays["labels"] = self.labels[rows]
        return {name: torch.from_numpy(array) for name, array in arrays.items()}
