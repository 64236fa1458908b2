"""Put a linear head on a pretrained encoder: the text classifier that the chapters fine-tune."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from catalogkit.datasets.errors import DataError
from catalogkit.language.pooling import masked_mean
from catalogkit.language.pretrained import BUNDLED, find_pretrained
from catalogkit.language.training.batching import TextDataset
from catalogkit.language.training.prediction import predict_logits

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

WORD_EMBEDDINGS = "encoder.embeddings.word_embeddings"
"""The part to freeze first in BERT-like models: half of MiniLM's weights, few of them in use."""


class TextClassifier(nn.Module):
    """The mean of a text's token vectors, scaled to variance one, through one linear layer.

    The scale lets a new head learn as fast as the encoder does, whatever the encoder's own scale.
    encoder: a transformers model with last_hidden_state; classes: 2 or more; dropout: before the
    head; max_tokens: longer texts are cut (TextDataset.truncated counts them).
    Raises ValueError on fewer than two classes.
    """

    def __init__(
        self,
        encoder: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        classes: int,
        *,
        dropout: float = 0.1,
        max_tokens: int = 128,
    ) -> None:
        super().__init__()
        if classes < 2:
            raise ValueError(f"classes={classes}: there is nothing to tell apart")
        self.encoder, self.tokenizer = encoder, tokenizer
        self.classes, self.max_tokens = classes, max_tokens
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return logits float32[b, classes] of token ids and mask [b, t]."""
        hidden = self.encoder(input_ids, attention_mask=attention_mask).last_hidden_state
        with torch.autocast(hidden.device.type, enabled=False):  # bf16 logits would tie
            pooled = masked_mean(hidden.float(), attention_mask)
            scaled = nn.functional.rms_norm(pooled, pooled.shape[-1:])
            logits: torch.Tensor = self.head(self.dropout(scaled))
        return logits

    def examples(self, texts: Sequence[str], labels: npt.ArrayLike | None = None) -> TextDataset:
        """Tokenise texts, with class numbers to learn or to score, for `train` and `predict`.

        Raises DataError naming the first row that is not text or whose label is no class.
        """
        data = TextDataset.from_texts(
            texts, labels, tokenizer=self.tokenizer, max_tokens=self.max_tokens
        )
        for row, label in enumerate(() if data.labels is None else data.labels):
            if label >= self.classes:
                raise DataError(
                    f"labels: row {row} is {label}; classes are 0 to {self.classes - 1}"
                )
        return data


def text_classifier(
    name: str | Path = BUNDLED, *, classes: int, dropout: float = 0.1, seed: int = 0
) -> TextClassifier:
    """Load a pretrained encoder by name (or directory) and give it a new head, drawn from seed.

    Raises SourceUnavailable when the encoder can't be had.
    """
    found = find_pretrained(name)
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        return TextClassifier(
            found.model(),
            found.tokenizer(),
            classes,
            dropout=dropout,
            max_tokens=found.max_tokens(),
        )


def predict(model: TextClassifier, texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return the most likely class of each text, int64[n]. Raises DataError without texts."""
    classes: npt.NDArray[np.int64] = predict_logits(model, model.examples(texts)).argmax(-1)
    return classes
