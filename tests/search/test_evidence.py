"""Candidates come from the named scores alone, and carry what all scores say of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from catalogkit.datasets.records import Catalog, Queries
from catalogkit.datasets.search_task import SearchTask
from catalogkit.search.evidence import gather_evidence

WORDS = np.array([[3.0, 2.0, 0.0, 1.0], [0.0, 0.0, 1.0, 0.0]])
BUYERS = np.array([[1.0, 5.0, 9.0, 3.0]] * 2)
TABLES = {"words": WORDS, "buyers": BUYERS}


@pytest.fixture
def task() -> SearchTask:
    """Two queries of four documents; the first wants documents 1 and 2, the second 2."""
    documents = Catalog(pd.DataFrame({"product_id": list("abcd"), "text": list("abcd")}))
    queries = Queries(pd.DataFrame({"query_id": [0, 1], "text": ["p", "q"]}))
    return SearchTask(queries, documents, np.array([[0, 1, 1, 0], [0, 0, 1, 0]]))


def test_candidates_come_from_the_named_scores_alone(task: SearchTask) -> None:
    """The popular document 2 does not answer the first query's words."""
    evidence = gather_evidence(task, TABLES, by=["words"], depth=2)
    assert evidence.candidates.items.tolist() == [[0, 1], [2, 0]]
    assert evidence.recall().tolist() == [0.5, 1.0]


def test_every_score_is_looked_up_for_every_candidate(task: SearchTask) -> None:
    """In the order of the columns asked for."""
    table = gather_evidence(task, TABLES, by=["words"], depth=2).table(["buyers", "words"])
    assert table.tolist() == [[[1, 3], [5, 2]], [[9, 1], [1, 0]]]


def test_grades_stand_beside_the_candidates(task: SearchTask) -> None:
    """Document 1 answers the first query, document 2 the second."""
    assert gather_evidence(task, TABLES, by=["words"], depth=2).grades.tolist() == [[0, 1], [1, 0]]


def test_a_better_order_has_the_higher_ndcg(task: SearchTask) -> None:
    """By buyers the second query's document stays first and the first query's comes first."""
    evidence = gather_evidence(task, TABLES, by=["words"], depth=2)
    ideal = 1 / (1 + 1 / np.log2(3))
    assert evidence.ndcg(evidence.features["buyers"], at=2).tolist() == pytest.approx([ideal, 1])
    assert evidence.ndcg(-evidence.features["buyers"], at=1).tolist() == [0, 0]


def test_what_is_closed_is_no_candidate(task: SearchTask) -> None:
    """Nor does it come back as a pad."""
    closed = np.array([[True, False, False, False], [True, True, True, False]])
    evidence = gather_evidence(task, TABLES, by=["words"], depth=3, closed=closed)
    assert evidence.candidates.items.tolist() == [[1, 3, 2], [3, -1, -1]]
    assert evidence.grades.tolist() == [[1, 0, 1], [0, 0, 0]]


def test_scores_of_other_documents_are_refused(task: SearchTask) -> None:
    """And so is a mask of another shape."""
    with pytest.raises(ValueError, match="the task is"):
        gather_evidence(task, {"words": WORDS[:, :3]}, by=["words"])
    with pytest.raises(ValueError, match="closed is"):
        gather_evidence(task, TABLES, by=["words"], closed=np.zeros((2, 3), bool))
