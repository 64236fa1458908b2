"""Batches lose nothing, repeat nothing, and pad little."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import BertProcessing
from transformers import PreTrainedTokenizerFast

from catalogkit.datasets.errors import DataError
from catalogkit.language.training.batching import TextDataset, share, shuffled_batches

WORDS = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "a", "b", "c", "d", "e", "f"]
LENGTHS = st.lists(st.integers(1, 40), min_size=1, max_size=200).map(np.array)


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerFast:
    """Make a tokenizer of six words with the special tokens of BERT."""
    words = Tokenizer(WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token=WORDS[3]))
    words.pre_tokenizer = Whitespace()
    words.post_processor = BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    return PreTrainedTokenizerFast(tokenizer_object=words, pad_token=WORDS[0])


@given(LENGTHS, st.integers(1, 17), st.integers(1, 5), st.integers(0, 9))
def test_batches_hold_every_example_once(
    lengths: np.ndarray, size: int, pool: int, seed: int
) -> None:
    """Bucketing by length neither loses nor repeats, and leaves one ragged batch at most."""
    batches = shuffled_batches(lengths, size, pool=pool, seed=seed)
    assert sorted(np.concatenate(batches)) == list(range(len(lengths)))
    assert sorted(map(len, batches))[1:] == [size] * (len(batches) - 1)


@given(st.integers(1, 100), st.integers(1, 9), st.integers(1, 4))
def test_processes_share_a_step_without_loss_or_overlap(
    rows: int, size: int, processes: int
) -> None:
    """Every row goes to one micro-batch of one process, none larger than the batch size."""
    shares = [share(np.arange(rows), size, p, processes) for p in range(processes)]
    parts = [part for own in shares for part in own]
    assert sorted(np.concatenate(parts)) == list(range(rows))
    assert max(map(len, parts)) <= size
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_bucketing_saves_padding() -> None:
    """Batches of like length hold less padding than a plain shuffle's."""
    lengths = np.random.default_rng(0).integers(1, 60, 640)

    def padded(pool: int) -> int:
        return sum(
            lengths[rows].max() * len(rows)
            for rows in shuffled_batches(lengths, 16, pool=pool, seed=0)
        )

    assert padded(40) < 1.05 * lengths.sum()
    assert padded(1) > 1.7 * lengths.sum()


def test_the_seed_decides_the_order() -> None:
    """The same seed deals the same batches, another seed others, in another order of lengths."""
    lengths = np.arange(1, 101)
    first, again, other = (
        np.concatenate(shuffled_batches(lengths, 10, pool=5, seed=s)).tolist() for s in (1, 1, 2)
    )
    assert first == again != other


def test_a_batch_is_padded_to_its_longest_text() -> None:
    """Ids, mask and labels of two rows, by hand."""
    data = TextDataset([[5, 6, 7], [8], [9, 9, 9, 9]], np.array([2, 0, 1]), padding=1)
    batch = data.batch(np.array([1, 0]))
    assert batch["input_ids"].tolist() == [[8, 1, 1], [5, 6, 7]]
    assert batch["attention_mask"].tolist() == [[1, 0, 0], [1, 1, 1]]
    assert batch["labels"].tolist() == [0, 2]


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        ([0, -1], "row 1 is -1"),
        ([0.5, 1.0], "not whole numbers"),
        (["tea", "milk"], "numpy.unique"),
        ([[0], [1]], r"\(2, 1\)"),
        ([0], "2 texts but 1 labels"),
    ],
)
def test_bad_labels_are_named(
    labels: list[object], says: str, tokenizer: PreTrainedTokenizerFast
) -> None:
    """A label that is no class number is refused, with its row and a remedy."""
    with pytest.raises(DataError, match=says):
        TextDataset.from_texts(["a", "b"], labels, tokenizer=tokenizer)


def test_a_text_that_is_no_string_is_named(tokenizer: PreTrainedTokenizerFast) -> None:
    """A missing text is refused with its row."""
    with pytest.raises(DataError, match="row 1 is None"):
        TextDataset.from_texts(["a", None], tokenizer=tokenizer)  # type: ignore[list-item]


def test_cut_texts_are_counted(tokenizer: PreTrainedTokenizerFast) -> None:
    """Texts longer than the limit are cut, keep their closing token, and are counted."""
    data = TextDataset.from_texts(["a b", "a b c d e f"], tokenizer=tokenizer, max_tokens=5)
    assert (data.lengths.tolist(), data.truncated) == ([4, 5], 1)
    assert data.tokens[0][-1] == data.tokens[1][-1]
