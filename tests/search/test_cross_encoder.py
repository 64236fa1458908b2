"""A pair is read together; before training the first stage's order stands."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from catalogkit.datasets.errors import DataError
from catalogkit.language.training import TrainingSettings, mean_loss, train
from catalogkit.ranking import Ranking
from catalogkit.search.cross_encoder import CrossEncoder, listwise, match, pointwise, rerank
from catalogkit.search.pairs import PairDataset

WORDS = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", *(f"w{i}" for i in range(20))]
DOCUMENTS = [f"w{i}" for i in range(20)]


def tokenizer() -> PreTrainedTokenizerFast:
    """Tell 20 words apart, and mark pairs as BERT does."""
    numbers = {word: at for at, word in enumerate(WORDS)}
    plain = Tokenizer(WordLevel(numbers, unk_token="[UNK]"))  # noqa: S106
    plain.pre_tokenizer = Whitespace()
    plain.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)],
    )
    signs = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "cls", "sep", "unk")}
    return PreTrainedTokenizerFast(tokenizer_object=plain, **signs)


def model(matching: float = 0.0) -> CrossEncoder:
    """BERT with random weights and 32 dimensions."""
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=48,
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return CrossEncoder(BertModel(config), tokenizer(), matching=matching, dropout=0.0)


def candidates(queries: int = 3) -> Ranking:
    """Rank two documents for each query."""
    items = np.tile([[4, 7]], (queries, 1))
    return Ranking(items, np.tile([[0.9, 0.2]], (queries, 1)))


def test_a_pair_knows_which_side_a_token_is_of() -> None:
    """Query and first separator are of type 0, document and second of type 1."""
    pairs = model().examples(["w1 w2"], DOCUMENTS, candidates(1))
    assert pairs.tokens[0] == [1, 5, 6, 2, 8, 2]
    assert pairs.types[0] == [0, 0, 0, 0, 1, 1]


def test_a_batch_is_padded_to_its_longest_pair() -> None:
    """Queries of one and three words; padding has mask and type 0."""
    pairs = model().examples(["w1", "w1 w2 w3"], DOCUMENTS, candidates(2), [[1, 0], [0, 2]])
    batch = pairs.batch(np.array([0, 1]))
    assert batch["input_ids"].shape == (4, 7)
    assert batch["attention_mask"].sum(1).tolist() == [5, 5, 7, 7]
    assert batch["token_type_ids"][0].tolist() == [0, 0, 0, 1, 1, 0, 0]
    assert batch["labels"].tolist() == [[1, 0], [0, 2]]
    assert batch["prior"].tolist() == pytest.approx([0.9, 0.2, 0.9, 0.2])


def test_before_training_the_first_stage_decides() -> None:
    """The head is zero and the prior counts as it is."""
    untrained = model()
    scores = untrained.scores(untrained.examples(["w1", "w2", "w3"], DOCUMENTS, candidates()))
    np.testing.assert_allclose(scores, candidates().scores)


def test_the_match_is_the_mean_of_the_best_cosines() -> None:
    """Query (1, 0), (0, 1); document (1, 0), (.6, .8): 1 and .8. Without a document there is 0."""
    hidden = torch.tensor([[[2.0, 0], [0, 3], [1, 0], [0.6, 0.8], [0, 1]]]).expand(2, -1, -1)
    query = torch.tensor([[1, 1, 0, 0, 0], [1, 1, 0, 0, 0]])
    document = torch.tensor([[0, 0, 1, 1, 0], [0, 0, 0, 0, 0]])
    assert match(hidden, query, document).tolist() == pytest.approx([0.9, 0])


def test_signs_of_the_tokenizer_match_nothing() -> None:
    """Every pair has the same separators; a query of an unknown word alone has no match."""
    with_match = model(matching=10.0)
    scores = with_match.scores(
        with_match.examples(["zebra", "w1"], DOCUMENTS, candidates(2)), precision="fp32"
    )
    assert scores[0].tolist() == pytest.approx([0.9, 0.2])
    assert abs(scores[1] - candidates(1).scores[0]).min() > 0.1


def test_it_learns_which_document_a_query_means() -> None:
    """Even words mean document 4, odd ones 7, whatever came first before."""
    learner, even = model(), [f"w{i}" for i in range(0, 20, 2)]
    queries = even + [f"w{i}" for i in range(1, 20, 2)]
    labels = [[1, 0]] * 10 + [[0, 1]] * 10
    pairs = learner.examples(queries, DOCUMENTS, candidates(20), labels)
    settings = TrainingSettings(epochs=30, batch_size=8, learning_rate=3e-3, precision="fp32")
    before = mean_loss(learner, pairs, listwise)
    train(learner, pairs, loss=listwise, settings=settings)
    assert mean_loss(learner, pairs, listwise) < before / 4
    best = rerank(candidates(20), learner.scores(pairs, precision="fp32")).items[:, 0]
    assert best.tolist() == [4] * 10 + [7] * 10


def test_the_pointwise_loss_is_that_of_the_formula() -> None:
    """Scores .9 and .2 of a relevant pair and another."""
    learner = model()
    pairs = learner.examples(["w1"], DOCUMENTS, candidates(1), [[2, 0]])
    expected = math.log(1 + math.exp(-0.9)) + math.log(1 + math.exp(0.2))
    assert pointwise(learner, pairs.batch(np.array([0]))).total.item() == pytest.approx(expected)


def test_the_listwise_loss_is_that_of_the_formula() -> None:
    """Scores .9 and .2, grades 2 and 1: shares 2/3 and 1/3; a query without grades has none."""
    learner = model()
    pairs = learner.examples(["w1", "w2"], DOCUMENTS, candidates(2), [[2, 1], [0, 0]])
    total = math.log(math.exp(0.9) + math.exp(0.2))
    expected = -(2 / 3 * (0.9 - total) + 1 / 3 * (0.2 - total))
    batch = pairs.batch(np.array([0, 1]))
    assert listwise(learner, batch).total.item() == pytest.approx(expected)


def test_candidates_are_ordered_by_new_scores_and_pads_stay_last() -> None:
    """Of equal scores the earlier candidate stays first."""
    first = Ranking([[5, 3, 8], [2, -1, -1]], [[3, 2, 1], [1, -np.inf, -np.inf]])
    again = rerank(first, [[0.1, 0.7, 0.7], [0.5, 9, 9]])
    assert again.items.tolist() == [[3, 8, 5], [2, -1, -1]]


def test_rows_that_are_not_full_are_refused() -> None:
    """A pad is no document."""
    short = Ranking([[4, -1]], [[0.9, -np.inf]])
    with pytest.raises(ValueError, match="fewer candidates"):
        model().examples(["w1"], DOCUMENTS, short)


def test_pairs_and_labels_of_other_shapes_are_refused() -> None:
    """Two pairs, a prior for one; then a label too many."""
    with pytest.raises(DataError, match="for 2 pairs"):
        PairDataset([[1], [1]], [[0], [0]], np.zeros((1, 1), np.float32))
    with pytest.raises(DataError, match="one a pair"):
        model().examples(["w1"], DOCUMENTS, candidates(1), [[1, 0, 0]])
