"""Scale scores, by a temperature a level, so that a probability of .8 is right 80 times in 100."""

from __future__ import annotations

from copy import copy

import numpy as np
import numpy.typing as npt
import pandas as pd

from catalogkit.taxonomy.annotators import Examples, Method, Rows
from catalogkit.taxonomy.decoding import Decoder, Floats, softmax
from catalogkit.taxonomy.invariants import Nodes

Mask = npt.NDArray[np.bool_]

LOWEST, HIGHEST = 1e-3, 1e2
"""The temperatures tried: cosines want hundredths, overfitted logits several units."""
POINTS = 26
FOLDS = 5
ENOUGH = 1000
"""Held-out texts that settle a temperature: no fold gives more, none is held out after so many."""


def choose_temperatures(
    method: Method, examples: Examples, groups: npt.ArrayLike, decoder: Decoder, seed: int
) -> tuple[list[float], int]:
    """Hold out groups in turn, learn from the others, and fit temperatures to what was held out.

    groups: [n], of the examples. Returns one temperature a level and the number of held-out
    texts that chose them; the method's own and 0 where there are not two groups to part.
    """
    scores, rows = _held_out(method, examples, _folds(groups, seed), decoder, seed)
    if not len(rows):
        return [method.temperature] * decoder.steps.shape[1], 0
    return fit_temperatures(decoder, scores, decoder.classes[examples.targets[rows]]), len(rows)


def fit_temperatures(decoder: Decoder, scores: Floats, truth: Nodes) -> list[float]:
    """Choose for each level the temperature at which its steps are as likely as they are right.

    scores: of texts that the model has not learnt from, float64[n, c]; truth: their nodes in
    decoder.tree, int[n], which need not be classes that the model knows. Minimises the log loss of
    "this step is right", on a grid and then around its best point: unlike the usual log loss of
    the class it is defined for texts whose class the model has never met. A level without a step
    takes the temperature of the level above. Fourteen right answers out of fourteen do not prove
    certainty: the targets are Platt's, 15/16 instead of 1.
    Sources: Guo, Pleiss, Sun & Weinberger 2017, section 4.2, for the temperature; Platt 1999,
    section 2.2, for the targets.
    """
    nodes = decoder.steps[scores.argmax(axis=1)]
    right = nodes == decoder.lineage[truth]
    chosen: list[float] = []
    for level in range(nodes.shape[1]):
        rows = nodes[:, level] >= 0
        below = decoder.steps[:, level] == nodes[rows, level, None]
        chosen.append(_best(scores[rows], below, right[rows, level]) if rows.any() else chosen[-1])
    return chosen


def _best(scores: Floats, below: Mask, right: Mask) -> float:
    """Return the temperature of least loss. below: which classes share the step, bool[n, c]."""
    grid = np.geomspace(LOWEST, HIGHEST, POINTS)
    for _ in range(2):
        losses = [_loss(scores, below, right, temperature) for temperature in grid.tolist()]
        best = int(np.argmin(losses))
        chosen, around = grid[best], (grid[max(best - 1, 0)], grid[min(best + 1, POINTS - 1)])
        grid = np.geomspace(*around, POINTS)
    return float(chosen)


def _loss(scores: Floats, below: Mask, right: Mask, temperature: float) -> float:
    sure = np.where(below, softmax(scores, temperature), 0).sum(axis=1).clip(1e-6, 1 - 1e-6)
    hits, misses = right.sum(), (~right).sum()
    target = np.where(right, (hits + 1) / (hits + 2), 1 / (misses + 2))
    return float(-(target * np.log(sure) + (1 - target) * np.log1p(-sure)).mean())


def _folds(groups: npt.ArrayLike, seed: int) -> Rows:
    """Deal whole groups at random into folds, int64[n]."""
    codes, names = pd.factorize(np.asarray(groups, dtype=object), sort=True)
    dealt = np.random.default_rng(seed).permutation(len(names)) % FOLDS
    return np.asarray(dealt[codes], np.int64)


def _held_out(
    method: Method, examples: Examples, folds: Rows, decoder: Decoder, seed: int
) -> tuple[Floats, Rows]:
    """Score texts that were not learnt from, float64[m, c], and say which they are, int64[m]."""
    rng = np.random.default_rng(seed)
    scores, rows = [np.zeros((0, len(decoder.classes)))], [np.zeros(0, np.int64)]
    for number in range(method.folds):
        test = rng.permutation(np.flatnonzero(folds == number))[:ENOUGH]
        rest = np.flatnonzero(folds != number) if method.learns else test
        if not len(test) or not len(rest):
            continue
        trial = copy(method)
        trial.learn(examples.take(rest), decoder.paths)
        scores.append(trial.scores(examples.features[test]))
        rows.append(test)
        if sum(map(len, rows)) >= ENOUGH:
            break
    return np.concatenate(scores), np.concatenate(rows)
