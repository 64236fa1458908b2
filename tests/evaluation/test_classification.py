"""Macro-F1 and hierarchical scores, against scikit-learn and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_recall_fscore_support
from sklearn.preprocessing import MultiLabelBinarizer

from catalogkit.evaluation import (
    bootstrap_statistic,
    hierarchical_scores,
    macro_f1,
    weighted_hierarchical_f1,
    weighted_macro_f1,
)

LABELS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcdxy")), min_size=1)
NODES = st.lists(st.sampled_from("abc"), max_size=4).map(tuple)
TREES = st.lists(st.tuples(NODES.filter(len), NODES), min_size=1, max_size=30)


@given(LABELS)
def test_macro_f1_is_that_of_scikit_learn_over_the_true_classes(pairs: list) -> None:
    """Labels in, one number out, equal to the referee's."""
    truth, predicted = map(list, zip(*pairs, strict=True))
    expected = f1_score(
        truth, predicted, labels=sorted(set(truth)), average="macro", zero_division=0
    )
    assert macro_f1(truth, predicted) == pytest.approx(expected, abs=1e-12)


def test_a_class_that_nobody_has_does_not_change_the_number_of_classes_averaged() -> None:
    """Two of three right in class a, class x is only predicted: F1 of a alone."""
    assert macro_f1(["a", "a", "a"], ["a", "a", "x"]) == pytest.approx(2 * 2 / (3 + 2))


def test_weights_count_rows_as_if_they_were_repeated() -> None:
    """Macro-F1 at weights (2, 0, 1, 1) is that of the rows written out."""
    score = weighted_macro_f1(["a", "b", "b", "a"], ["a", "a", "b", "b"])
    assert score(np.array([[2.0, 0, 1, 1]]))[0] == pytest.approx(
        macro_f1(["a", "a", "b", "a"], ["a", "a", "b", "b"])
    )


def test_macro_f1_of_resamples_is_that_of_scikit_learn_with_sample_weights() -> None:
    """A class that a resample misses leaves its average."""
    rng = np.random.default_rng(0)
    truth, predicted = rng.integers(0, 9, 40), rng.integers(0, 9, 40)
    weights = rng.multinomial(40, np.full(40, 1 / 40), size=20).astype(float)
    expected = [
        f1_score(truth[w > 0], predicted[w > 0], labels=np.unique(truth[w > 0]),
                 average="macro", sample_weight=w[w > 0], zero_division=0)
        for w in weights
    ]  # fmt: skip
    assert weighted_macro_f1(truth, predicted)(weights) == pytest.approx(expected)


def test_the_better_classifier_has_a_macro_f1_interval_above_zero() -> None:
    """A paired difference of macro-F1 goes through the general bootstrap."""
    truth = np.tile([0, 1, 2], 60)
    good, poor = truth.copy(), truth.copy()
    good[:10], poor[:60] = 0, 0
    a, b = weighted_macro_f1(truth, good), weighted_macro_f1(truth, poor)
    gain = bootstrap_statistic(lambda w: a(w) - b(w), len(truth), seed=0)
    assert gain.value == pytest.approx(macro_f1(truth, good) - macro_f1(truth, poor))
    assert gain.low > 0


def referee(truth: list, predicted: list) -> tuple[float, float, float]:
    """Micro-averaged scores of scikit-learn over the sets of ancestors."""
    sets = [{path[: i + 1] for i in range(len(path))} for path in truth + predicted]
    table = MultiLabelBinarizer().fit_transform([*sets, {("x",), ("y",)}])  # never one column
    true, guess = table[: len(truth)], table[len(truth) : -1]
    return precision_recall_fscore_support(true, guess, average="micro", zero_division=0)[:3]


@given(TREES)
def test_hierarchical_scores_are_micro_scores_over_ancestor_sets(pairs: list) -> None:
    """The shortcut through common prefixes equals scikit-learn on indicator columns."""
    truth, predicted = map(list, zip(*pairs, strict=True))
    ours = hierarchical_scores(truth, predicted)
    assert (ours.precision, ours.recall, ours.f1) == pytest.approx(referee(truth, predicted))


def test_a_sibling_shares_its_parents_and_a_shallow_answer_keeps_its_precision() -> None:
    """Truth a/b/c: sibling a/b/d gets 2/3 of both, parent a/b is precise but incomplete."""
    sibling = hierarchical_scores([("a", "b", "c")], [("a", "b", "d")])
    parent = hierarchical_scores([("a", "b", "c")], [("a", "b")])
    assert (sibling.precision, sibling.recall) == pytest.approx((2 / 3, 2 / 3))
    assert (parent.precision, parent.recall, parent.f1) == pytest.approx((1, 2 / 3, 0.8))


def test_the_same_name_under_another_parent_is_another_class() -> None:
    """BAKERY/OTHER and DAIRY/OTHER share nothing."""
    assert hierarchical_scores([("BAKERY", "OTHER")], [("DAIRY", "OTHER")]).f1 == 0


def test_hierarchical_f1_of_a_resample_is_that_of_its_rows() -> None:
    """Weights (2, 1) count the first path twice."""
    truth, predicted = [("a", "b"), ("a", "c", "d")], [("a", "x"), ("a", "c")]
    weighted = weighted_hierarchical_f1(truth, predicted)(np.array([[2.0, 1.0]]))[0]
    repeated = hierarchical_scores([truth[0], *truth], [predicted[0], *predicted]).f1
    assert weighted == pytest.approx(repeated)


@pytest.mark.parametrize(
    ("truth", "predicted", "says"),
    [
        ([("a",)], [], "1 labels, 0"),
        ([], [], "0 labels, 0"),
        ([()], [("a",)], "1 true paths are empty"),
        (["a"], [("a",)], "paths must be tuples"),
    ],
)
def test_paths_that_cannot_be_scored_are_refused(truth: list, predicted: list, says: str) -> None:
    """Lengths, empty truths and strings in place of paths have their own messages."""
    with pytest.raises(ValueError, match=says):
        hierarchical_scores(truth, predicted)


def test_a_null_label_is_refused() -> None:
    """A missing prediction is counted and reported, not scored as a class."""
    with pytest.raises(ValueError, match="1 labels are null"):
        macro_f1(["a", "b"], ["a", None])
