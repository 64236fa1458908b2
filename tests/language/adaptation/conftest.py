"""A small random classifier that knows six words, for every way of adapting one."""

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from catalogkit.language.classifier import TextClassifier

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[MASK]"]
WORDS = [*SPECIAL, "tea", "milk", "soap", "green", "whole", "hand"]


@pytest.fixture
def classifier() -> TextClassifier:
    """Build three classes on a random encoder of two layers and 16 dimensions."""
    words = Tokenizer(WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token=SPECIAL[1]))
    words.pre_tokenizer = Whitespace()
    words.post_processor = TemplateProcessing(single="[CLS] $A", special_tokens=[("[CLS]", 2)])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token=SPECIAL[0], cls_token=SPECIAL[2], mask_token=SPECIAL[3]
    )
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return TextClassifier(BertModel(config), tokenizer, classes=3, max_tokens=8)
