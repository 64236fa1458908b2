"""Guess which category a query means, and let the guess weigh in without the last word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from catalogkit.language.inputs import as_texts
from catalogkit.search.fusion import blend_scores
from catalogkit.search.lexical import words

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

_SMOOTHING = 0.01
"""Added to every count: categories are many and texts short, so a large one drowns them."""


@dataclass(frozen=True, eq=False)
class QueryIntent:
    """How probable each of c categories is for a query, by counting; make one with `learn`.

    categories: their names, sorted.
    """

    categories: tuple[str, ...]
    _counter: Any
    _model: Any

    @classmethod
    def learn(cls, texts: Sequence[str], categories: Sequence[str]) -> QueryIntent:
        """Count words in n texts, queries or documents, whose category is known.

        Raises DataError for what is not a string, ValueError when the numbers differ, there is only
        one category or no text has a word.
        Source: multinomial naive Bayes on binary counts, McCallum & Nigam 1998.
        """
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.naive_bayes import MultinomialNB

        known, labels = as_texts(texts), as_texts(categories)
        if len(known) != len(labels) or len(set(labels)) < 2:
            raise ValueError(
                f"{len(known)} texts and {len(labels)} categories, {len(set(labels))} different: "
                "give each text its category, and at least two different ones"
            )
        if not any(words(text) for text in known):
            raise ValueError(f"none of {len(known)} texts has a word: there is nothing to count")
        counter = CountVectorizer(analyzer=words, binary=True)
        model = MultinomialNB(alpha=_SMOOTHING).fit(counter.fit_transform(known), labels)
        return cls(tuple(map(str, model.classes_)), counter, model)

    def log_probabilities(self, queries: Sequence[str]) -> Floats:
        """Return the logarithm of each category's probability, float32[q, c].

        A query of unknown words gets the categories' shares among the texts learned from.
        """
        counts = self._counter.transform(as_texts(queries))
        return np.asarray(self._model.predict_log_proba(counts), np.float32)

    def places(self, categories: Sequence[str]) -> Places:
        """Return the column of each document's category, int64[d]; -1 for one never seen."""
        column = {name: place for place, name in enumerate(self.categories)}
        return np.array([column.get(name, -1) for name in as_texts(categories)], np.int64)


def soft_routing(
    scores: npt.ArrayLike, log_probabilities: npt.ArrayLike, places: npt.ArrayLike, weight: float
) -> Floats:
    """Add to scores [q, d] the weighted logarithm of the probability of the document's category.

    log_probabilities: [q, c]; places: [d], the column of each document's category, -1 for one
    without: it counts as the least likely of all. Scores are scaled to reach from 0 to 1 a row, and
    so are the logarithms, cut off at a ten-thousandth. A weight of 0 changes no order.
    Raises ValueError for shapes that do not fit.
    """
    chance, place = _fitting(scores, log_probabilities, places)
    prior = np.maximum(chance, np.log(1e-4)) / -np.log(1e-4)
    table = np.concatenate([prior, np.full((len(prior), 1), -1, np.float32)], axis=1)
    return np.asarray(blend_scores([scores], [1.0]) + weight * table[:, place], np.float32)


def hard_routing(
    scores: npt.ArrayLike,
    log_probabilities: npt.ArrayLike,
    places: npt.ArrayLike,
    categories: int = 1,
) -> Floats:
    """Keep scores [q, d] in the likeliest categories, and give -inf, "never", to all others.

    Raises ValueError for shapes that do not fit and a number of categories that there are not.
    """
    chance, place = _fitting(scores, log_probabilities, places)
    if not 1 <= categories <= chance.shape[1]:
        raise ValueError(f"categories={categories}: there are {chance.shape[1]}")
    best = np.argsort(-chance, axis=1, kind="stable")[:, :categories]
    open_ = np.zeros((len(chance), chance.shape[1] + 1), bool)  # the last one: without category
    np.put_along_axis(open_, best, values=True, axis=1)
    return np.where(open_[:, place], np.asarray(scores, np.float32), np.float32(-np.inf))


def _fitting(
    scores: npt.ArrayLike, log_probabilities: npt.ArrayLike, places: npt.ArrayLike
) -> tuple[Floats, Places]:
    table, chance = np.asarray(scores), np.asarray(log_probabilities, np.float32)
    place = np.asarray(places)
    shapes = f"scores {table.shape}, probabilities {chance.shape}, places {place.shape}"
    if table.ndim != 2 or chance.ndim != 2 or place.shape != table.shape[1:]:
        raise ValueError(f"need [q, d], [q, c] and [d]: {shapes}")
    if len(table) != len(chance) or (place >= chance.shape[1]).any() or (place < -1).any():
        raise ValueError(f"need a row for each query and places of the c categories: {shapes}")
    return chance, place
