"""Train a low-rank change of an encoder's matrices instead of the matrices: LoRA, by peft."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import torch

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel

MATRICES = ("query", "key", "value", "dense")
"""All of a layer, as BERT-like models name them; the paper's own choice is query and value."""


def lora(
    encoder: PreTrainedModel,
    *,
    rank: int = 8,
    scale: float = 2.0,
    dropout: float = 0.0,
    parts: Sequence[str] = MATRICES,
    seed: int = 0,
) -> PeftModel:
    """Put W + scale · B A in place of each named W [out, in]; only A and B will train.

    The encoder becomes part of what is returned, which is called as the encoder was. B [out, rank]
    starts at zero, so that at first nothing changes; A [rank, in] is drawn from seed. scale: alpha
    / rank of the paper; dropout: of the input of A; parts: last words of the names of the
    layers' matrices. Wants a higher rate than full training: MiniLM 2e-3, not 5e-4.
    Raises ValueError for a rank below 1 or parts that the encoder does not have.
    Source: Hu et al. 2022, section 4.
    """
    from peft import LoraConfig, get_peft_model

    if rank < 1:
        raise ValueError(f"rank={rank}: a change has rank one or more")
    config = LoraConfig(
        task_type="FEATURE_EXTRACTION",
        r=rank,
        lora_alpha=cast(int, rank * scale),
        lora_dropout=dropout,
        target_modules=rf".*\.\d+\.(.*\.)?({'|'.join(map(re.escape, parts))})",
    )
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())), warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # between peft and transformers
        torch.manual_seed(seed)
        return cast("PeftModel", get_peft_model(encoder, config))


def merged(encoder: PeftModel) -> PreTrainedModel:
    """Add each learnt B A to its W and return the plain encoder: as fast as before, all frozen."""
    plain = cast("PreTrainedModel", encoder.merge_and_unload())
    return plain.requires_grad_(False)
