"""Find a pretrained model: bundled and checked, in a directory, or by its hub name."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from catalogkit.datasets.sources import SourceUnavailable, fetch
from catalogkit.language.gguf import unpacked

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

BUNDLED = "all-MiniLM-L6-v2"
"""The default encoder: 22.7 M parameters, 384 dimensions, from a package, checksums asserted."""
GENERATIVE = "SmolLM2-135M-Instruct"
"""The default generative model: 135 M parameters, from a package, its checksum asserted."""
GENERATIVE_FILE = f"{GENERATIVE}.Q4_1.gguf"


@dataclass(frozen=True)
class Pretrained:
    """A pretrained model that was found.

    name: as asked for; location: its directory, or its hub name.
    """

    name: str
    location: str

    def model(self, *, attention: str | None = None) -> PreTrainedModel:
        """Load the weights in float32, in evaluation mode. Raises SourceUnavailable.

        attention: implementation of attention ("eager", "sdpa"); None leaves it to transformers.
        """
        from transformers import AutoModel

        with self._explained():
            loaded = AutoModel.from_pretrained(self.location, attn_implementation=attention)
        model: PreTrainedModel = loaded.float().eval()
        return model

    def language_model(self) -> PreTrainedModel:
        """Load weights that predict the next token, as stored, to evaluate. Raises as `model`."""
        from transformers import AutoModelForCausalLM

        with self._explained():
            loaded = AutoModelForCausalLM.from_pretrained(self.location)
        model: PreTrainedModel = loaded.eval()
        return model

    def tokenizer(self) -> PreTrainedTokenizerBase:
        """Load the tokeniser. Raises SourceUnavailable."""
        from transformers import AutoTokenizer

        with self._explained():
            tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(self.location)
        return tokenizer

    def max_tokens(self) -> int:
        """Tokens a text may have: what its encoder was tuned with, else what the model can take."""
        tuned = Path(self.location) / "sentence_bert_config.json"
        if tuned.is_file():
            return int(json.loads(tuned.read_text(encoding="utf-8"))["max_seq_length"])
        from transformers import AutoConfig

        with self._explained():
            config = AutoConfig.from_pretrained(self.location)
        positions = getattr(config, "max_position_embeddings", None) or 512
        return int(min(self.tokenizer().model_max_length, positions))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say what to do when a model cannot be had."""
        try:
            yield
        except (OSError, ValueError) as error:
            raise SourceUnavailable(
                f"{self.name}: no such model can be loaded ({str(error).strip().splitlines()[0]}). "
                f"Use {BUNDLED!r} or {GENERATIVE!r}, which come in packages; or name a directory "
                "that holds the model; or connect to the network, unset HF_HUB_OFFLINE and name a "
                "model of the Hugging Face hub."
            ) from error


def find_pretrained(name: str | Path = BUNDLED) -> Pretrained:
    """Find a model by name: a bundled one, a directory, else a hub name (not yet contacted).

    A hub name on a machine without a GPU gets a UserWarning: such models are the profile gpu's.
    Raises SourceUnavailable when a bundled model's files are absent or fail their checksums.
    """
    if str(name).removeprefix("sentence-transformers/") == BUNDLED:
        return Pretrained(BUNDLED, str(fetch("minilm")))
    if str(name) == GENERATIVE:
        return Pretrained(GENERATIVE, str(unpacked(fetch("smollm2") / GENERATIVE_FILE)))
    if not Path(name).is_dir() and not _has_gpu():
        warnings.warn(
            f"no GPU is here: {name} will run on the CPU, tens of times slower. On Colab choose "
            "Runtime, Change runtime type, GPU; or set profile = 'laptop'.",
            stacklevel=2,
        )
    return Pretrained(str(name), str(name))


def _has_gpu() -> bool:
    import torch

    return torch.cuda.is_available() or torch.backends.mps.is_available()
