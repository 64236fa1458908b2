"""Fine-tune on product types with the document's listing, with transformers.Trainer and with ours.

All see the same texts equally often: the listing 16 at a time, padded to 128 tokens (R-E08), at its
learning rate; Trainer in our batches, at its defaults. As both may simply learn too slowly, Trainer
is also given our model and learning rate: what then differs in accuracy is the price of the speed.
Tokenising is left out of all times.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from book.tools.bench.rivals import (
    OURS,
    Run,
    Task,
    document_model,
    hits,
    learn_as_printed,
    listing,
    padded_to,
    trainer,
)
from catalogkit.datasets import complete_journey
from catalogkit.evaluation.intervals import paired_bootstrap
from catalogkit.language.classifier import text_classifier
from catalogkit.language.precision import capability, choose_precision
from catalogkit.language.pretrained import find_pretrained
from catalogkit.language.training import TextDataset, train
from catalogkit.language.training.objectives import logits_of

SEEDS = (0, 1, 2)
TRAINED, TESTED = 480, 500
FEWEST_TYPES = 8  # a category with fewer says nothing about unseen types
PADDED_STEPS = 6
CLOCKS = ("examples_per_cpu_second", "examples_per_second")
OURS_IS = f"catalogkit, {choose_precision(OURS.precision, capability('cpu'))}"

IntArray = npt.NDArray[np.int64]


def measure() -> dict[str, Any]:
    """Train every variant with every seed, in turns, and compare: about eight CPU-minutes.

    Returns the comparisons for the timings page under "rows" and, per contender, speed (median
    over seeds) and accuracy on types nobody labelled.
    """
    start, task = time.process_time(), _task()
    printed, change = _as_printed(task)
    variants: dict[str, Callable[[int], Run]] = {
        OURS_IS: lambda seed: _ours(task, seed),
        "the document's listing, unpadded": lambda seed: listing(task, seed),
        "Trainer at its defaults": lambda seed: trainer(task, seed),
        "Trainer, our model and rate": lambda seed: trainer(task, seed, ours=True),
    }
    runs = [{name: run(seed) for name, run in variants.items()} for seed in SEEDS]
    contenders = {name: _result([run[name] for run in runs]) for name in variants}
    contenders["the document's listing"] = printed
    return {
        "rows": _speeds(contenders) + _accuracies(runs),
        "contenders": contenders,
        "task": f"{TRAINED} product types, {task.classes} categories, {OURS.epochs} epochs",
        "tested_on": f"{len(task.test)} other types",
        "threads": torch.get_num_threads(),
        "padding_changes_logits_by": change,
        "cpu_seconds": time.process_time() - start,
    }


def _task() -> Task:
    """Deal product types, each with its commonest category, into disjoint train and test."""
    products = complete_journey.catalog().table
    category = products.groupby("product_type")["category"].agg(lambda names: names.mode()[0])
    category = category[category.map(category.value_counts()) >= FEWEST_TYPES]
    names, labels = np.unique(category.to_numpy(dtype=str), return_inverse=True)
    order = np.random.default_rng(0).permutation(len(category))
    tokenizer = find_pretrained().tokenizer()

    def texts(rows: IntArray) -> TextDataset:
        return TextDataset.from_texts(category.index[rows], labels[rows], tokenizer=tokenizer)

    unseen = order[TRAINED : TRAINED + TESTED]
    return Task(texts(order[:TRAINED]), texts(unseen), len(names))


def _as_printed(task: Task) -> tuple[dict[str, float], float]:
    """Time some steps of the listing padded to 128; see that padding changes no logit."""
    model = document_model(task, 0)
    steps = list(islice(learn_as_printed(model, task.train, 0, pad_to=128), PADDED_STEPS))[1:]
    batch = task.train.batch(np.arange(16))
    with torch.inference_mode():
        model.eval()
        change = logits_of(model, batch) - logits_of(model, padded_to(batch, 128))
    return _speed(*np.median(steps, axis=0)), float(change.abs().max())


def _ours(task: Task, seed: int) -> Run:
    """Train with catalogkit's loop and classifier, at the settings recommended for short texts."""
    model = text_classifier(classes=task.classes, seed=seed)
    cpu, wall = time.process_time(), time.perf_counter()
    train(model, task.train, settings=replace(OURS, seed=seed), progress=False)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Run(hits(model, task), task.seen / cpu, task.seen / wall)


def _result(runs: Sequence[Run]) -> dict[str, Any]:
    """Give the median speed over seeds, and the accuracy of each."""
    cpu = statistics.median(1 / run.per_cpu_second for run in runs)
    wall = statistics.median(1 / run.per_second for run in runs)
    accuracy = [float(run.hits.mean()) for run in runs]
    return {**_speed(cpu, wall), "accuracy": statistics.mean(accuracy), "by_seed": accuracy}


def _speed(cpu: float, wall: float) -> dict[str, float]:
    """Turn seconds an example into examples a second."""
    return dict(zip(CLOCKS, (1 / cpu, 1 / wall), strict=True))


def _speeds(contenders: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Set our speed beside each other one, by either clock."""
    ours = contenders[OURS_IS]
    return [
        {
            "what": f"fine-tuning MiniLM, {clock.replace('_', ' ')}",
            "ours": round(ours[clock], 1),
            "against": name,
            "theirs": round(theirs[clock], 1),
            "ratio": round(ours[clock] / theirs[clock], 1),
        }
        for name, theirs in contenders.items()
        if name != OURS_IS
        for clock in CLOCKS
    ]


def _accuracies(runs: Sequence[dict[str, Run]]) -> list[dict[str, Any]]:
    """Compare accuracies text by text, averaged over seeds, with a 95 % interval over texts."""
    right = {name: np.array([run[name].hits for run in runs], float) for name in runs[0]}
    return [
        {
            "what": "its accuracy on types nobody labelled; difference, not ratio",
            "ours": round(right[OURS_IS].mean(), 3),
            "against": name,
            "theirs": round(theirs.mean(), 3),
            "ratio": str(paired_bootstrap(right[OURS_IS], theirs, seed=0)),
        }
        for name, theirs in right.items()
        if name != OURS_IS
    ]
