"""Train a whole encoder, with a head, to tell a tree's classes apart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path as File
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from catalogkit.taxonomy.annotators import Examples, Features, Method, Stored
from catalogkit.taxonomy.decoding import Floats
from catalogkit.taxonomy.tree import Path

if TYPE_CHECKING:
    from catalogkit.language.classifier import TextClassifier
    from catalogkit.language.training.settings import TrainingSettings

EPOCHS, LEARNING_RATE = 8, 5e-4
"""Unless settings say otherwise; for a small encoder and short texts."""


class FineTuned(Method):
    """An encoder and a linear head, all of whose weights are trained; each text once an epoch.

    encoder: a name for `find_pretrained`. How often a text occurs makes no difference.
    """

    folds: ClassVar[int] = 1
    _model: TextClassifier

    def features(self, texts: Sequence[str]) -> Features:
        """Return the texts themselves, an array of n."""
        return np.array(list(texts), dtype=object)

    def learn(self, examples: Examples, paths: Sequence[Path]) -> None:
        """Train from the pretrained weights. Raises TypeError for an encoder without a name."""
        from catalogkit.language.classifier import text_classifier
        from catalogkit.language.training import train

        if not isinstance(self.encoder, str | File):
            raise TypeError(f"fine-tuning needs an encoder's name, not {type(self.encoder)}")
        self._model = text_classifier(self.encoder, classes=max(2, len(paths)), seed=self.seed)
        data = self._model.examples(examples.features.tolist(), examples.targets)
        train(self._model, data, settings=self.settings or self._default())
        self._classes = len(paths)

    def scores(self, features: Features) -> Floats:
        """Return the logits, float64[n, c]."""
        from catalogkit.language.training.prediction import predict_logits

        data = self._model.examples(features.tolist())
        logits = predict_logits(self._model, data, precision="auto")
        return np.asarray(logits[:, : self._classes], np.float64)

    def stored(self) -> Stored:
        """Return weights, configuration and tokeniser: nothing else is needed to predict."""
        model, tokenizer = self._model, self._model.tokenizer
        weights = {name: w.detach().cpu().numpy() for name, w in model.state_dict().items()}
        facts = {
            "classes": self._classes,
            "max_tokens": model.max_tokens,
            "config": json.loads(model.encoder.config.to_json_string(use_diff=False)),
            "tokenizer": tokenizer.backend_tokenizer.to_str(),
            "padding": tokenizer.pad_token,
        }
        return Stored(weights, facts)

    def restore(self, stored: Stored) -> None:
        """Build the model again, without the pretrained one."""
        import torch
        from tokenizers import Tokenizer
        from transformers import AutoConfig, AutoModel, PreTrainedTokenizerFast

        from catalogkit.language.classifier import TextClassifier

        facts = stored.facts
        self._classes = facts["classes"]
        config: dict[str, Any] = dict(facts["config"])
        encoder = AutoModel.from_config(AutoConfig.for_model(config.pop("model_type"), **config))
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=Tokenizer.from_str(facts["tokenizer"]), pad_token=facts["padding"]
        )
        rows = stored.arrays["head.bias"].shape[0]
        model = TextClassifier(encoder, tokenizer, rows, max_tokens=facts["max_tokens"])
        model.load_state_dict({name: torch.tensor(w) for name, w in stored.arrays.items()})
        self._model = model.eval()

    def _default(self) -> TrainingSettings:
        from catalogkit.language.training.settings import TrainingSettings

        return TrainingSettings(epochs=EPOCHS, learning_rate=LEARNING_RATE, seed=self.seed)
