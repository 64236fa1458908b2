"""The pieces of annotation on numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from catalogkit.taxonomy.decoding import Decoder, softmax
from catalogkit.taxonomy.ngrams import _ridge
from catalogkit.taxonomy.scaling import fit_temperatures
from catalogkit.taxonomy.tree import Tree

PATHS = [("A", "x"), ("A", "y"), ("B", "z"), ("B",), ("A", "x")]


def test_classes_are_numbered_in_the_trees_order() -> None:
    """Each path once; ("B",) has a class below it."""
    decoder, targets = Decoder.from_paths(PATHS)
    assert decoder.paths == [("A", "x"), ("A", "y"), ("B",), ("B", "z")]
    assert targets.tolist() == [0, 1, 3, 2, 0]


def test_a_step_is_as_likely_as_all_below_it() -> None:
    """A sums x and y; B sums itself and z."""
    decoder, _ = Decoder.from_paths(PATHS)
    chances = np.array([[0.4, 0.3, 0.1, 0.2], [0.2, 0.1, 0.1, 0.6], [0.1, 0.2, 0.4, 0.3]])
    found = decoder.decode(np.log(chances), [1, 1])
    assert found.paths() == [("A", "x"), ("B", "z"), ("B",)]
    np.testing.assert_allclose(found.probabilities, [[0.7, 0.4], [0.7, 0.6], [0.7, np.nan]])
    assert found.paths(0.5) == [("A",), ("B", "z"), ("B",)]
    assert found.paths(0.8) == [(), (), ()]
    np.testing.assert_allclose(found.confidence(0.5), [0.7, 0.6, 0.7])
    np.testing.assert_allclose(found.confidence(0.8), 1)


def test_each_level_has_its_temperature() -> None:
    """At temperature 2, probabilities of 9 and 1 parts become 3 and 1; the path stays."""
    decoder, _ = Decoder.from_paths([("A", "x"), ("B", "y")])
    found = decoder.decode(np.log([[0.9, 0.1]]), [1, 2])
    np.testing.assert_allclose(found.probabilities, [[0.9, 0.75]])
    again = decoder.decode(np.log([[0.9, 0.1]]), [2, 1])
    np.testing.assert_allclose(again.probabilities, [[0.9, 0.9]])  # never below the next step


@given(st.data())
def test_every_decoded_path_is_one_of_the_tree(
    trees: st.SearchStrategy[Tree], data: st.DataObject
) -> None:
    """Whatever the tree and the scores: it ends in a class, and sureness falls along it."""
    paths = [path for path in data.draw(trees).paths if path]
    decoder, targets = Decoder.from_paths(data.draw(st.lists(st.sampled_from(paths), min_size=1)))
    shape = (3, len(decoder.classes))
    scores = data.draw(arrays(np.float64, shape, elements=st.floats(-50, 50)))
    warmth = st.floats(0.05, 20)
    levels = decoder.steps.shape[1]
    found = decoder.decode(scores, data.draw(st.lists(warmth, min_size=levels, max_size=levels)))
    assert set(found.paths()) <= set(decoder.paths)
    assert len(set(targets.tolist())) == len(decoder.paths)
    for nodes, sure, path in zip(found.nodes, found.probabilities, found.paths(), strict=True):
        assert [decoder.tree.path(node) for node in nodes[nodes >= 0]] == [
            path[: depth + 1] for depth in range(len(path))
        ]
        assert (np.diff(sure[nodes >= 0]) <= 0).all()
        assert ((sure[nodes >= 0] >= 0) & (sure[nodes >= 0] <= 1)).all()


def test_softmax_knows_impossible_and_large() -> None:
    """Minus infinity is 0, and a thousand does not overflow."""
    np.testing.assert_allclose(softmax(np.array([[1000.0, 1000.0, -np.inf]])), [[0.5, 0.5, 0]])


@pytest.mark.parametrize("factor", [0.02, 1.0, 7.0])
def test_the_temperature_undoes_a_factor(factor: float) -> None:
    """Labels drawn from a softmax, scores multiplied afterwards: the factor is found again."""
    rng = np.random.default_rng(0)
    decoder, _ = Decoder.from_paths([("a",), ("b",), ("c",)])
    scores = rng.normal(0, 2, (4000, 3))
    drawn = (softmax(scores).cumsum(axis=1) > rng.random((4000, 1))).argmax(axis=1)
    [found] = fit_temperatures(decoder, scores * factor, decoder.classes[drawn])
    assert found == pytest.approx(factor, rel=0.12)


def test_texts_of_unknown_classes_cool_nothing_but_doubt() -> None:
    """When half of the texts belong to a class without a score, sure scores are right half."""
    decoder, _ = Decoder.from_paths([("a",), ("b",), ("c",)])
    scores = np.tile([[5.0, 0, -np.inf]], (200, 1))
    truth = np.repeat(decoder.classes[[0, 2]], 100)
    [found] = fit_temperatures(decoder, scores, truth)
    assert softmax(scores, found)[0, 0] == pytest.approx(0.5, abs=0.02)


def test_a_few_right_answers_do_not_prove_certainty() -> None:
    """After fourteen out of fourteen the next is believed to be right with 15/16."""
    decoder, _ = Decoder.from_paths([("a",), ("b",)])
    scores = np.tile([[5.0, 0.0]], (14, 1))
    [found] = fit_temperatures(decoder, scores, np.repeat(decoder.classes[:1], 14))
    assert softmax(scores, found)[0, 0] == pytest.approx(15 / 16, abs=0.01)


def test_a_level_without_a_step_has_the_one_above() -> None:
    """Nothing held out reached it."""
    decoder, _ = Decoder.from_paths([("a",), ("b", "c"), ("d",)])
    scores = np.array([[2.0, 0, 0], [2.0, 0, 0]])
    first, second = fit_temperatures(decoder, scores, decoder.classes[[0, 0]])
    assert first == second


@pytest.mark.parametrize("shape", [(12, 5), (5, 12)])
def test_both_ways_to_solve_are_ridge_regression(shape: tuple[int, int]) -> None:
    """In texts or in n-grams, the gradient of the penalised squares is zero."""
    rng = np.random.default_rng(0)
    grams, wanted = rng.random(shape), rng.random((shape[0], 3))
    weights = _ridge(sparse.csr_array(grams), wanted)
    np.testing.assert_allclose(grams.T @ (grams @ weights - wanted) + weights, 0, atol=1e-9)
