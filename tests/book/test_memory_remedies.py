"""What the training FAQ's chapter calls the same step is the same step, on a tiny model."""

from __future__ import annotations

from multiprocessing import Pipe
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import torch
from torch import nn

from book.tools.rules.reading import read_notebook

ROOT = Path(__file__).parents[2]
STEPS = ("whole_step", "lower_step", "upper_step")


@pytest.fixture(scope="module")
def chapter() -> dict[str, Any]:
    """Run the cells of the chapter that define its steps, as they are printed."""
    names: dict[str, Any] = {
        "torch": torch, "nn": nn,
        "cross_entropy": nn.functional.cross_entropy, "rms_norm": nn.functional.rms_norm,
    }  # fmt: skip
    notebook = read_notebook(ROOT / "notebooks/taxonomy/11b_faq_training.ipynb", ROOT)
    for _, cell in notebook.code():
        if cell["source"].lstrip().startswith(tuple(f"def {step}" for step in STEPS)):
            exec(cell["source"], names)  # noqa: S102 (our own chapter)
    return names


def parts() -> tuple[nn.Module, nn.Module]:
    """Return two halves of a model of words, with weights of their own."""
    torch.manual_seed(0)
    lower = nn.Sequential(nn.Embedding(30, 6), nn.Linear(6, 6), nn.Tanh())
    return lower, nn.Sequential(nn.Flatten(), nn.Linear(6 * 5, 8), nn.GELU(), nn.Linear(8, 3))


def gradients(model: nn.Module) -> torch.Tensor:
    """All gradients in a row; the model is left without."""
    found = torch.cat([parameter.grad.flatten() for parameter in model.parameters()])
    model.zero_grad()
    return found


def test_accumulated_and_shared_steps_equal_the_whole(chapter: dict[str, Any]) -> None:
    """Eleven texts in pieces of 3, 3, 3 and 2, or a model in two parts: the gradients are equal."""
    ids, labels = torch.arange(55).reshape(11, 5) % 30, torch.arange(11) % 3
    lower, upper = parts()
    model = nn.Sequential(lower, upper)
    nn.functional.cross_entropy(model(ids), labels).backward()
    plain = gradients(model)
    assert plain.abs().max() > 0.01
    for pieces in (1, 4):
        chapter["whole_step"](model, ids, labels, parts=pieces)
        torch.testing.assert_close(gradients(model), plain)
    below, above = Pipe()
    thread = Thread(target=chapter["lower_step"], args=(lower, ids, labels, below))
    thread.start()
    chapter["upper_step"](upper, ids, labels, above)
    thread.join()
    torch.testing.assert_close(gradients(model), plain)
