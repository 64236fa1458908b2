"""What makes products alike: their texts, what is bought with them, or both together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from catalogkit.datasets.errors import DataError
from catalogkit.language.inputs import as_texts

Floats = npt.NDArray[np.float32]

DONORS = 4096
"""Products, those in most baskets, from which `borrow` lends: keeps its time linear."""


GRAMS = 2**16
"""Character n-grams that `letter_vectors` keeps, the most frequent: bounds its memory."""


def letter_vectors(texts: Sequence[str], dimension: int = 256, *, seed: int = 0) -> Floats:
    """Embed n texts by the letters they are written with, in any script, float32[n, dimension].

    TF-IDF of runs of 1 to 4 characters within words, then a truncated SVD (latent semantic
    analysis: Deerwester et al. 1990), rows of length one; equal texts count once. Fewer distinct
    texts or runs than dimension leave the last columns 0, a blank text is all zeros.
    Raises DataError for what is no text (see `language.inputs`).
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.utils.extmath import randomized_svd

    rows = as_texts(texts)
    index = {text: i for i, text in enumerate(dict.fromkeys(rows))}
    letters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True, max_features=GRAMS,
        dtype=np.float32,
    )  # fmt: skip
    vectors = np.zeros((len(index), dimension), np.float32)
    if any(map(str.strip, index)):
        table = letters.fit_transform(index)
        size = min(dimension, *table.shape)
        left, strength, _ = randomized_svd(table, size, random_state=seed)
        vectors[:, :size] = left * strength
    return _unit(vectors)[[index[text] for text in rows]]


def co_purchase_vectors(baskets: sparse.sparray, dimension: int = 100, *, seed: int = 0) -> Floats:
    """Embed products by what they are bought together with, float32[products, dimension].

    baskets: [baskets, products]; every non-zero counts once. Positive pointwise mutual information
    of sharing a basket, context frequencies raised to .75 (Levy, Goldberg & Dagan 2015, section
    3.1), then a truncated SVD with square-root singular values (section 3.3), rows of length one.
    Products that share no basket get zeros: see `borrow`. Needs more than two products.
    Raises DataError when no basket holds two products.
    """
    from sklearn.utils.extmath import randomized_svd

    held = sparse.csr_array(baskets, dtype=np.float32, copy=True)
    held.eliminate_zeros()
    held.data[:] = 1
    together = sparse.csr_array(held.T @ held)
    together.setdiag(0)
    together.eliminate_zeros()
    if not together.nnz:
        raise DataError("no basket holds two different products: there is no co-purchase evidence.")
    size = min(dimension, together.shape[0] - 1)
    left, strength, _ = randomized_svd(_ppmi(together), size, random_state=seed)
    vectors = np.zeros((together.shape[0], dimension), np.float32)
    vectors[:, :size] = left * np.sqrt(strength)
    vectors[np.diff(together.indptr) == 0] = (
        0  # rounding left of them what a length of one blows up
    )
    return _unit(vectors)


def borrow(
    vectors: Floats,
    support: npt.ArrayLike,
    like: npt.ArrayLike,
    *,
    neighbours: int = 10,
    prior: float = 10,
) -> Floats:
    """Fill up what little is known of rare products from those whose text is like theirs.

    vectors: [n, d], length one or zero, such as co-purchase vectors; support: [n], how many baskets
    each rests on; like: [n, e], unit text vectors. A product keeps the share support / (support +
    prior) of its own vector and takes the rest as the mean of its nearest neighbours' vectors,
    weighed by their own shares; the sum has length one again. Lenders are the DONORS products with
    the most support. The defaults are round numbers, not tuned ones.
    """
    counts = np.asarray(support, np.float32)
    texts = np.asarray(like, np.float32)
    own = (counts / (counts + prior))[:, None]
    lenders = np.sort(np.argsort(-counts, kind="stable")[:DONORS])
    lent = own[lenders] * vectors[lenders]
    taken = np.empty_like(vectors)
    for start in range(0, len(texts), 1024):
        rows = np.arange(start, min(start + 1024, len(texts)))
        near = texts[rows] @ texts[lenders].T
        near[rows[:, None] == lenders] = -np.inf
        most = min(neighbours, len(lenders))
        best = np.argpartition(-near, most - 1, axis=1)[:, :most]
        taken[rows] = lent[best].mean(axis=1)
    return _unit(own * vectors + (1 - own) * _unit(taken))


def blend(*views: npt.ArrayLike) -> Floats:
    """Put views of the same n products side by side, each with an equal say, float32[n, sum of d].

    Every view is divided by the root of its inertia (mean squared distance to its mean), so that
    none decides by its scale or number of dimensions; there is no weight to choose.
    Source: block scaling, Westerhuis, Kourti & MacGregor 1998. Raises DataError when views differ
    in rows; a view without any spread counts nothing.
    """
    arrays = [np.asarray(view, np.float32) for view in views]
    rows = {len(array) for array in arrays}
    if len(rows) != 1:
        raise DataError(f"views of {sorted(rows)} products: give each the same products in order.")
    return np.hstack([array / _spread(array) for array in arrays])


def _spread(view: Floats) -> float:
    inertia = float(((view - view.mean(axis=0)) ** 2).sum(axis=1).mean())
    return float(np.sqrt(inertia)) if inertia > 1e-12 else np.inf


def _ppmi(together: sparse.csr_array) -> sparse.csr_array:
    cells = together.tocoo()
    rows, columns = together.sum(axis=1), together.sum(axis=0) ** 0.75
    expected = rows[cells.row] * columns[cells.col] / columns.sum()
    information = np.maximum(np.log(cells.data / expected), 0)
    return sparse.csr_array((information, (cells.row, cells.col)), shape=together.shape)


def _unit(vectors: npt.NDArray[Any]) -> Floats:
    """Give rows the length one; zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 1e-12, lengths, 1), np.float32)
