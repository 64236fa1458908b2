"""A generative model scores labels as it would write them, and is unpacked once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from catalogkit.datasets.errors import DataError
from catalogkit.language import gguf
from catalogkit.language.generation import GenerativeModel

END = "<end>"
WORDS = [END, "tea", "green", "milk", "oat", "category", "of", "is", "?"]
PROMPT = "category of oat is"
TEMPLATE = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:"


def random_model(seed: int = 0) -> GenerativeModel:
    """Build a two-layer model with random weights over nine words."""
    made = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, END))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=made, eos_token=END)
    tokenizer.chat_template = TEMPLATE
    size = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 32}
    ends = {"bos_token_id": None, "eos_token_id": 0, "pad_token_id": 0}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        config = LlamaConfig(vocab_size=len(WORDS), initializer_range=1.0, **size, **heads, **ends)
        return GenerativeModel(LlamaForCausalLM(config).eval(), tokenizer)


def next_words(model: GenerativeModel, text: str) -> torch.Tensor:
    """Probability of each word after a text, by a plain pass without a cache."""
    ids = torch.tensor([[WORDS.index(word) for word in text.split()]])
    with torch.inference_mode():
        return torch.softmax(model.model(ids).logits[0, -1].double(), dim=0)


@pytest.mark.parametrize("label", ["tea", "green tea", "oat milk tea"])
def test_a_labels_probability_is_the_product_of_its_words_and_the_end(label: str) -> None:
    """The cache and the padding beside longer labels change nothing."""
    model = random_model()
    product, text = 1.0, PROMPT
    for word in [*label.split(), END]:
        product *= float(next_words(model, text)[WORDS.index(word)])
        text += f" {word}"
    scored = model.log_probabilities(PROMPT, ["oat milk green tea", label])
    assert np.exp(scored[1]) == pytest.approx(product, rel=1e-4)


def test_answers_of_one_word_share_one_probability() -> None:
    """Over all words, and then the end, the sum is that of ending after one word."""
    model = random_model()
    first = next_words(model, PROMPT)
    ends = [next_words(model, f"{PROMPT} {word}")[0] for word in WORDS[1:]]
    expected = sum(p * end for p, end in zip(first[1:], ends, strict=True))
    scored = np.exp(model.log_probabilities(PROMPT, WORDS[1:]))
    assert scored.sum() == pytest.approx(float(expected), rel=1e-4)


def test_many_labels_are_scored_in_parts_and_in_order() -> None:
    """A hundred labels get what each gets alone."""
    model = random_model()
    labels = [f"{a} {b}" for a in WORDS[1:] for b in WORDS[1:]][:70]
    together = model.log_probabilities(PROMPT, labels)
    alone = [model.log_probabilities(PROMPT, [label])[0] for label in labels[60:]]
    assert together[60:] == pytest.approx(alone, rel=1e-4)


def test_what_is_written_is_the_likeliest_word_each_time() -> None:
    """Until the end, or the most that is allowed."""
    model = random_model(seed=3)
    text, expected = PROMPT, []
    for _ in range(4):
        word = WORDS[int(next_words(model, text).argmax())]
        if word == END:
            break
        expected.append(word)
        text += f" {word}"
    assert expected
    assert model.write(PROMPT, max_tokens=4) == " ".join(expected)


def test_prompts_written_side_by_side_get_what_each_gets_alone() -> None:
    """Padding, order and the size of the batches change nothing."""
    model = random_model(seed=3)
    prompts = [PROMPT, "tea", "green tea oat milk is", "milk", "oat ?"]
    alone = [model.write(prompt, max_tokens=4) for prompt in prompts]
    assert len(set(alone)) > 1
    assert model.write_each(prompts, max_tokens=4, at_once=3) == alone
    assert model.write_each([]) == []


def test_a_chat_ends_where_the_model_answers() -> None:
    """Examples come as turns of their own."""
    prompt = random_model().chat("oat?", "milk", "green?")
    assert prompt == "user: oat?\nassistant: milk\nuser: green?\nassistant:"


def test_a_chat_without_a_last_question_is_refused() -> None:
    """An answer cannot be the last turn."""
    with pytest.raises(ValueError, match="2 turns: the last one must be a question"):
        random_model().chat("oat?", "milk")


@pytest.mark.parametrize(
    ("prompt", "labels", "message"),
    [
        (PROMPT, [], "at least one"),
        (PROMPT, ["tea", ""], "none that is empty"),
        ("", ["tea"], "prompt: 0 tokens"),
        ("oat " * 40, ["tea"], "prompt: 40 tokens; it may have 1 to 31"),
    ],
)
def test_what_cannot_be_scored_is_refused(prompt: str, labels: list[str], message: str) -> None:
    """The error says which argument and what is allowed."""
    with pytest.raises(ValueError, match=message):
        random_model().log_probabilities(prompt, labels)


def test_a_label_that_is_no_text_is_named() -> None:
    """Its row stands in the error."""
    with pytest.raises(DataError, match="row 1"):
        random_model().log_probabilities(PROMPT, ["tea", None])  # type: ignore[list-item]


def test_a_file_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its second load finds the first one's directory; other content has another one."""
    monkeypatch.setenv("CATALOGKIT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(gguf, "_unpack", lambda _, target: target.mkdir())
    file = tmp_path / "model.gguf"
    file.write_bytes(b"weights")
    first = gguf.unpacked(file)
    monkeypatch.delattr(gguf, "_unpack")
    assert gguf.unpacked(file) == first
    file.write_bytes(b"other weights")
    with pytest.raises(NameError):
        gguf.unpacked(file)


def test_an_unpacking_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a model is never found."""

    def failing(_: Path, target: Path) -> None:
        target.mkdir()
        raise OSError("no space left")

    monkeypatch.setenv("CATALOGKIT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(gguf, "_unpack", failing)
    file = tmp_path / "model.gguf"
    file.write_bytes(b"weights")
    with pytest.raises(OSError, match="no space left"):
        gguf.unpacked(file)
    assert list((tmp_path / "home" / "unpacked").iterdir()) == []
