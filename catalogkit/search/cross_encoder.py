"""Read query and document together and score the pair: slow, so for a few candidates only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from catalogkit.language.pooling import masked_mean
from catalogkit.language.precision import Precision
from catalogkit.language.pretrained import BUNDLED, find_pretrained
from catalogkit.language.training.batching import Batch
from catalogkit.language.training.objectives import Loss, logits_of
from catalogkit.language.training.prediction import predict_logits
from catalogkit.ranking import Ranking
from catalogkit.search.pairs import Floats, PairDataset

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


class CrossEncoder(nn.Module):
    """A pretrained encoder over the pair, and three numbers added up to the pair's score.

    What a linear head reads from the mean of the token vectors: it starts at zero. How well each
    token of the query is matched by the most similar one of the document, after both were read
    together, times `matching`. The pair's prior, such as the first stage's score, times `trust`.
    Both factors are learned too; 0 leaves their part out. So training starts from an order that
    is good, and not from one at random.
    encoder: a transformers model with token types.
    Source: Nogueira & Cho 2019 (re-ranking by a sequence-pair classifier); Khattab & Zaharia 2020,
    section 3.3 (the match).
    """

    signs: torch.Tensor

    def __init__(
        self,
        encoder: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        *,
        matching: float = 10.0,
        trust: float = 1.0,
        dropout: float = 0.1,
        max_tokens: int = 128,
    ) -> None:
        super().__init__()
        self.encoder, self.tokenizer, self.max_tokens = encoder, tokenizer, max_tokens
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, 1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self.matching = nn.Parameter(torch.tensor([matching]), requires_grad=matching != 0)
        self.trust = nn.Parameter(torch.tensor([trust]), requires_grad=trust != 0)
        self.register_buffer("signs", torch.tensor(tokenizer.all_special_ids), persistent=False)

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        token_type_ids: torch.Tensor,
        prior: torch.Tensor,
    ) -> torch.Tensor:
        """Return scores float32[p] of ids, mask and types [p, t] and priors [p]."""
        hidden = self.encoder(
            input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        with torch.autocast(hidden.device.type, enabled=False):
            scores = self._read(hidden.float(), attention_mask) + self.trust * prior
            if self.matching.requires_grad:
                words = attention_mask * ~torch.isin(input_ids, self.signs)
                scores = scores + self.matching * match(
                    hidden.float(), words * (1 - token_type_ids), words * token_type_ids
                )
        return scores

    def _read(self, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        pooled = masked_mean(hidden, mask)
        scaled = nn.functional.rms_norm(pooled, pooled.shape[-1:])
        read: torch.Tensor = self.head(self.dropout(scaled)).squeeze(-1)
        return read

    def examples(
        self,
        queries: Sequence[str],
        documents: Sequence[str],
        candidates: Ranking,
        labels: npt.ArrayLike | None = None,
    ) -> PairDataset:
        """Pair each of n queries with its candidates, full rows of k; prior: their scores.

        labels: grades [n, k]. Raises ValueError for rows that are not full.
        """
        if (candidates.items < 0).any():
            raise ValueError(
                "a query has fewer candidates than others: rank fewer, or leave it out"
            )
        asked = np.repeat(np.array(queries, object), candidates.k).tolist()
        read = [documents[int(item)] for item in candidates.items.ravel()]
        return PairDataset.from_texts(
            asked,
            read,
            tokenizer=self.tokenizer,
            prior=candidates.scores,
            labels=labels,
            max_tokens=self.max_tokens,
        )

    def scores(self, pairs: PairDataset, *, precision: Precision = "auto") -> Floats:
        """Score pairs, float32[n, k]."""
        flat = PairDataset(
            pairs.tokens, pairs.types, pairs.prior.reshape(-1, 1), None, pairs.padding
        )
        return predict_logits(self, flat, precision=precision).reshape(pairs.prior.shape)


def match(hidden: torch.Tensor, query: torch.Tensor, document: torch.Tensor) -> torch.Tensor:
    """Average over the query's tokens the cosine of the document's most similar token: [p].

    hidden: token vectors [p, t, d]; query, document: masks [p, t]. 0 where a side has no token.
    """
    unit = nn.functional.normalize(hidden, dim=-1)
    cosines = (unit @ unit.transpose(1, 2)).masked_fill(document[:, None, :] == 0, -1.0)
    best = cosines.max(dim=2).values * query
    both = (query.sum(1) > 0) & (document.sum(1) > 0)
    return torch.where(both, best.sum(1) / query.sum(1).clamp(min=1), 0.0)


def rerank(candidates: Ranking, scores: npt.ArrayLike) -> Ranking:
    """Order each row of candidates by other scores [n, k]; of equal ones the earlier stays first.

    Pads stay at the end. Raises ValueError for other shapes and scores that are not finite.
    """
    table = np.where(candidates.items < 0, -np.inf, np.asarray(scores, np.float32))
    order = np.argsort(-table, axis=1, kind="stable")
    items = np.take_along_axis(candidates.items, order, axis=1)
    return Ranking(items, np.take_along_axis(table, order, axis=1))


def cross_encoder(
    name: str | Path = BUNDLED,
    *,
    matching: float = 10.0,
    trust: float = 1.0,
    dropout: float = 0.1,
) -> CrossEncoder:
    """Load a pretrained encoder by name (or directory). Raises SourceUnavailable."""
    found = find_pretrained(name)
    return CrossEncoder(
        found.model(),
        found.tokenizer(),
        matching=matching,
        trust=trust,
        dropout=dropout,
        max_tokens=found.max_tokens(),
    )


def pointwise(model: nn.Module, batch: Batch) -> Loss:
    """Ask of each pair alone whether it is relevant: binary cross-entropy, grade above 0 or not."""
    scores, labels = logits_of(model, batch).float(), batch["labels"]
    truth = (labels.reshape(-1) > 0).float()
    total = nn.functional.binary_cross_entropy_with_logits(scores, truth, reduction="sum")
    return Loss(total, truth.numel())


def listwise(model: nn.Module, batch: Batch) -> Loss:
    """Ask which of a query's documents is most relevant: cross-entropy of two softmaxes' shares.

    The truth's shares are the grades over their sum. A query without a relevant document has no
    loss. Source: Cao et al. 2007 (ListNet), with grades in place of their exponentials.
    """
    labels = batch["labels"]
    scores = logits_of(model, batch).float().reshape(labels.shape)
    shares = labels / labels.sum(dim=1, keepdim=True).clamp_min(1e-9)
    losses = -(shares * scores.log_softmax(dim=1)).sum(dim=1)
    return Loss(losses.sum(), len(labels))
