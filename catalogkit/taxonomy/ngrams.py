"""Score texts by the letters they are written with: a linear model that needs no encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from catalogkit.taxonomy.annotators import Examples, Features, Linear, Stored
from catalogkit.taxonomy.decoding import Floats
from catalogkit.taxonomy.tree import Path

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer

RIDGE_PENALTY = 1.0
"""Squared-weight penalty, for texts of length one: the best of .3 to 3 on retail."""
GRAMS = 8192
"""Character n-grams kept, the most frequent: the exact solution is cubic in their number."""
BEND = 0.02
"""Shares below this are bent towards 0 from above: about the noise of a share that is 0."""


class TfIdf(Linear):
    """Ridge regression on character n-grams: needs no encoder, in any script.

    n-grams of 1 to 5 characters within words, weighted by TF-IDF; each class is regressed as 0 or 1
    around its share.
    """

    def prepare(self, texts: Sequence[str]) -> None:
        """Choose and weigh the n-grams."""
        self._vectorizer = _vectorizer().fit(texts)

    def features(self, texts: Sequence[str]) -> Features:
        """Count n-grams, a sparse float32[n, grams]."""
        return sparse.csr_array(self._vectorizer.transform(texts))

    def learn(self, examples: Examples, paths: Sequence[Path]) -> None:
        """Solve exactly, in as many unknowns as there are texts or n-grams, whichever are fewer."""
        n = len(examples.targets)
        truth = np.zeros((n, len(paths)))
        truth[np.arange(n), examples.targets] = 1
        share = examples.counts @ truth / examples.counts.sum()
        known = share > 0
        scale = np.sqrt(examples.counts)[:, None]
        grams = sparse.csr_array(examples.features.astype(np.float64) * scale)
        weights = np.zeros((grams.shape[1], len(paths)))
        weights[:, known] = _ridge(grams, (truth - share)[:, known] * scale)
        self._set(weights, np.where(known, share, -np.inf))

    def scores(self, features: Features) -> Floats:
        """Return logarithms of the regressed shares, float64[n, c], bent so that all are above 0.

        A regression on 0 and 1 estimates probabilities, but for some that are slightly negative.
        """
        with np.errstate(divide="ignore"):  # log 0 is for classes without an example
            return np.asarray(np.log(np.logaddexp(0, super().scores(features) / BEND)))

    def stored(self) -> Stored:
        """Add the n-grams and their weights."""
        grams = self._vectorizer.get_feature_names_out().tolist()
        arrays = {**super().stored().arrays, "idf": self._vectorizer.idf_}
        return Stored(arrays, {"grams": grams})

    def restore(self, stored: Stored) -> None:
        """Take them up."""
        super().restore(stored)
        self._vectorizer = _vectorizer(stored.facts["grams"])
        self._vectorizer.idf_ = stored.arrays["idf"]


def _vectorizer(grams: Sequence[str] | None = None) -> TfidfVectorizer:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(1, 5),
        sublinear_tf=True,
        max_features=GRAMS,
        vocabulary=grams,
        dtype=np.float32,
    )


def _ridge(grams: sparse.csr_array, wanted: Floats) -> Floats:
    """Solve (AᵀA + λI) W = AᵀY, or its dual W = Aᵀ(AAᵀ + λI)⁻¹Y where that is smaller."""
    from scipy.linalg import solve

    dual = grams.shape[0] <= grams.shape[1]
    square = np.asarray((grams @ grams.T if dual else grams.T @ grams).todense())
    square[np.diag_indices_from(square)] += RIDGE_PENALTY
    found = solve(square, wanted if dual else grams.T @ wanted, assume_a="pos")
    return np.asarray(grams.T @ found if dual else found)
