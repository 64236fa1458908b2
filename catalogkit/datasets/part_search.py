"""Search for electronic parts: keywords ask, names and descriptions answer.

No public log of real queries with grades comes with a catalog that may be shared. KiCad's authors
have, however, given each part keywords beside its description, for the search box of their program:
what people would type. The documents are kept without them.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from catalogkit.datasets import kicad
from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Queries
from catalogkit.datasets.search_task import Grades, SearchTask

Strings: TypeAlias = npt.NDArray[np.object_]


def part_search() -> SearchTask:
    """Return 3,004 queries of KiCad's 17,231 parts, graded; made by `from_keywords`.

    Raises SourceUnavailable when KiCad's libraries cannot be had.
    """
    return from_keywords(kicad.catalog())


def from_keywords(parts: Catalog) -> SearchTask:
    """Make a task of a catalog with the columns keywords and library (strings).

    Every distinct keyword string (lower case, blanks made one) is a query; its group is the library
    that has most of its parts, of equals the first. Documents are all parts with their text, which
    must not hold the keywords. Grade 2: the part has the same keyword string, in whatever library.
    Grade 1: the part stands in the query's library and at least half of the query's distinct
    keywords are among its own. Parts without keywords answer nothing and ask nothing. The grades
    are made, not judged by people: a part that fits but has other keywords counts as wrong.
    Raises DataError for columns that are not there and when no part has keywords.
    """
    absent = {"keywords", "library"} - set(parts.table)
    if absent:
        raise DataError(f"the catalog lacks the columns {sorted(absent)}.")
    keywords = parts.table["keywords"].str.lower().str.split()
    stated = keywords.str.join(" ")
    asked = np.unique(stated[stated != ""].to_numpy(object))
    if not asked.size:
        raise DataError("no part has keywords: there is nothing to ask.")
    same = _same(asked, stated)
    group = _group(same, parts.table["library"])
    grades = _alike(asked, keywords, group, parts.table["library"]).maximum(2 * same)
    ids = np.arange(len(asked))
    table = pd.DataFrame({"query_id": ids, "text": asked, "group": group})
    return SearchTask(Queries(table), parts, grades)


def _same(asked: Strings, stated: pd.Series) -> Grades:
    """Mark the parts with the query's own keyword string, float32[q, d]."""
    query = pd.Index(asked).get_indexer(pd.Index(stated))
    part = np.flatnonzero(query >= 0)
    marks = np.ones(len(part), np.float32)
    return sparse.csr_array((marks, (query[part], part)), shape=(len(asked), len(stated)))


def _group(same: Grades, library: pd.Series) -> Strings:
    """Find the library with most parts of each query, of equals the first by name."""
    codes, names = pd.factorize(library, sort=True)
    place = sparse.csr_array((np.ones(len(codes)), (np.arange(len(codes)), codes)))
    most = np.asarray((same @ place).toarray().argmax(axis=1))
    found: Strings = np.asarray(names, object)[most]
    return found


def _alike(asked: Strings, keywords: pd.Series, group: Strings, library: pd.Series) -> Grades:
    """Mark the parts of the query's library that have half of its keywords, float32[q, d]."""
    queries = pd.Series(asked).str.split()
    every = pd.Index(np.unique(queries.explode()))
    of_query, of_part = _marks(queries, every), _marks(keywords, every)
    shared = sparse.coo_array(of_query @ of_part.T)
    query, part = shared.coords
    half = shared.data >= of_query.sum(axis=1)[query] / 2
    here = half & (np.asarray(library)[part] == group[query])
    marks = np.ones(int(here.sum()), np.float32)
    return sparse.csr_array((marks, (query[here], part[here])), shape=shared.shape)


def _marks(lists: pd.Series, every: pd.Index) -> Grades:
    """Mark which of all keywords each row has, float32[rows, keywords], each once."""
    pairs = lists.reset_index(drop=True).explode().dropna().rename("word").reset_index()
    pairs = pairs.drop_duplicates()
    cells = (pairs["index"], every.get_indexer(pd.Index(pairs["word"])))
    return sparse.csr_array((np.ones(len(pairs), np.float32), cells), (len(lists), len(every)))
