"""Search for groceries: a word of something that a household is about to buy.

The log has purchases and no queries, so a query is drawn from a purchase: one word of the product
type. Relevant is what the household bought in the same weeks among the types with that word. Such
queries favor search by words, since the word always stands in the document.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Log, Queries
from catalogkit.datasets.search_task import SearchTask, words

SHORTEST = 3
"""Letters that a word needs to be asked for."""


def purchase_queries(types: Catalog, log: Log, *, queries: int, seed: int) -> SearchTask:
    """Draw at most so many queries from a log, such as the purchases of the test weeks.

    types: the documents, product_id being the type's name; log: whose product_id is a type, see
    complete_journey.type_log. A pair of household and type is drawn, then a word of three letters
    or more of the type's text, all alike likely. Columns of the queries: user_id, and product_id,
    the type drawn. A household asks a word once; pairs drawn twice and types without such a word
    give none, and dropped counts them. Grade 1: the household bought the type in this log, and its
    text has the word. Raises DataError for types that are not in the catalog.
    """
    rng = np.random.default_rng(seed)
    bought = log.table[["user_id", "product_id"]].drop_duplicates().reset_index(drop=True)
    bought["type"] = pd.Index(types.product_id).get_indexer(pd.Index(bought["product_id"]))
    if (bought["type"] < 0).any():
        raise DataError(f"the log has types that are not documents: {_unknown(bought)}.")
    drawn = bought.iloc[rng.choice(len(bought), min(queries, len(bought)), replace=False)]
    known = [sorted({w for w in words(text) if len(w) >= SHORTEST}) for text in types.text]
    choices = [known[row] for row in drawn["type"]]
    asked = drawn.assign(text=[str(rng.choice(c)) if c else "" for c in choices])
    kept = asked[asked["text"] != ""].drop_duplicates(["user_id", "text"]).reset_index(drop=True)
    table = kept.drop(columns="type").assign(query_id=np.arange(len(kept)))
    counted = {"no word, or asked already": len(asked) - len(kept)}
    return SearchTask(Queries(table, dropped=counted), types, _relevant(kept, bought, types))


def new_to_household(task: SearchTask, earlier: Log) -> SearchTask:
    """Keep what the household had not bought before: grades of types in its earlier log go.

    Queries that nothing answers any longer go too, and dropped counts them. Raises DataError for
    queries without column user_id and when none is left.
    """
    if "user_id" not in task.queries.table:
        raise DataError("queries need a column user_id to know what is new to it.")
    user = np.asarray(task.queries.table["user_id"])
    row, column = task.grades.nonzero()
    pairs = pd.MultiIndex.from_arrays([user[row], task.documents.product_id[column]])
    had = pairs.isin(pd.MultiIndex.from_frame(earlier.table[["user_id", "product_id"]]))
    cells = (row[~had], column[~had])
    grades = sparse.csr_array((task.grades.data[~had], cells), shape=task.grades.shape)
    kept = np.flatnonzero(np.diff(grades.indptr))
    if not kept.size:
        raise DataError("every type asked for was bought before: no query is left.")
    dropped = {**task.queries.dropped, "nothing new": len(task) - len(kept)}
    table = task.queries.table.iloc[kept].reset_index(drop=True)
    return SearchTask(Queries(table, dropped=dropped), task.documents, grades[kept])


def _relevant(asked: pd.DataFrame, bought: pd.DataFrame, types: Catalog) -> sparse.csr_array:
    """Mark the types that the household bought and whose text has the word, float32[q, types]."""
    users, code = np.unique(bought["user_id"], return_inverse=True)
    shape = (len(users), len(types))
    baskets = sparse.csr_array((np.ones(len(bought), np.float32), (code, bought["type"])), shape)
    holders: dict[str, set[int]] = {}
    for row, text in enumerate(types.text):
        for word in words(text):
            holders.setdefault(word, set()).add(row)
    lists = [np.array(sorted(holders[word])) for word in asked["text"]]
    ends = np.cumsum([0, *map(len, lists)])
    marks = (np.ones(ends[-1], np.float32), np.concatenate(lists), ends)
    has_word = sparse.csr_array(marks, shape=(len(asked), len(types)))
    return baskets[np.searchsorted(users, asked["user_id"])].multiply(has_word).tocsr()


def _unknown(bought: pd.DataFrame) -> str:
    return repr(bought.loc[bought["type"] < 0, "product_id"].iloc[0])
