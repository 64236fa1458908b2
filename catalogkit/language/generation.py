"""Ask a small generative model: how likely is each label as its answer, and what it would write."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
import torch

from catalogkit.language.inputs import as_texts
from catalogkit.language.precision import Precision, capability, choose_precision
from catalogkit.language.pretrained import GENERATIVE, find_pretrained

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_AT_ONCE = 64
"""Labels scored together, so that memory does not grow with their number."""


@dataclass(frozen=True, eq=False)
class GenerativeModel:
    """A language model that answers a prompt; never trained here. Make one with `load`.

    model: a causal model of transformers; tokenizer: its own, with a chat template for `chat`.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase

    @classmethod
    def load(
        cls,
        name: str | Path = GENERATIVE,
        *,
        precision: Precision = "auto",
        device: str | None = None,
    ) -> Self:
        """Load a model by name: the bundled one, a directory, or an instructed model of the hub.

        precision: of the weights; "auto" asks the machine. device: None is the GPU if there is one.
        The bundled one is unpacked when first loaded, which takes half a minute.
        Raises SourceUnavailable.
        """
        found = find_pretrained(name)
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        chosen = choose_precision(precision, capability(device))
        formats = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
        model: Any = found.language_model()
        return cls(model.to(device, formats[chosen]), found.tokenizer())

    def chat(self, *turns: str) -> str:
        """Write a prompt that ends where the model is to answer.

        turns: question, answer, question, …: examples with their answers, and last the question.
        Raises ValueError when their number is even, so that the last is no question.
        """
        if len(turns) % 2 == 0:
            raise ValueError(f"{len(turns)} turns: the last one must be a question")
        messages = [
            {"role": ("user", "assistant")[turn % 2], "content": text}
            for turn, text in enumerate(turns)
        ]
        prompt = self.tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, tokenize=False
        )
        return str(prompt)

    def log_probabilities(self, prompt: str, labels: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return the log-probability of each label as the whole answer, float64[n], natural log.

        The end of the answer counts, so a label that begins another does not profit from it. All
        labels share one pass over the prompt; long labels are less likely than short ones.
        Raises DataError for a label that is no string, ValueError for none, an empty one or a
        prompt that is empty or too long.
        Source: Brown et al. 2020, section 2.4 (without its division by length).
        """
        rows = [self._tokens(label) for label in as_texts(labels)]
        if not rows or not all(rows):
            raise ValueError("labels: give at least one, and none that is empty")
        with torch.inference_mode():
            ids = self._prompt(prompt, max(map(len, rows)))
            read = self.model(ids, use_cache=True, logits_to_keep=1)
            parts = [
                self._continued(read, rows[start : start + _AT_ONCE])
                for start in range(0, len(rows), _AT_ONCE)
            ]
        return np.concatenate(parts)

    def write(self, prompt: str, *, max_tokens: int = 16) -> str:
        """Return what the model writes after the prompt, always the likeliest token.

        max_tokens: where it is cut, if it has not ended. Raises ValueError as above.
        """
        return self.write_each([prompt], max_tokens=max_tokens)[0]

    def write_each(
        self, prompts: Sequence[str], *, max_tokens: int = 16, at_once: int = 32
    ) -> list[str]:
        """Return what `write` returns for each of n prompts, read and written side by side.

        Prompts of like length go together, at_once of them: several times as fast as one by one.
        In bf16 and fp16 a near tie between two tokens may fall otherwise than alone.
        Raises DataError for a prompt that is no string, ValueError as above.
        """
        rows = [self._prompt(prompt, max_tokens)[0] for prompt in as_texts(prompts)]
        order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
        written = [""] * len(rows)
        for start in range(0, len(order), at_once):
            part = order[start : start + at_once]
            texts = self._written([rows[row] for row in part], max_tokens)
            for row, text in zip(part, texts, strict=True):
                written[row] = text
        return written

    def _written(self, rows: Sequence[torch.Tensor], max_tokens: int) -> list[str]:
        """Write after some prompts, padded on the left so that all end at one place."""
        width = max(map(len, rows))
        ids = torch.full((len(rows), width), self.tokenizer.eos_token_id, device=rows[0].device)
        mask = torch.zeros_like(ids)
        for row, tokens in enumerate(rows):
            ids[row, width - len(tokens) :], mask[row, width - len(tokens) :] = tokens, 1
        with torch.inference_mode():
            written = self.model.generate(  # type: ignore[operator]
                ids, attention_mask=mask, max_new_tokens=max_tokens, do_sample=False
            )
        texts = self.tokenizer.batch_decode(written[:, width:], skip_special_tokens=True)
        return [str(text).strip() for text in texts]

    def _continued(self, read: Any, rows: list[list[int]]) -> npt.NDArray[np.float64]:  # noqa: ANN401
        """Score some labels after the prompt that was read; its cache stays as it is."""
        lengths = torch.tensor([len(row) for row in rows])
        end = self.tokenizer.eos_token_id
        wanted = torch.full((len(rows), int(lengths.max()) + 1), end, device=self.model.device)
        for row, tokens in enumerate(rows):  # what follows the end is read but not counted
            wanted[row, : len(tokens)] = torch.tensor(tokens)
        cache = deepcopy(read.past_key_values)
        cache.batch_repeat_interleave(len(rows))
        after = self.model(wanted[:, :-1], past_key_values=cache).logits.float()
        first = read.logits[:, -1:].float().expand(len(rows), -1, -1)
        logits = torch.cat([first, after], dim=1)
        found = logits.gather(2, wanted[..., None])[..., 0] - logits.logsumexp(dim=2)
        counted = torch.arange(wanted.shape[1]) <= lengths[:, None]
        return found.double().cpu().where(counted, 0.0).sum(dim=1).numpy()

    def _prompt(self, prompt: str, room: int) -> torch.Tensor:
        """Return the prompt's tokens, int64[1, t], when `room` more fit behind them."""
        tokens = self._tokens(*as_texts([prompt]))
        most = self.model.config.max_position_embeddings - room
        if not 0 < len(tokens) <= most:
            raise ValueError(f"prompt: {len(tokens)} tokens; it may have 1 to {most}")
        return torch.tensor([tokens], device=self.model.device)

    def _tokens(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])
