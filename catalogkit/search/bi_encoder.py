"""Train one encoder for queries and documents, so that a query lands beside what answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch
from scipy import sparse
from torch import nn

from catalogkit.datasets.errors import DataError
from catalogkit.language.pooling import masked_mean
from catalogkit.language.pretrained import BUNDLED, find_pretrained
from catalogkit.language.training.batching import Batch, IntArray, TextDataset
from catalogkit.language.training.objectives import Loss, Objective

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

TEMPERATURE = 0.05


class BiEncoder(nn.Module):
    """A pretrained encoder whose mean token vector, of length one, is the text's.

    encoder: a transformers model with last_hidden_state; max_tokens: longer texts are cut.
    Source: Reimers & Gurevych 2019.
    """

    def __init__(
        self, encoder: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, *, max_tokens: int = 128
    ) -> None:
        super().__init__()
        self.encoder, self.tokenizer, self.max_tokens = encoder, tokenizer, max_tokens

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return unit vectors float32[b, d] of token ids and mask, int64[b, t]."""
        hidden = self.encoder(input_ids, attention_mask=attention_mask).last_hidden_state
        with torch.autocast(hidden.device.type, enabled=False):
            return nn.functional.normalize(masked_mean(hidden.float(), attention_mask), dim=1)

    def examples(self, texts: Sequence[str]) -> TextDataset:
        """Tokenise texts, for `predict_logits`, which returns their vectors, and QueryPairs."""
        return TextDataset.from_texts(texts, tokenizer=self.tokenizer, max_tokens=self.max_tokens)


def bi_encoder(name: str | Path = BUNDLED) -> BiEncoder:
    """Load a pretrained encoder by name (or directory). Raises SourceUnavailable."""
    found = find_pretrained(name)
    return BiEncoder(found.model(), found.tokenizer(), max_tokens=found.max_tokens())


@dataclass(frozen=True, eq=False)
class QueryPairs:
    """Pairs of a query and a document that answers it, for `train`; make them with `draw`.

    asked, read: all queries [q] and documents [d], tokenised; grades: sparse [q, d];
    pairs: int64[n, 2], rows of asked and read. Raises DataError when rows do not exist.
    """

    asked: TextDataset
    read: TextDataset
    grades: sparse.csr_array
    pairs: IntArray

    @classmethod
    def draw(
        cls,
        asked: TextDataset,
        read: TextDataset,
        grades: sparse.csr_array,
        *,
        each: int = 2,
        seed: int,
    ) -> QueryPairs:
        """Draw at most `each` of a query's documents with its highest grade, without repeats."""
        rng, pairs = np.random.default_rng(seed), list[tuple[int, int]]()
        for row in range(grades.shape[0]):
            part = slice(grades.indptr[row], grades.indptr[row + 1])
            grade, document = grades.data[part], grades.indices[part]
            best = document[grade == grade.max(initial=0)]
            chosen = rng.choice(best, min(each, len(best)), replace=False)
            pairs += [(row, int(one)) for one in chosen]
        return cls(asked, read, grades, np.array(pairs, np.int64).reshape(-1, 2))

    def __post_init__(self) -> None:
        if self.grades.shape != (len(self.asked), len(self.read)):
            raise DataError(
                f"grades are {self.grades.shape} for {len(self.asked)} queries "
                f"and {len(self.read)} documents"
            )

    def __len__(self) -> int:
        return len(self.pairs)

    @cached_property
    def lengths(self) -> IntArray:
        """Tokens of each pair, int64[n]."""
        query, document = self.pairs.T
        lengths: IntArray = self.asked.lengths[query] + self.read.lengths[document]
        return lengths

    def batch(self, rows: npt.ArrayLike) -> Batch:
        """Pad queries and documents of b pairs apart; answers: bool[b, b], j's document to i."""
        query, document = self.pairs[np.asarray(rows)].T
        sides = {"query": self.asked.batch(query), "document": self.read.batch(document)}
        batch = {f"{s}_{name}": part for s, of in sides.items() for name, part in of.items()}
        answers = self.grades[query][:, document].toarray() > 0
        return {**batch, "answers": torch.from_numpy(answers)}


def contrastive(temperature: float = TEMPERATURE) -> Objective:
    """Return an objective: each query should find its own document among those of the batch.

    Cross-entropy of cosines over temperature. Other documents of the batch that answer the query
    too are not held against it. A larger batch is a harder task, so accumulated steps differ from
    one batch of their size. Source: van den Oord et al. 2018 (InfoNCE); Karpukhin et al. 2020.
    """
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0, not {temperature}")

    def objective(model: nn.Module, batch: Batch) -> Loss:
        query, document = (
            model(batch[f"{side}_input_ids"], batch[f"{side}_attention_mask"])
            for side in ("query", "document")
        )
        own = torch.eye(len(query), dtype=torch.bool, device=query.device)
        cosine = (query.float() @ document.float().T) / temperature
        cosine = cosine.masked_fill(batch["answers"] & ~own, float("-inf"))
        own_place = torch.arange(len(query), device=query.device)
        return Loss(nn.functional.cross_entropy(cosine, own_place, reduction="sum"), len(query))

    return objective
