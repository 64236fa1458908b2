"""Turn a model's token vectors into one vector of length one a text."""

from __future__ import annotations

import torch
from torch import nn


def masked_mean(hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Average the token vectors [b, t, d] where the mask [b, t] is 1: [b, d], in hidden's type.

    Padding has no say; a row without any token gives zeros.
    Source: Reimers and Gurevych 2019, Sentence-BERT, section 3 (MEAN strategy).
    """
    weight = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weight).sum(1) / weight.sum(1).clamp(min=1)


class SentenceModel(nn.Module):
    """A transformers model, masked-mean pooling and L2 normalisation, as one module.

    model: gives last_hidden_state [b, t, d]; pooling and normalisation are done in float32.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return unit vectors float32[b, d] of token ids and mask, int64[b, t]."""
        hidden = self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        pooled = masked_mean(hidden.float(), attention_mask)
        return nn.functional.normalize(pooled, dim=1)
