"""Rows that share texts are learned from and answered whole, each text once a batch."""

import numpy as np
import pytest
import torch
from torch import nn

from catalogkit.language.training import (
    Loss,
    SharedTexts,
    TextDataset,
    TrainingSettings,
    predict_rows,
    train,
)

TEXTS = TextDataset([[5], [7, 7], [9]])
ITEM = np.array([2, 0, 2, 1, 2])
COLUMNS = np.arange(5, dtype=np.float32)[:, None]


class Sum(nn.Module):
    """Adds a text's tokens and a row's column, times a weight."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        columns: torch.Tensor,
        item: torch.Tensor,
    ) -> torch.Tensor:
        """Return [k]."""
        tokens = (input_ids * attention_mask).sum(dim=1).float()[item]
        return self.weight * (tokens + columns[:, 0])


def shared(labels: np.ndarray) -> SharedTexts:
    """Return three texts with one, one and three rows."""
    return SharedTexts.of(TEXTS, ITEM, COLUMNS, labels)


def test_a_batch_holds_a_text_once_and_all_its_rows() -> None:
    """The third text comes first and has three rows; the second is longer than it."""
    batch = shared(np.arange(5) * 10).batch(np.array([2, 1]))
    assert batch["input_ids"].tolist() == [[9, 0], [7, 7]]
    assert batch["item"].tolist() == [0, 0, 0, 1]
    assert batch["labels"].tolist() == [0, 20, 40, 30]
    assert batch["columns"][:, 0].tolist() == [0, 2, 4, 3]


@pytest.mark.parametrize("batch_size", [1, 2, 3])
def test_rows_are_answered_in_their_order(batch_size: int) -> None:
    """Tokens of a row's text plus its number, however the texts were batched."""
    found = predict_rows(Sum(), shared(np.zeros(5)), batch_size=batch_size, precision="fp32")
    assert found.tolist() == [9, 6, 11, 17, 13]


def test_the_loop_learns_from_every_row() -> None:
    """A weight of two gives the labels; the loop finds it."""

    def squares(model: nn.Module, batch: dict[str, torch.Tensor]) -> Loss:
        labels = batch.pop("labels")
        return Loss((model(**batch) - labels).square().sum(), len(labels))

    model, data = Sum(), shared(2 * np.array([9.0, 6, 11, 17, 13]))
    settings = TrainingSettings(60, batch_size=3, learning_rate=0.1, precision="fp32")
    train(model, data, loss=squares, settings=settings)
    assert model.weight.item() == pytest.approx(2, abs=0.05)


def test_a_text_without_rows_is_refused() -> None:
    """Rows about two of three texts, and columns of another number."""
    with pytest.raises(ValueError, match="3 texts, and rows about 2 items"):
        SharedTexts.of(TEXTS, [0, 1, 1], COLUMNS[:3], np.zeros(3))
    with pytest.raises(ValueError, match="5 items, 3 rows"):
        SharedTexts.of(TEXTS, ITEM, COLUMNS[:3], np.zeros(5))
