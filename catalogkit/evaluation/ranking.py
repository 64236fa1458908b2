"""How good is a ranked list: one number a user, for all users at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from catalogkit.evaluation.intervals import FloatArray
from catalogkit.ranking import Items, Ranking

Truth: TypeAlias = sparse.sparray | sparse.spmatrix
Gain = Literal["linear", "exponential"]
IntArray = npt.NDArray[np.intp]

_CELLS = 2**19  # comparisons made at a time: they stay in the cache


@dataclass(frozen=True, eq=False)
class Judged:
    """A Ranking held against the truth; made by `judge`.

    Every metric returns float64[n], one value a user (or query), over the first `at` positions,
    by default all. A user without relevant items has no value: NaN, in every metric alike;
    `has_truth` selects the others, `without_truth` counts them. Positions that a short list leaves
    empty count as misses. Asking beyond the list's width raises ValueError.

    width: columns of the ranking; relevant: intp[n], relevant items a user has, listed or not;
    user, position, grade: [hits], the relevant items listed, positions from 0;
    grades: the truth, CSR [n, items], for the ideal list.
    """

    width: int
    relevant: IntArray
    user: IntArray
    position: IntArray
    grade: FloatArray
    grades: sparse.csr_array

    @property
    def has_truth(self) -> npt.NDArray[np.bool_]:
        """Users with a relevant item, bool[n]."""
        return self.relevant > 0

    @property
    def without_truth(self) -> int:
        """How many users have no relevant item, so that nothing can be said of them."""
        return int(np.count_nonzero(self.relevant == 0))

    def hits(self, at: int | None = None) -> FloatArray:
        """Count the relevant items listed."""
        return self._sum(np.ones(len(self.user)), self._at(at))

    def precision(self, at: int | None = None) -> FloatArray:
        """Share of the first `at` positions that hold a relevant item."""
        return self.hits(at) / self._at(at)

    def recall(self, at: int | None = None) -> FloatArray:
        """Share of the relevant items that are listed."""
        return self.hits(at) / self._relevant

    def f1(self, at: int | None = None) -> FloatArray:
        """Harmonic mean of precision and recall; 0 without a hit."""
        return 2 * self.hits(at) / (self._at(at) + self._relevant)

    def hit_rate(self, at: int | None = None) -> FloatArray:
        """1 when anything listed is relevant, else 0."""
        return np.minimum(self.hits(at), 1)

    def reciprocal_rank(self, at: int | None = None) -> FloatArray:
        """One over the position (from 1) of the first hit, 0 without one; its mean is MRR."""
        first = np.full(len(self.relevant), np.inf)
        early = self.position < self._at(at)
        np.minimum.at(first, self.user[early], self.position[early] + 1.0)
        return self._defined(1 / first)

    def average_precision(
        self, at: int | None = None, *, divide_by: Literal["relevant", "reachable"] = "relevant"
    ) -> FloatArray:
        """Sum of the precision at each hit over a number of relevant items; its mean is MAP.

        divide_by: "relevant" takes all of them (trec_eval's map_cut, ranx), "reachable" at most
        `at`, so that a full short list can score 1 (the usual "MAP@k" of recommendation).
        """
        cut = self._at(at)
        order = np.argsort(self.user * self.width + self.position)  # by user, best hit first
        user, position = self.user[order], self.position[order]
        hits = np.bincount(user, minlength=len(self.relevant))
        nth = np.arange(1, len(user) + 1) - np.repeat(np.cumsum(hits) - hits, hits)
        total = np.bincount(user, nth / (position + 1) * (position < cut), len(self.relevant))
        most = self._relevant
        return total / (most if divide_by == "relevant" else np.minimum(most, cut))

    def r_precision(self) -> FloatArray:
        """Precision at R, where R is the user's own number of relevant items.

        Source: Manning, Raghavan & Schütze 2008, section 8.4. Lists narrower than R lose hits.
        """
        inside = self.position < self.relevant[self.user]
        return self._sum(inside.astype(np.float64), self.width) / self._relevant

    def dcg(self, at: int | None = None, *, gain: Gain = "linear") -> FloatArray:
        """Discounted cumulative gain: gains over log2(1 + position), positions from 1.

        gain: "linear" is the grade (Järvelin & Kekäläinen 2002, trec_eval), "exponential"
        2^grade - 1 (Burges et al. 2005); binary truth makes them equal.
        """
        return self._sum(_gains(self.grade, gain) / np.log2(self.position + 2), self._at(at))

    def ndcg(self, at: int | None = None, *, gain: Gain = "linear") -> FloatArray:
        """DCG over that of the best list there is, in [0, 1]."""
        user, position, grade = self._ideal
        early = position < self._at(at)
        gains = _gains(grade[early], gain) / np.log2(position[early] + 2)
        return self.dcg(at, gain=gain) / np.bincount(user[early], gains, len(self.relevant))

    @cached_property
    def _ideal(self) -> tuple[IntArray, IntArray, FloatArray]:
        """The best list of every user: highest grades first."""
        user = np.repeat(np.arange(len(self.relevant)), self.relevant)
        position = np.arange(len(user)) - np.repeat(self.grades.indptr[:-1], self.relevant)
        grade = self.grades.data
        if len(grade) and grade.min() < grade.max():
            grade = grade[np.lexsort((-grade, user))]
        return user, position, grade

    @property
    def _relevant(self) -> FloatArray:
        return self._defined(self.relevant.astype(np.float64))

    def _defined(self, values: FloatArray) -> FloatArray:
        return np.where(self.relevant > 0, values, np.nan)

    def _at(self, at: int | None) -> int:
        if at is not None and not 1 <= at <= self.width:
            raise ValueError(f"the lists hold {self.width} items: cannot measure at {at}")
        return self.width if at is None else at

    def _sum(self, values: FloatArray, cut: int) -> FloatArray:
        kept = np.where(self.position < cut, values, 0)
        sums = np.bincount(self.user, kept, len(self.relevant)).astype(np.float64)
        return self._defined(sums)


def judge(ranking: Ranking, truth: Truth) -> Judged:
    """Find the relevant items in every list.

    truth: sparse [n, items]; stored values above 0 are grades, anything graded is relevant, stored
    zeros are judged irrelevant. Time grows with relevant items times list width.
    Raises ValueError when rows differ, a ranked id is not a column, or a grade is negative or NaN.
    """
    grades = _checked(truth, len(ranking))
    ranking.check_range(grades.shape[1])
    relevant = np.diff(grades.indptr).astype(np.intp)
    user = np.repeat(np.arange(len(ranking)), relevant)
    entry, position = _find(ranking.items, user, grades.indices.astype(np.int32))
    return Judged(ranking.k, relevant, user[entry], position, grades.data[entry], grades)


def _find(items: Items, user: IntArray, wanted: Items) -> tuple[IntArray, IntArray]:
    """Find wanted[i] in the list of user[i]: the entries that are listed, and where."""
    k = items.shape[1]
    step = max(1, _CELLS // k)
    flat = [np.zeros(0, dtype=np.intp)]
    for start in range(0, len(user), step):
        part = slice(start, start + step)
        flat.append(
            np.flatnonzero(items.take(user[part], axis=0) == wanted[part, None]) + start * k
        )
    return np.divmod(np.concatenate(flat), k)


def auc(scores: npt.ArrayLike, truth: Truth, exclude: Truth | None = None) -> FloatArray:
    """Chance that a relevant item scores above an irrelevant one, over all items, ties half.

    scores: [n, items], finite; truth, exclude: sparse [n, items], excluded items take no part.
    Returns float64[n]; NaN where nothing is relevant or nothing is irrelevant. A cut list has no
    AUC: it needs every score. Raises ValueError for shapes that differ, scores that are not
    finite, relevant items that are excluded. Source: Hanley & McNeil 1982 (Mann-Whitney).
    """
    table: npt.NDArray[np.generic] = np.asarray(scores)
    grades = _checked(truth, len(table))
    out = np.full(table.shape, False) if exclude is None else exclude.toarray() != 0
    if not table.shape == grades.shape == out.shape:
        raise ValueError(f"shapes differ: {table.shape}, {grades.shape}, {out.shape}")
    if not np.isfinite(table).all() or out[grades.nonzero()].any():
        raise ValueError("scores must be finite, and nothing relevant may be excluded")
    result = np.empty(len(table))
    step = max(1, _CELLS // max(1, table.shape[1]))
    for start in range(0, len(table), step):
        rows = slice(start, start + step)
        result[rows] = _auc(table[rows], grades[rows].toarray() > 0, out[rows])
    return result


def _auc(
    scores: npt.NDArray[np.generic], relevant: npt.NDArray[np.bool_], out: npt.NDArray[np.bool_]
) -> FloatArray:
    """Sum of the ranks of the relevant, without the least they could be, over all pairs."""
    from scipy.stats import rankdata  # more than half of what importing this room would take

    below = out.sum(axis=1)
    ranks = rankdata(np.where(out, -np.inf, scores), axis=1)
    good = relevant.sum(axis=1)
    bad = relevant.shape[1] - below - good
    total = (ranks * relevant).sum(axis=1) - good * below
    with np.errstate(invalid="ignore"):
        return np.asarray((total - good * (good + 1) / 2) / (good * bad))


def _gains(grade: FloatArray, gain: Gain) -> FloatArray:
    return grade if gain == "linear" else np.exp2(grade) - 1


def _checked(truth: Truth, rows: int) -> sparse.csr_array:
    """Copy the truth to CSR of its positive grades, float64."""
    grades = sparse.csr_array(truth, dtype=np.float64, copy=True)
    if grades.shape[0] != rows:
        raise ValueError(f"truth has {grades.shape[0]} rows for {rows} users: align them first")
    if not (grades.data >= 0).all():
        raise ValueError("truth holds negative or NaN grades: grades start at 0")
    grades.sum_duplicates()
    grades.eliminate_zeros()
    return grades
