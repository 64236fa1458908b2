"""Train vectors that every layer attends to, and no weight of the encoder: prefix tuning."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel


def prefix(encoder: PreTrainedModel, *, tokens: int = 8) -> PeftModel:
    """Put keys and values before those of the text, `tokens` in each layer; only they will train.

    The encoder becomes part of what is returned, which is called as the encoder was. Keys and
    values start at zero: they say nothing yet, but take a share of the attention, so that unlike
    LoRA an untrained prefix already changes the vectors.
    Raises ValueError for fewer than one token. Source: Li & Liang 2021, section 4, without the
    reparametrisation; by peft.
    """
    from peft import PrefixTuningConfig, get_peft_model

    if tokens < 1:
        raise ValueError(f"tokens={tokens}: a prefix has one or more")
    config = PrefixTuningConfig(
        task_type="FEATURE_EXTRACTION", num_virtual_tokens=tokens, init_weights="zero"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # between peft and transformers
        return get_peft_model(encoder, config)
