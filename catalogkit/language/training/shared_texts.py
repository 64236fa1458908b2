"""Rows of numbers that share texts, such as ratings of films: a batch reads each text once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from catalogkit.language.precision import Precision, autocast
from catalogkit.language.training.batching import Batch, Examples, IntArray
from catalogkit.language.training.prediction import evaluation_mode


@dataclass(frozen=True, eq=False)
class SharedTexts:
    """Examples for `train`: an example is a text with all rows that are about it.

    texts: of t items, each with rows; rows: which rows an item has, t arrays; columns:
    float32[n, c]; labels: float32[n].
    """

    texts: Examples
    rows: Sequence[IntArray]
    columns: torch.Tensor
    labels: torch.Tensor

    @classmethod
    def of(
        cls, texts: Examples, item: npt.ArrayLike, columns: npt.ArrayLike, labels: npt.ArrayLike
    ) -> SharedTexts:
        """Gather rows by item: item [n] says which text a row is about.

        Raises ValueError for lengths that differ, and unless the items are 0 to t - 1, each with
        a row.
        """
        of, given = np.asarray(item, np.int64), np.asarray(columns, np.float32)
        target = np.asarray(labels, np.float32)
        if not len(of) == len(given) == len(target):
            raise ValueError(f"{len(of)} items, {len(given)} rows of columns, {len(target)} labels")
        order = np.argsort(of, kind="stable")
        found, first = np.unique(of[order], return_index=True)
        if not np.array_equal(found, np.arange(len(texts))):
            raise ValueError(
                f"{len(texts)} texts, and rows about {len(found)} items: give each rows"
            )
        rows = np.split(order, first[1:])
        return cls(texts, rows, torch.from_numpy(given), torch.from_numpy(target))

    @property
    def lengths(self) -> IntArray:
        """Tokens of each text, int64[t]."""
        return self.texts.lengths

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, rows: IntArray) -> Batch:
        """Return the texts at these positions, padded, and all their rows.

        input_ids, attention_mask [b, l]; item [k], which of the b texts a row is about; columns
        [k, c], labels [k].
        """
        sizes = torch.tensor([len(self.rows[text]) for text in rows])
        at = torch.from_numpy(np.concatenate([self.rows[text] for text in rows]))
        batch = {"item": torch.arange(len(rows)).repeat_interleave(sizes)}
        batch |= {"columns": self.columns[at], "labels": self.labels[at]}
        return batch | self.texts.batch(rows)


def predict_rows(
    model: nn.Module,
    data: SharedTexts,
    *,
    batch_size: int = 128,
    precision: Precision = "auto",
) -> npt.NDArray[np.float32]:
    """Answer for every row, float32[n], in their order, in evaluation mode.

    model: of a batch without labels, returns [k]; batch_size: texts at a time.
    """
    device = next(model.parameters()).device
    answers = np.empty(len(data.labels), np.float32)
    order = np.argsort(data.lengths, kind="stable")
    with evaluation_mode(model), torch.inference_mode(), autocast(precision, device):
        for start in range(0, len(order), batch_size):
            texts = order[start : start + batch_size]
            batch = {name: part.to(device) for name, part in data.batch(texts).items()}
            del batch["labels"]
            at = np.concatenate([data.rows[text] for text in texts])
            answers[at] = model(**batch).float().cpu().numpy()
    return answers
