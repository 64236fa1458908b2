"""Train an encoder, whole or by low-rank changes, to tell a tree's classes apart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path as File
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np

from catalogkit.taxonomy.annotators import NAME_WEIGHT, Examples, Features, Method, Stored
from catalogkit.taxonomy.decoding import Floats
from catalogkit.taxonomy.tree import Path

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from catalogkit.language.classifier import TextClassifier
    from catalogkit.language.training.batching import TextDataset
    from catalogkit.language.training.settings import TrainingSettings

EPOCHS = 3
"""Unless settings say otherwise; enough for a head that starts at prototypes."""


class FineTuned(Method):
    """An encoder and a linear head, trained together; each text counts once an epoch.

    The head starts at the prototypes of `FewShot`: the labels' names and the texts' mean vectors.
    encoder: a name for `find_pretrained`. How often a text occurs makes no difference. Without
    settings the word embeddings, half of a small encoder, stay as they are.
    """

    folds: ClassVar[int] = 1
    learning_rate: ClassVar[float] = 5e-4
    """At its peak, for a small encoder and short texts."""
    _model: TextClassifier

    def features(self, texts: Sequence[str]) -> Features:
        """Return the texts themselves, an array of n."""
        return np.array(list(texts), dtype=object)

    def learn(self, examples: Examples, paths: Sequence[Path]) -> None:
        """Train from the pretrained weights. Raises TypeError for an encoder without a name."""
        from catalogkit.language.adaptation import start_from_centres
        from catalogkit.language.training import train

        if not isinstance(self.encoder, str | File):
            raise TypeError(f"fine-tuning needs an encoder's name, not {type(self.encoder)}")
        self._classes = len(paths)
        self._model = self._untrained(max(2, len(paths)))
        data = self._model.examples(examples.features.tolist(), examples.targets)
        start_from_centres(self._model, self._prototypes(data, paths))
        train(self._model, data, settings=self.settings or self._default())

    def _untrained(self, classes: int) -> TextClassifier:
        """Load the encoder and put the head on it."""
        from catalogkit.language.classifier import text_classifier

        name = cast("str | File", self.encoder)
        return text_classifier(name, classes=classes, seed=self.seed)

    def _prototypes(self, data: TextDataset, paths: Sequence[Path]) -> Floats:
        """Add up the unit vectors of each class's names and texts, float64[c, d]."""
        from catalogkit.language.pooling import SentenceModel
        from catalogkit.language.training.prediction import predict_logits

        model = SentenceModel(self._model.encoder)
        named = [path[-1] for path in paths] + [" ".join(path) for path in paths]
        vectors = predict_logits(model, self._model.examples(named), precision="auto")
        names = np.add(*np.split(vectors, 2))
        total = np.zeros((self._model.classes, names.shape[1]))
        total[: len(names)] = NAME_WEIGHT * names / np.linalg.norm(names, axis=1, keepdims=True)
        np.add.at(total, np.asarray(data.labels), predict_logits(model, data, precision="auto"))
        return total

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

        words = self._model.encoder.get_input_embeddings()
        stay = tuple(name for name, part in self._model.named_modules() if part is words)
        return TrainingSettings(
            epochs=EPOCHS, learning_rate=self.learning_rate, frozen=stay, seed=self.seed
        )


class LowRank(FineTuned):
    """The same, but of the encoder only a low-rank change of its matrices is trained, and stored.

    A saved file holds the change and the head, a fiftieth of MiniLM, and the encoder's name.
    """

    learning_rate: ClassVar[float] = 2e-3

    def _untrained(self, classes: int) -> TextClassifier:
        from catalogkit.language.adaptation import lora

        model = super()._untrained(classes)
        model.encoder = cast("PreTrainedModel", lora(model.encoder, seed=self.seed))
        return model

    def stored(self) -> Stored:
        """Return the weights that were trained."""
        from catalogkit.language.adaptation import trained_weights

        weights = {name: w.cpu().numpy() for name, w in trained_weights(self._model).items()}
        return Stored(weights, {"classes": self._classes})

    def restore(self, stored: Stored) -> None:
        """Change the pretrained encoder, which must be the one that was trained."""
        import torch

        self._classes = stored.facts["classes"]
        model = self._untrained(stored.arrays["head.bias"].shape[0])
        weights = {name: torch.tensor(w) for name, w in stored.arrays.items()}
        model.load_state_dict(weights, strict=False)
        self._model = model.eval()
