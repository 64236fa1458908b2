"""Pretrain an encoder further on a shop's own texts: guess the words that were masked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

import torch
from torch import nn

from catalogkit.language.training import History, Loss, TextDataset, TrainingSettings, train
from catalogkit.language.training.batching import Batch, IntArray
from catalogkit.language.training.objectives import IGNORED

if TYPE_CHECKING:
    from transformers import DataCollatorForLanguageModeling as Collator
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

SHARE = 0.15


class MaskedTexts:
    """Texts whose batches hide some tokens, others each time, as `train` asks of examples.

    share: of the tokens, special ones left out, that are to be guessed; of these 80 % become the
    mask token, 10 % any token, 10 % stay. seed: of what is hidden; two of one seed hide alike.
    Raises DataError for texts that are no strings, ValueError for a share outside (0, 1) and a
    tokenizer without a mask token. Source: Devlin et al. 2019, section 3.1.
    """

    def __init__(
        self,
        texts: Iterable[str],
        tokenizer: PreTrainedTokenizerBase,
        *,
        share: float = SHARE,
        max_tokens: int = 128,
        seed: int = 0,
    ) -> None:
        from transformers import DataCollatorForLanguageModeling

        if not 0 < share < 1:
            raise ValueError(f"share={share}: of the tokens, above 0 and below 1")
        self._data = TextDataset.from_texts(texts, tokenizer=tokenizer, max_tokens=max_tokens)
        self._collator: Collator = DataCollatorForLanguageModeling(
            tokenizer, mlm_probability=share, seed=seed
        )

    def __len__(self) -> int:
        return len(self._data)

    @property
    def lengths(self) -> IntArray:
        """Tokens of each text, int64[n]."""
        return self._data.lengths

    def batch(self, rows: IntArray) -> Batch:
        """Pad and mask: input_ids, attention_mask, labels int64[b, t]; labels IGNORED but where.

        The labels are the tokens that were there before.
        """
        chosen = [{"input_ids": list(self._data.tokens[row])} for row in rows]
        return dict(self._collator(chosen))


class _WordGuesser(nn.Module):
    """An encoder, and on top a guess for each token, by the encoder's own word embeddings."""

    def __init__(self, encoder: PreTrainedModel) -> None:
        super().__init__()
        self.encoder = encoder
        words, size = self._words.shape
        self.turn = nn.Sequential(nn.Linear(size, size), nn.GELU(), nn.LayerNorm(size))
        self.bias = nn.Parameter(torch.zeros(words))

    @property
    def _words(self) -> torch.Tensor:
        """The word embeddings, float32[words, size]."""
        return cast("torch.Tensor", self.encoder.get_input_embeddings().weight)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, wanted: torch.Tensor
    ) -> torch.Tensor:
        """Return logits float32[m, vocabulary] of the m tokens where wanted, bool[b, t]."""
        hidden = self.encoder(input_ids, attention_mask=attention_mask).last_hidden_state
        return nn.functional.linear(self.turn(hidden[wanted]), self._words, self.bias).float()


def masked_loss(model: nn.Module, batch: Batch) -> Loss:
    """Score the guesses for the hidden tokens alone: most of a vocabulary's logits are saved."""
    labels = batch["labels"]
    wanted = labels != IGNORED
    logits = model(batch["input_ids"], batch["attention_mask"], wanted)
    total = nn.functional.cross_entropy(logits, labels[wanted], reduction="sum")
    return Loss(total, int(wanted.sum()))


def pretrain_masked(
    encoder: PreTrainedModel,
    texts: Iterable[str],
    *,
    tokenizer: PreTrainedTokenizerBase,
    share: float = SHARE,
    max_tokens: int = 128,
    settings: TrainingSettings | None = None,
) -> History:
    """Train the encoder in place to guess masked tokens; return how it went (losses in nats).

    The head that guesses starts at random, is tied to the word embeddings and is thrown away in
    the end. texts: distinct ones, longer than max_tokens cut; settings: as for `train` (its
    `frozen` names parts as "encoder.embeddings…"), its seed draws head, order and masks.
    Raises what MaskedTexts and `train` raise. Source: Devlin et al. 2019, section 3.1; Gururangan
    et al. 2020 for pretraining on texts of one's own domain.
    """
    settings = settings or TrainingSettings()
    examples = MaskedTexts(texts, tokenizer, share=share, max_tokens=max_tokens, seed=settings.seed)
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(settings.seed)
        guesser = _WordGuesser(encoder)
    return train(guesser, examples, loss=masked_loss, settings=settings)
