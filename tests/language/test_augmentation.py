"""Changed texts: what may change, how much, and that the seed decides."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogkit.datasets.errors import DataError
from catalogkit.language.augmentation import (
    Versions,
    abbreviation_swaps,
    drop_words,
    join_alike,
    mixup,
    replace_words,
)
from catalogkit.language.training import TextDataset

LONG_FORMS = {"frzn": "frozen", "fz": "frozen", "rtd": "ready to drink", "w/": "with"}
SWAPS = abbreviation_swaps(LONG_FORMS)
TEXTS = st.lists(st.text("ABé /-12", max_size=30), max_size=5)
SHARES = st.floats(0, 1)


def test_abbreviations_are_swapped_both_ways() -> None:
    """A phrase is no key, as words are replaced one by one; nor is a form with a slash."""
    assert SWAPS == {
        "frzn": ("frozen",),
        "frozen": ("frzn", "fz"),
        "fz": ("frozen",),
        "rtd": ("ready to drink",),
    }


def test_words_are_replaced_in_their_own_case() -> None:
    """Capitals stay capitals, and signs, blanks and numbers stay where they are."""
    done = replace_words(["FRZN/Rtd  12oz frzn"], SWAPS, share=1, seed=0)
    assert done.texts == ["FROZEN/Ready to drink  12oz frozen"]
    assert (done.words, done.changed) == (4, 3)


def test_about_the_asked_share_is_replaced_by_every_alternative() -> None:
    """Of 2,000 words a third change, to both alternatives alike (five standard deviations)."""
    done = replace_words(["frozen " * 2000], SWAPS, share=1 / 3, seed=0)
    words = done.texts[0].split()
    assert abs(done.changed - 2000 / 3) < 5 * (2000 * 2 / 9) ** 0.5
    assert abs(words.count("fz") - words.count("frzn")) < 5 * done.changed**0.5


@given(TEXTS, st.integers(0, 9))
def test_a_share_of_zero_changes_nothing(texts: list[str], seed: int) -> None:
    """Neither replacing nor dropping touches a text, not even its blanks."""
    for done in (
        replace_words(texts, {"a": ("b",)}, share=0, seed=seed),
        drop_words(texts, share=0, seed=seed),
    ):
        assert (done.texts, done.changed) == (texts, 0)


@given(TEXTS, SHARES, st.integers(0, 9))
def test_replaced_words_are_counted(texts: list[str], share: float, seed: int) -> None:
    """As many letters A are gone as words were changed."""
    done = replace_words(texts, {"a": ("b",)}, share=share, seed=seed)
    assert [len(text) for text in done.texts] == [len(text) for text in texts]
    differ = np.array(list("".join(texts))) != np.array(list("".join(done.texts)))
    assert differ.sum() == done.changed


@given(TEXTS, SHARES, st.integers(0, 9))
def test_dropping_leaves_a_part_of_the_words_in_their_order(
    texts: list[str], share: float, seed: int
) -> None:
    """What is left is a subsequence, at least one word of every text that had any."""
    done = drop_words(texts, share=share, seed=seed)
    for old, new in zip(texts, done.texts, strict=True):
        rest = iter(old.split())
        assert all(word in rest for word in new.split())
        assert bool(new.split()) == bool(old.split())
    assert done.words - done.changed == sum(len(text.split()) for text in done.texts)


def test_dropping_all_leaves_one_word_by_chance() -> None:
    """With a share of one, a single word survives, not always the same."""
    left = drop_words(["a b c"] * 30, share=1, seed=0).texts
    assert set(left) == {"a", "b", "c"}


def test_the_seed_decides_what_changes() -> None:
    """The same seed draws the same words, another seed others."""
    texts = ["frozen frzn rtd fz"] * 20
    for change in (
        lambda seed: replace_words(texts, SWAPS, share=0.5, seed=seed).texts,
        lambda seed: drop_words(texts, share=0.5, seed=seed).texts,
    ):
        assert change(1) == change(1) != change(2)


@given(st.integers(1, 6), st.floats(0.05, 5), st.integers(0, 99))
def test_mixtures_keep_the_batch_s_mean(rows: int, alpha: float, seed: int) -> None:
    """Every row is given away once and kept once, so sums stay; targets still add up to one."""
    rng = np.random.default_rng(seed)
    vectors, targets = rng.normal(size=(rows, 3)), np.eye(4)[rng.integers(0, 4, rows)]
    mixed = mixup(vectors, targets, alpha=alpha, seed=seed)
    np.testing.assert_allclose(mixed.vectors.mean(0), vectors.mean(0), atol=1e-5)
    np.testing.assert_allclose(mixed.targets.sum(1), 1, atol=1e-5)


def test_vectors_and_targets_are_mixed_alike() -> None:
    """With vectors equal to targets, mixtures are equal too, and some row is a true mixture."""
    mixed = mixup(np.eye(5), np.eye(5), alpha=1, seed=3)
    np.testing.assert_array_equal(mixed.vectors, mixed.targets)
    assert ((mixed.targets > 0).sum(1) == 2).any()


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: drop_words(["a"], share=1.5, seed=0), ValueError, "share=1.5: must be"),
        (lambda: replace_words(["a", None], {}, share=0.5, seed=0), DataError, "row 1 is None"),
        (lambda: mixup(np.eye(2), np.eye(2), alpha=0, seed=0), ValueError, "alpha=0: must be"),
        (lambda: mixup(np.eye(2), [0, 1], seed=0), DataError, r"numpy.eye\(classes\)\[labels\]"),
        (lambda: mixup(np.eye(2), np.eye(3), seed=0), DataError, "same n"),
    ],
)
def test_what_cannot_be_augmented_is_said(call: object, error: type[Exception], says: str) -> None:
    """Wrong texts, shares and shapes give one error that says what to do."""
    with pytest.raises(error, match=says):
        call()  # type: ignore[operator]


def test_a_text_is_joined_to_another_of_its_label() -> None:
    """Partners share the label, are never the text itself, and each is used once."""
    texts, labels = ["a", "b", "c", "x", "y"], [0, 0, 0, 1, 1]
    pairs = [text.split("; ") for text in join_alike(texts, labels, seed=0)]
    assert [first for first, _ in pairs] == texts
    assert all(first != second for first, second in pairs)
    assert sorted(second for _, second in pairs) == texts
    assert [{*pairs[3]}, {*pairs[4]}] == [{"x", "y"}] * 2


def test_the_only_text_of_a_label_stays_alone() -> None:
    """There is nothing to append; the seed draws the other partners."""
    lists = {tuple(join_alike(["a", "b", "c", "x"], [0, 0, 0, 1], seed=s)) for s in range(20)}
    assert {texts[3] for texts in lists} == {"x"}
    assert len(lists) == 2


def test_joining_wants_a_label_a_text() -> None:
    """Too few labels are said, not stretched."""
    with pytest.raises(DataError, match=r"2 texts but labels of shape \(1,\)"):
        join_alike(["a", "b"], [0], seed=0)


def version(word: int, labels: list[int] | None = None) -> TextDataset:
    """Three texts of one, two and three equal words."""
    return TextDataset([[word] * n for n in (1, 2, 3)], np.array(labels or [0, 1, 2]))


def test_every_version_of_a_text_is_dealt_with_its_label() -> None:
    """Text and label stay together; both versions come, when is up to the seed."""

    def dealt(seed: int) -> list[int]:
        both = Versions([version(5), version(7)], seed)
        batches = [both.batch(np.array([2, 0])) for _ in range(40)]
        assert all(batch["labels"].tolist() == [2, 0] for batch in batches)
        assert all(batch["attention_mask"].sum(1).tolist() == [3, 1] for batch in batches)
        return [int(batch["input_ids"][0, 0]) for batch in batches]

    assert set(dealt(0)) == {5, 7}
    assert dealt(0) == dealt(0) != dealt(1)


def test_versions_look_like_their_first_to_the_training_loop() -> None:
    """As many examples as one version has, of its lengths."""
    both = Versions([version(5), version(7)], 0)
    assert (len(both), both.lengths.tolist()) == (3, [1, 2, 3])


@pytest.mark.parametrize(
    ("versions", "says"),
    [
        ([], "one or more"),
        ([version(5), TextDataset([[1]])], r"\[3, 1\] texts"),
        ([version(5), version(7, [0, 1, 1])], "labels differ"),
    ],
)
def test_versions_that_do_not_fit_are_refused(versions: list[TextDataset], says: str) -> None:
    """Another number of texts or another label would teach something else."""
    with pytest.raises(DataError, match=says):
        Versions(versions, 0)
