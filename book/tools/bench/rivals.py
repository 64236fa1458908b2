"""Fine-tune as readers would otherwise: by the document's listing, or with transformers.Trainer."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from catalogkit.language.classifier import WORD_EMBEDDINGS, text_classifier
from catalogkit.language.pretrained import find_pretrained
from catalogkit.language.training import TextDataset, TrainingSettings, predict_logits
from catalogkit.language.training.batching import Batch

if TYPE_CHECKING:
    from transformers import TrainingArguments

OURS = TrainingSettings(epochs=5, batch_size=32, learning_rate=5e-4, frozen=(WORD_EMBEDDINGS,))
"""What is recommended for short texts and a small encoder."""


@dataclass(frozen=True)
class Task:
    """Texts with category numbers to learn, and of types nobody labelled, to be tested on."""

    train: TextDataset
    test: TextDataset
    classes: int

    @property
    def seen(self) -> int:
        """Examples that one training sees, counting every epoch."""
        return OURS.epochs * len(self.train)


@dataclass(frozen=True)
class Run:
    """One training: which test texts it got right, bool[n], and its speed in examples."""

    hits: npt.NDArray[np.bool_]
    per_cpu_second: float
    per_second: float


def listing(task: Task, seed: int) -> Run:
    """Train by the listing without its padding, which changes nothing but the time it takes."""
    model = document_model(task, seed)
    steps = list(learn_as_printed(model, task.train, seed, pad_to=None))
    return Run(hits(model, task), *(1 / np.mean(steps, axis=0)))


def document_model(task: Task, seed: int) -> nn.Module:
    """Load the kind of classifier that the document names, from the same pretrained weights."""
    from transformers import AutoModelForSequenceClassification

    torch.manual_seed(seed)
    model: nn.Module = AutoModelForSequenceClassification.from_pretrained(
        find_pretrained().location, num_labels=task.classes
    )
    return model


def learn_as_printed(
    model: nn.Module, data: TextDataset, seed: int, pad_to: int | None
) -> Iterator[tuple[float, float]]:
    """Follow the document's loop; yield CPU seconds and seconds an example, step by step.

    Repaired: an optimiser that exists, training mode, and the shuffling that it leaves to "...".
    """
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5)
    rng = np.random.default_rng(seed)
    for _ in range(OURS.epochs):
        model.train()
        order = rng.permutation(len(data))
        for rows in np.array_split(order, range(16, len(data), 16)):
            cpu, wall = time.process_time(), time.perf_counter()
            optimizer.zero_grad()
            model(**padded_to(data.batch(rows), pad_to)).loss.backward()
            optimizer.step()
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            yield cpu / len(rows), wall / len(rows)


def padded_to(batch: Batch, width: int | None) -> Batch:
    """Pad ids and mask [b, t] with zeros to a width, MiniLM's padding id being 0."""
    if width is None:
        return batch
    more = (0, width - batch["input_ids"].shape[1])
    return {
        name: nn.functional.pad(values, more) if values.ndim == 2 else values
        for name, values in batch.items()
    }


def trainer(task: Task, seed: int, *, ours: bool = False) -> Run:
    """Train with transformers.Trainer: its defaults, our batch size and number of epochs.

    ours: with our classifier and learning rate besides, so that only the loops differ.
    """
    from transformers import PrinterCallback, Trainer

    model = text_classifier(classes=task.classes, seed=seed) if ours else document_model(task, seed)
    with tempfile.TemporaryDirectory() as folder:
        loop = Trainer(
            model,
            _trainer_arguments(folder, seed, {"learning_rate": OURS.learning_rate} if ours else {}),
            train_dataset=_trainer_rows(task.train),
            processing_class=find_pretrained().tokenizer(),
            compute_loss_func=_loss if ours else None,
        )
        loop.remove_callback(PrinterCallback)
        cpu, wall = time.process_time(), time.perf_counter()
        loop.train()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Run(hits(model, task), task.seen / cpu, task.seen / wall)


def _trainer_arguments(folder: str, seed: int, options: dict[str, Any]) -> TrainingArguments:
    """Keep Trainer's defaults, but for what must be equal and what would only cost time."""
    from transformers import TrainingArguments

    return TrainingArguments(
        folder,
        per_device_train_batch_size=OURS.batch_size,
        num_train_epochs=OURS.epochs,
        seed=seed,
        save_strategy="no",
        logging_strategy="no",
        report_to=[],
        label_names=["labels"],
        disable_tqdm=True,
        **options,
    )


def _trainer_rows(data: TextDataset) -> list[dict[str, object]]:
    """Give Trainer the tokens as it takes them; it pads each batch to its longest text."""
    return [
        {"input_ids": tokens, "attention_mask": [1] * len(tokens), "labels": int(label)}
        for tokens, label in zip(data.tokens, np.asarray(data.labels), strict=True)
    ]


def _loss(logits: torch.Tensor, labels: torch.Tensor, **_: object) -> torch.Tensor:
    """Score logits as Trainer wants it done for a model that returns nothing else."""
    return nn.functional.cross_entropy(logits, labels)


def hits(model: nn.Module, task: Task) -> npt.NDArray[np.bool_]:
    """Say which test texts the model gets right."""
    right: npt.NDArray[np.bool_] = predict_logits(model, task.test).argmax(-1) == task.test.labels
    return right
