"""Choose what a re-ranker is taught on: easy pairs, or the first stage's own mistakes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from catalogkit.ranking import Ranking

Rows = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Lessons:
    """Queries (rows int[n]), g documents of each with the first stage's scores, grades [n, g].

    Without grades it is an exercise: candidates to be read.
    """

    rows: Rows
    documents: Ranking
    grades: Floats | None = None

    def __len__(self) -> int:
        return len(self.rows)


def easy_lessons(
    truth: sparse.sparray | sparse.spmatrix, rows: npt.ArrayLike, *, seed: int
) -> Lessons:
    """Pair each query with a relevant document and, second, any other; a first stage says nothing.

    truth: grades [q, d] by row of the query; the other is relevant only by accident, and has
    grade 0 even then. Raises ValueError for a row without a relevant document.
    """
    grades, chosen = sparse.csr_array(truth), np.asarray(rows, np.intp)
    counts = np.diff(grades.indptr)[chosen]
    if not counts.all():
        raise ValueError(f"row {chosen[counts.argmin()]} has no relevant document")
    rng = np.random.default_rng(seed)
    at = grades.indptr[chosen] + rng.integers(0, counts)
    right = grades.indices[at].astype(np.int64)
    wrong = (right + rng.integers(1, grades.shape[1], len(chosen))) % grades.shape[1]
    given = np.column_stack([grades.data[at], np.zeros(len(chosen))]).astype(np.float32)
    return Lessons(chosen, Ranking(np.column_stack([right, wrong]), np.zeros_like(given)), given)


def hard_lessons(
    rows: npt.ArrayLike, candidates: Ranking, grades: npt.ArrayLike, *, size: int, seed: int
) -> Lessons:
    """Pick of each query's candidates one that is relevant and size - 1 that are not.

    rows: int[n], what the n queries are called; grades: [n, c], as of `grades_of`. They stay in the
    first stage's order. Queries that have too few of either are left out.
    """
    rng, truth = np.random.default_rng(seed), np.asarray(grades, np.float32)
    picked, kept = list[Rows](), list[int]()
    for row, grade in enumerate(truth):
        real = candidates.items[row] >= 0
        right, wrong = np.flatnonzero((grade > 0) & real), np.flatnonzero((grade == 0) & real)
        if len(right) and len(wrong) >= size - 1:
            some = [rng.choice(right, 1), rng.choice(wrong, size - 1, replace=False)]
            picked.append(np.sort(np.concatenate(some)))
            kept.append(row)
    at = np.array(kept, np.intp)[:, None], np.array(picked, np.intp).reshape(-1, size)
    documents = Ranking(candidates.items[at], candidates.scores[at])
    return Lessons(np.asarray(rows, np.intp)[kept], documents, truth[at])
