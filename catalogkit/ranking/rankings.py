"""The Ranking: what every recommender and retriever returns and every metric takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

_CELLS = 2**20  # scores worked on at a time: bounds the memory

Items = npt.NDArray[np.int32]
Scores = npt.NDArray[np.float32]
Sparse: TypeAlias = sparse.sparray | sparse.spmatrix


@dataclass(frozen=True, eq=False)
class Ranking:
    """The k best items of each of n users or queries, best first.

    items: int32[n, k], item ids from 0; -1 pads the end of a row that has fewer than k items.
    scores: float32[n, k], non-increasing along a row, finite; -inf at the pads.
    Other number types are converted when no id changes; both arrays are read-only copies.
    Raises ValueError, naming the first bad row, when any of this does not hold or when an item
    appears twice in a row.
    """

    items: Items
    scores: Scores

    def __post_init__(self) -> None:
        items, scores = _as_ids(self.items), _as_scores(self.scores)
        if items.ndim != 2 or items.shape != scores.shape or not items.shape[1]:
            raise ValueError(
                f"items and scores must both be [n, k] with k >= 1: {items.shape}, {scores.shape}"
            )
        _check_pads(items, scores)
        _check_order(scores)
        _check_repeats(items)
        for name, array in (("items", items), ("scores", scores)):
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def k(self) -> int:
        """Columns: the most items that a row can hold."""
        return int(self.items.shape[1])

    @classmethod
    def from_scores(cls, scores: npt.ArrayLike, k: int, exclude: Sparse | None = None) -> Ranking:
        """Keep the k best of m items of every row.

        scores: [n, m], ranked as float32; of equal scores the lower item id comes first; -inf
        means "never". exclude: sparse [n, m], whose non-zero entries are never returned, such as
        what the user has. Rows with fewer than k items left are padded.
        Raises ValueError on NaN, +inf, what float32 cannot hold, shapes that differ and k below 1.
        """
        table = np.asarray(scores)
        if table.ndim != 2 or k < 1:
            raise ValueError(f"need scores [n, m] and k >= 1: got {table.shape} and k={k}")
        if exclude is not None and exclude.shape != table.shape:
            raise ValueError(f"exclude has shape {exclude.shape}, scores {table.shape}")
        taken = None if exclude is None else sparse.csr_array(exclude)
        items = np.full((len(table), k), -1, dtype=np.int32)
        best = np.full((len(table), k), -np.inf, dtype=np.float32)
        step = max(1, _CELLS // max(1, table.shape[1]))
        for start in range(0, len(table), step):
            rows = slice(start, start + step)
            keys = _keys(table[rows], None if taken is None else taken[rows], start)
            _fill(keys, items[rows], best[rows])
        return cls(items, best)

    def top(self, k: int) -> Ranking:
        """Keep the first k columns. Raises ValueError when there are fewer."""
        if not 1 <= k <= self.k:
            raise ValueError(f"this ranking holds {self.k} items a row, asked for {k}")
        return Ranking(self.items[:, :k], self.scores[:, :k])

    def listed(self, items: int) -> sparse.csr_array:
        """Which items each list holds, CSR [n, items] of ones; raises as `check_range`."""
        self.check_range(items)
        kept = self.items >= 0
        starts = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])
        ids = self.items[kept]
        return sparse.csr_array((np.ones(len(ids)), ids, starts), shape=(len(self), items))

    def check_range(self, items: int) -> None:
        """Raise ValueError when an item id is not below `items`, the size of the catalog."""
        if self.items.size and self.items.max() >= items:
            row = int((self.items >= items).any(axis=1).argmax())
            raise ValueError(
                f"row {row} ranks item {self.items[row].max()} of a catalog of {items}: "
                "do ranking and catalog number the same items?"
            )


def _as_ids(items: npt.ArrayLike) -> Items:
    given = np.asarray(items)
    if given.dtype.kind in "iuf":
        with np.errstate(invalid="ignore"):
            ids = given.astype(np.int32)
        if given.dtype == np.int32 or np.array_equal(ids, given):
            return ids
    raise ValueError(f"items must be whole numbers that fit int32, got {given.dtype}")


def _as_scores(scores: npt.ArrayLike) -> Scores:
    with np.errstate(over="ignore"):  # what overflows becomes infinite and is refused as such
        return np.array(scores, dtype=np.float32)  # always a copy


def _check_pads(items: Items, scores: Scores) -> None:
    """Refuse ids below -1, pads before items, and scores that are not finite on items alone."""
    pads = items < 0
    _refuse(items < -1, "has an item id below -1")
    _refuse(pads[:, :-1] & ~pads[:, 1:], "has a pad (-1) before an item: pads end the row")
    _refuse(np.isnan(scores), "has a NaN score")
    _refuse(np.isneginf(scores) != pads, "must score -inf at its pads, and only there")
    _refuse(np.isposinf(scores), "has a score beyond float32")


def _check_order(scores: Scores) -> None:
    _refuse(scores[:, 1:] > scores[:, :-1], "has a score above the one before: sort best first")


def _check_repeats(items: Items) -> None:
    ordered = np.sort(items, axis=1)
    again = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)
    _refuse(again, "ranks an item twice")


def _refuse(bad: npt.NDArray[np.bool_], what: str) -> None:
    if bad.any():
        rows = bad.any(axis=1)
        raise ValueError(f"row {int(rows.argmax())} {what} ({int(rows.sum())} such rows)")


def _keys(
    scores: npt.NDArray[np.generic], taken: sparse.csr_array | None, start: int
) -> npt.NDArray[np.uint64]:
    """Turn each score and item id into one number that sorts by both.

    The bits of a float32, with the sign handled, sort like the number (-0 as 0); the id fills the
    low half. A high half of 0 is "never": keys stay distinct, many equal ones are slow to part.
    """
    values = _as_scores(scores)
    bad = np.isnan(values) | np.isinf(values) & (scores != -np.inf)
    if bad.any():
        row = int(bad.any(axis=1).argmax())
        raise ValueError(f"row {start + row} has a score that is NaN, +inf or beyond float32")
    if taken is not None:
        where = taken.tocoo()
        values[where.row[where.data != 0], where.col[where.data != 0]] = -np.inf
    bits = values.view(np.uint32)
    order = np.where(values < 0, ~bits, bits | np.uint32(2**31)).astype(np.uint64)
    order <<= np.uint64(32)
    order |= np.uint64(2**32 - 1) - np.arange(values.shape[1], dtype=np.uint64)
    order[np.isneginf(values)] &= np.uint64(2**32 - 1)
    return order


def _fill(keys: npt.NDArray[np.uint64], items: Items, scores: Scores) -> None:
    """Write the largest keys of each row, decoded, over the pads."""
    k = min(keys.shape[1], items.shape[1])
    if k == 0:
        return
    best = np.sort(np.partition(keys, keys.shape[1] - k, axis=1)[:, -k:], axis=1)[:, ::-1]
    order = (best >> np.uint64(32)).astype(np.uint32)
    bits = np.where(order >> 31, order & np.uint32(2**31 - 1), ~order)
    found = order > 0
    items[:, :k][found] = (2**32 - 1 - (best & np.uint64(2**32 - 1)))[found]
    scores[:, :k][found] = bits.view(np.float32)[found]
