"""What a set of lists shows of the catalog, and how different the items of one list are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from catalogkit.evaluation.intervals import FloatArray
from catalogkit.ranking import Ranking
from catalogkit.ranking.vectors import unit_rows


def exposure(ranking: Ranking, items: int) -> npt.NDArray[np.int64]:
    """Count the lists that show each item, [items]; cut with `ranking.top(k)` first.

    items: size of the catalog, including what is never shown.
    Raises ValueError when a listed id is not below it.
    """
    ranking.check_range(items)
    return np.bincount(ranking.items[ranking.items >= 0], minlength=items)


def coverage(ranking: Ranking, items: int) -> float:
    """Share of the catalog that appears in any list. Raises ValueError as `exposure`."""
    return float(np.count_nonzero(exposure(ranking, items)) / items)


def lorenz(counts: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Share of exposure (or sales) that the least shown items get, for a Lorenz curve.

    counts: [items], >= 0, with the zeros. Returns the share of items and of counts, [items + 1]
    each, both from 0 to 1. Raises ValueError for a negative or NaN count, and when all are 0.
    """
    ordered = np.sort(np.asarray(counts, dtype=np.float64))
    if not (ordered >= 0).all() or not ordered.sum() > 0:
        raise ValueError("counts must be 0 or more, none NaN, and not all 0")
    shares = np.concatenate([[0.0], np.cumsum(ordered) / ordered.sum()])
    return np.linspace(0, 1, len(shares)), shares


def gini(counts: npt.ArrayLike) -> float:
    """Concentration: 0 when all items are shown alike, (items - 1) / items when one is.

    counts: [items], >= 0: pass the zeros too, or what is never shown does not count.
    Half the mean absolute difference over the mean; one minus twice the area under the Lorenz
    curve. Raises ValueError as `lorenz`.
    """
    share_items, share_counts = lorenz(counts)
    steps = np.diff(share_items) * (share_counts[1:] + share_counts[:-1])
    return float(1 - steps.sum())


def intra_list_distance(
    ranking: Ranking, vectors: npt.NDArray[np.floating] | sparse.sparray
) -> FloatArray:
    """Mean cosine distance between the items of each list, in [0, 2].

    vectors: [items, d], dense or sparse, one row an item, of any length but 0; one-hot categories
    give the share of pairs from two categories. Returns [n]; NaN for lists of fewer than two items.
    Raises ValueError when an id has no row, and when a vector is zero or not finite.
    Source: Ziegler et al. 2005 (intra-list similarity); Smyth & McClave 2001 (mean distance).
    """
    unit = unit_rows(vectors)
    listed = ranking.listed(unit.shape[0])
    total = listed @ unit
    size = listed.sum(axis=1)
    pairs = np.where(size > 1, size * (size - 1), np.nan)
    alike = (total * total).sum(axis=1) - size  # |sum|^2 = its squares + its products in pairs
    return np.asarray(1 - alike / pairs)


def category_entropy(ranking: Ranking, categories: npt.ArrayLike) -> FloatArray:
    """Shannon entropy of the categories in each list, in bits: 0 for one, log2(c) for c alike.

    categories: [items] labels. Returns [n]; NaN for empty lists.
    Raises ValueError when an id has no label and when a label is null.
    """
    codes, names = pd.factorize(np.asarray(categories))
    if (codes < 0).any():
        raise ValueError(f"{np.count_nonzero(codes < 0)} categories are null: label every item")
    one_hot = sparse.csr_array(
        (np.ones(len(codes)), (np.arange(len(codes)), codes)), shape=(len(codes), len(names))
    )
    counts = sparse.csr_array(ranking.listed(len(codes)) @ one_hot)
    size = np.repeat(counts.sum(axis=1), np.diff(counts.indptr))
    counts.data = counts.data / size
    counts.data *= -np.log2(counts.data)
    return np.where(ranking.items[:, 0] >= 0, counts.sum(axis=1), np.nan)


def novelty(ranking: Ranking, popularity: npt.ArrayLike) -> FloatArray:
    """Mean self-information of the items of each list, -log2(popularity), in bits.

    popularity: [items], share of users who have the item, above 0 and at most 1; smooth counts
    where they can be 0, e.g. (buyers + 1) / (users + 1). Returns [n]; NaN for empty lists.
    Raises ValueError when an id has no popularity or one is out of range.
    Source: Zhou et al. 2010, "Solving the apparent diversity-accuracy dilemma".
    """
    share = np.asarray(popularity, dtype=np.float64)
    if not ((share > 0) & (share <= 1)).all():
        raise ValueError("popularity must lie in (0, 1]: smooth what nobody has, divide counts")
    listed = ranking.listed(len(share))
    size = listed.sum(axis=1)
    return np.asarray((listed @ -np.log2(share)) / np.where(size > 0, size, np.nan))
