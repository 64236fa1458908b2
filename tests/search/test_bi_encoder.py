"""Pairs are drawn from the best answers, and only wrong documents count against a query."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
import torch
from scipy import sparse
from torch import nn
from transformers import BertConfig, BertModel

from catalogkit.datasets.errors import DataError
from catalogkit.language.training import TextDataset, TrainingSettings, predict_logits, train
from catalogkit.search.bi_encoder import BiEncoder, QueryPairs, contrastive

ASKED = TextDataset([[1, 2], [3], [4, 5, 6]])
READ = TextDataset([[1, 7], [8, 3], [4], [5, 9]])
GRADES = sparse.csr_array(np.array([[2, 0, 1, 0], [0, 2, 0, 0], [0, 0, 2, 2]], np.float32))


class Table(nn.Module):
    """Give each text the vector of its first token."""

    def __init__(self, vectors: list[list[float]]) -> None:
        super().__init__()
        self.vectors = torch.tensor(vectors)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Look the first token up."""
        return self.vectors[input_ids[:, 0]] * attention_mask[:, :1]


def test_pairs_are_of_the_highest_grade() -> None:
    """Query 0 never meets its document of grade 1; no query has more than its best."""
    pairs = QueryPairs.draw(ASKED, READ, GRADES, each=5, seed=0)
    assert sorted(map(tuple, pairs.pairs.tolist())) == [(0, 0), (1, 1), (2, 2), (2, 3)]


def test_a_batch_says_which_documents_answer_which_query() -> None:
    """The second pair's document answers the first pair's query too when graded."""
    pairs = QueryPairs(ASKED, READ, GRADES, np.array([[0, 0], [2, 2]]))
    batch = pairs.batch(np.array([0, 1]))
    assert batch["answers"].tolist() == [[True, True], [False, True]]
    assert batch["query_input_ids"].shape == (2, 3)
    assert pairs.lengths.tolist() == [4, 4]


def test_the_loss_is_that_of_the_formula() -> None:
    """Two orthogonal pairs at temperature 1: each loses log(1 + 1/e)."""
    batch = {
        "query_input_ids": torch.tensor([[0], [1]]), "query_attention_mask": torch.ones(2, 1),
        "document_input_ids": torch.tensor([[0], [1]]), "document_attention_mask": torch.ones(2, 1),
        "answers": torch.eye(2, dtype=torch.bool),
    }  # fmt: skip
    model = Table([[1.0, 0], [0, 1]])
    loss = contrastive(1.0)(model, batch)
    assert float(loss.total) == pytest.approx(2 * log(1 + exp(-1)))
    assert loss.weight == 2
    batch["answers"][0, 1] = True  # then only the second query has a wrong document
    assert float(contrastive(1.0)(model, batch).total) == pytest.approx(log(1 + exp(-1)))


def test_training_brings_queries_to_their_documents() -> None:
    """A small random encoder finds each document after a few steps, which it did not before."""
    torch.manual_seed(0)
    config = BertConfig(vocab_size=12, hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
                        intermediate_size=16)  # fmt: skip
    model = BiEncoder(BertModel(config, add_pooling_layer=False), None)
    pairs = QueryPairs.draw(ASKED, READ, GRADES, each=1, seed=0)
    settings = TrainingSettings(epochs=40, batch_size=3, learning_rate=1e-2, precision="fp32")
    train(model, pairs, loss=contrastive(), settings=settings)
    asked, read = predict_logits(model, ASKED), predict_logits(model, READ)
    nearest = (asked @ read.T).argmax(axis=1)
    assert [GRADES[[row], [one]].item() > 0 for row, one in enumerate(nearest)] == [True] * 3
    assert np.linalg.norm(asked, axis=1) == pytest.approx(np.ones(3), abs=1e-5)


def test_grades_of_another_shape_are_refused() -> None:
    """The message names both."""
    with pytest.raises(DataError, match="3 queries"):
        QueryPairs(ASKED, READ, GRADES[:2], np.array([[0, 0]]))


def test_a_temperature_of_nothing_is_refused() -> None:
    """It would divide by zero."""
    with pytest.raises(ValueError, match="above 0"):
        contrastive(0)
