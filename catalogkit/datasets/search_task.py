"""A search task: queries, the documents that they are asked of, and how well each one answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Judgements, Queries
from catalogkit.datasets.splits import Leakage, Rows, Split, check_grouped, grouped

Grades: TypeAlias = sparse.csr_array

_WORD = re.compile(r"\w+")
TEST, VALIDATION = 0.3, 0.15
"""Shares of the queries, or of their groups, that are held out."""


def words(text: str) -> list[str]:
    """Cut a text into lower-case runs of letters and digits."""
    return _WORD.findall(text.lower())


def without_numbers(text: str) -> str:
    """Keep the words without a digit: what is left of many products' texts is the same."""
    return " ".join(word for word in words(text) if not any(map(str.isdigit, word)))


@dataclass(frozen=True, eq=False)
class SearchTask:
    """Queries of a catalog's documents with grades, sparse float32[q, d]; 0 is not stored.

    queries may have a column "group" (where a query comes from). Raises DataError for grades of
    another shape, below 0 or not finite, and for a query that nothing answers.
    """

    queries: Queries
    documents: Catalog
    grades: Grades

    def __post_init__(self) -> None:
        grades = sparse.csr_array(self.grades, dtype=np.float32, copy=True)
        shape = (len(self.queries), len(self.documents))
        if grades.shape != shape:
            raise DataError(f"grades are {grades.shape}, queries and documents {shape}.")
        if not (np.isfinite(grades.data) & (grades.data >= 0)).all():
            raise DataError("grades must be finite and at least 0.")
        grades.eliminate_zeros()
        if (np.diff(grades.indptr) == 0).any():
            row = int(np.argmin(np.diff(grades.indptr)))
            raise DataError(f"query row {row} has no relevant document: leave it out and count it.")
        object.__setattr__(self, "grades", grades)

    def __len__(self) -> int:
        return len(self.queries)

    @property
    def text(self) -> list[str]:
        """What was asked, q texts."""
        return [str(text) for text in self.queries.table["text"]]

    @property
    def judgements(self) -> Judgements:
        """The grades as a record: query_id, product_id, grade."""
        query, document = self.grades.nonzero()
        table = {
            "query_id": self.queries.table["query_id"].to_numpy()[query],
            "product_id": self.documents.product_id[document],
            "grade": self.grades.data.astype(np.int64),
        }
        return Judgements(pd.DataFrame(table))

    def take(self, rows: npt.ArrayLike) -> SearchTask:
        """Keep the queries at these positions (int [k]) or under this mask; documents all stay."""
        queries = self.queries.take(rows)
        return SearchTask(queries, self.documents, self.grades[np.asarray(rows)])


def split_by_query(
    task: SearchTask, *, test: float = TEST, validation: float = VALIDATION, seed: int = 0
) -> Split:
    """Hold out random queries: their groups and documents are known, the queries are new.

    Queries of the same words, in any order, stay together. Raises DataError for shares that leave
    a side empty.
    """
    return grouped(_asked(task), test_share=test, validation_share=validation, seed=seed)


def split_by_group(
    task: SearchTask, *, test: float = TEST, validation: float = VALIDATION, seed: int = 0
) -> Split:
    """Hold out whole groups: every query of the test comes from a part of the catalog never asked.

    The documents of held-out groups stay in the index. A query with a relevant document that also
    answers a query of another side is on no side, so the split is smaller than the task. Raises
    DataError for queries without column "group" and shares that leave a side empty.
    """
    sides = grouped(_groups(task), test_share=test, validation_share=validation, seed=seed)
    torn = task.grades @ (_answers(task, sides).sum(axis=0) > 1) > 0
    return Split(*(side[~torn[side]] for side in sides))


def check_queries(task: SearchTask, split: Split) -> None:
    """Raise Leakage when queries of the same words, in any order, are on two sides."""
    check_grouped(_asked(task), split)


def check_groups(task: SearchTask, split: Split) -> None:
    """Raise Leakage when a group, or a relevant document, is on two sides."""
    check_grouped(_groups(task), split)
    shared = np.flatnonzero(_answers(task, split).sum(axis=0) > 1)
    if shared.size:
        name = task.documents.product_id[shared[0]]
        raise Leakage(
            f"{shared.size} documents are relevant on two sides, for example {name!r}: "
            "see split_by_group()."
        )


def word_overlap(task: SearchTask) -> pd.DataFrame:
    """Measure how circular a task is: how much of a query its relevant documents repeat.

    One row a query, shares of its distinct words: found (in any relevant document), repeated (in
    one relevant document, on average), chance (in one document of the catalog, on average). Where
    found is 0, no search by words can answer. Queries without a word have zeros.
    """
    vocabulary: dict[str, int] = {}
    asked = _incidence(task.text, vocabulary)
    held = _incidence(task.documents.text, vocabulary)
    asked.resize((len(task), len(vocabulary)))
    relevant = sparse.csr_array((task.grades > 0).astype(np.float32))
    in_relevant = relevant @ held
    count = np.maximum(asked.sum(axis=1), 1)
    shares = {
        "found": asked.multiply(in_relevant > 0).sum(axis=1),
        "repeated": asked.multiply(in_relevant).sum(axis=1) / relevant.sum(axis=1),
        "chance": asked @ (held.sum(axis=0) / held.shape[0]),
    }
    return pd.DataFrame({name: np.asarray(total) / count for name, total in shares.items()})


def _incidence(texts: Sequence[str], vocabulary: dict[str, int]) -> Grades:
    """Mark the words of each text, float32[texts, words]; new words are added."""
    found = [sorted({vocabulary.setdefault(w, len(vocabulary)) for w in words(t)}) for t in texts]
    ends = np.cumsum([0, *map(len, found)])
    columns = np.array([column for row in found for column in row], dtype=np.int64)
    marks = np.ones(len(columns), np.float32)
    return sparse.csr_array((marks, columns, ends), shape=(len(texts), max(1, len(vocabulary))))


def _answers(task: SearchTask, sides: Split) -> npt.NDArray[np.bool_]:
    """Say which documents are relevant on which side, bool[3, d]."""
    return np.array([task.grades[rows].sum(axis=0) > 0 for rows in sides])


def _asked(task: SearchTask) -> list[str]:
    return [" ".join(sorted(words(text))) or text for text in task.text]


def _groups(task: SearchTask) -> Rows:
    if "group" not in task.queries.table:
        raise DataError('queries need a column "group" to be split by it.')
    return task.queries.table["group"].to_numpy()
