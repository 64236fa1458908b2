"""Leave layers out of a pretrained encoder: faster in proportion, and another model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from catalogkit.language.encoders import Encoder, FloatArray, IntArray
from catalogkit.language.pooling import SentenceModel
from catalogkit.language.pretrained import Pretrained


def trimmed(pretrained: Pretrained, layers: Iterable[int]) -> SentenceModel:
    """Keep some layers, numbered from 0, of a BERT-like model, with pooling on the last of them.

    Raises IndexError for a layer that the model does not have. Source: Sajjad et al. 2023.
    """
    model: Any = pretrained.model()
    kept = [model.encoder.layer[layer] for layer in layers]
    model.encoder.layer = torch.nn.ModuleList(kept)
    model.config.num_hidden_layers = len(kept)
    return SentenceModel(model).eval()


def as_encoder(pretrained: Pretrained, sentences: SentenceModel) -> Encoder:
    """Encode texts with a model on the CPU, and the tokeniser of the one it was made from."""

    @torch.inference_mode()
    def forward(ids: IntArray, mask: IntArray) -> FloatArray:
        vectors = sentences(torch.from_numpy(ids), torch.from_numpy(mask))
        return np.asarray(vectors.numpy(), np.float32)

    return Encoder(pretrained, forward, backend="fp32", device="cpu")
