"""Train an encoder's upper layers on what its lower ones, which stay as they are, said once."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy, deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from catalogkit.language.precision import autocast
from catalogkit.language.training.batching import IntArray, TextDataset
from catalogkit.language.training.prediction import evaluation_mode

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from catalogkit.language.classifier import TextClassifier

_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class Remembered:
    """The token vectors of n texts after an encoder's lowest layers.

    vectors: float32[tokens + 1, d], of all texts one after the other, the first one padding;
    starts: where each text's tokens begin in it, and their end, int64[n + 1]; layers: how many
    layers have been done. Holds 4 d bytes a token: for thousands of short texts, not for millions.
    """

    vectors: torch.Tensor
    starts: IntArray
    layers: int

    @classmethod
    def of(cls, model: TextClassifier, texts: Sequence[str], layers: int) -> Remembered:
        """Send n texts through the lowest layers of a classifier's encoder, without dropout.

        Raises DataError for texts that are no strings, ValueError unless 1 <= layers < all, and
        for an encoder that is not built like BERT.
        """
        lower = _part(model.encoder, slice(layers), layers)
        lower.embeddings = model.encoder.embeddings
        data = model.examples(texts)
        starts = np.cumsum([1, *data.lengths])
        vectors = torch.zeros(int(starts[-1]), model.encoder.config.hidden_size)
        device = next(model.parameters()).device
        order = np.argsort(data.lengths, kind="stable")  # batches of like length: little padding
        with evaluation_mode(lower), torch.inference_mode(), autocast("auto", device):
            for rows in np.split(order, range(_AT_ONCE, len(order), _AT_ONCE)):
                batch = {name: part.to(device) for name, part in data.batch(rows).items()}
                hidden = lower(**batch).last_hidden_state[batch["attention_mask"].bool()]
                places = np.concatenate([np.arange(*starts[row : row + 2]) for row in rows])
                vectors[torch.from_numpy(places)] = hidden.float().cpu()
        return cls(vectors, starts.astype(np.int64), layers)

    def upper(self, model: TextClassifier) -> TextClassifier:
        """Return the rest of a classifier, for `examples`; it shares its weights with the whole.

        Training the one trains the other. The classifier's lowest layers must still be as they
        were when the texts went through them.
        """
        rest = _part(model.encoder, slice(self.layers, None), self.layers)
        rest.embeddings = _Lookup(self.vectors.to(model.encoder.device))
        short = copy(model)
        short._modules = {**model._modules, "encoder": rest}
        return short

    def examples(self, rows: npt.ArrayLike, labels: npt.ArrayLike | None = None) -> TextDataset:
        """Return the texts at these positions, with class numbers to learn or to score."""
        spans = [range(*self.starts[row : row + 2]) for row in np.asarray(rows).tolist()]
        return TextDataset(spans, None if labels is None else np.asarray(labels, np.int64))


class _Lookup(nn.Module):
    """Vectors by number, in place of an encoder's embeddings."""

    def __init__(self, vectors: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("vectors", vectors, persistent=False)

    def forward(self, input_ids: torch.Tensor, **_: object) -> torch.Tensor:
        """Return float32[b, t, d] of numbers int64[b, t]."""
        return nn.functional.embedding(input_ids, self.vectors)  # type: ignore[arg-type]


def _part(encoder: PreTrainedModel, kept: slice, layers: int) -> PreTrainedModel:
    """Build an encoder around some of the layers of another, without embeddings of its own."""
    stack = getattr(getattr(encoder, "encoder", None), "layer", None)
    if not isinstance(stack, nn.ModuleList) or not hasattr(encoder, "embeddings"):
        raise ValueError(f"{type(encoder).__name__}: is not built like BERT; train it as a whole.")
    if not 1 <= layers < len(stack):
        raise ValueError(f"layers={layers}: 1 to {len(stack) - 1} of the {len(stack)} can stay")
    config = deepcopy(encoder.config)
    config.num_hidden_layers = 1
    with torch.device("meta"):
        part = type(encoder)(config)
    part.add_module("pooler", None)
    cast("nn.Module", part.encoder).add_module("layer", stack[kept])
    return part
