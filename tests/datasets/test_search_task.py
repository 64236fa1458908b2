"""A search task holds together, splits without leaking, and says how circular it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog, Queries
from catalogkit.datasets.search_task import (
    SearchTask,
    check_groups,
    check_queries,
    split_by_group,
    split_by_query,
    without_numbers,
    word_overlap,
    words,
)
from catalogkit.datasets.splits import Leakage, Split

TEXTS = ["Red lamp", "green LAMP, small", "blue chair", "old table"]


def task(asked: list[str], grades: list[list[int]], groups: list[str] | None = None) -> SearchTask:
    """Make a task of four documents a, b, c and d."""
    documents = Catalog(pd.DataFrame({"product_id": list("abcd"), "text": TEXTS}))
    table = pd.DataFrame({"query_id": range(len(asked)), "text": asked})
    queries = Queries(table if groups is None else table.assign(group=groups))
    return SearchTask(queries, documents, sparse.csr_array(np.array(grades, np.float32)))


@pytest.fixture
def lamps() -> SearchTask:
    """Lamps are asked for twice, seats and furniture once."""
    grades = [[2, 1, 0, 0], [1, 2, 0, 0], [0, 0, 2, 0], [0, 0, 0, 1]]
    return task(["lamp red", "lamp", "seat", "blue table"], grades, ["x", "x", "y", "z"])


def test_words_are_lower_case_runs_of_letters_and_digits() -> None:
    """Slashes and commas part words."""
    assert words("5V/USB, Type-C") == ["5v", "usb", "type", "c"]


def test_judgements_name_queries_and_documents(lamps: SearchTask) -> None:
    """Grades above zero become rows of a record."""
    rows = lamps.judgements.table
    assert rows.to_numpy().tolist()[:3] == [[0, "a", 2], [0, "b", 1], [1, "a", 1]]


def test_taking_queries_keeps_all_documents(lamps: SearchTask) -> None:
    """Rows of the grades follow the queries, columns stay."""
    few = lamps.take([2])
    assert (few.text, few.grades.toarray().tolist()) == (["seat"], [[0, 0, 2, 0]])


def test_a_query_that_nothing_answers_is_refused() -> None:
    """It would have no metric; the message names its row."""
    with pytest.raises(DataError, match="query row 1 has no relevant document"):
        task(["lamp", "sofa"], [[1, 0, 0, 0], [0, 0, 0, 0]])


@pytest.mark.parametrize(("grades", "fault"), [([[1, 0]], "grades are"), ([[-1] * 4], "at least")])
def test_grades_that_do_not_fit_are_refused(grades: list[list[int]], fault: str) -> None:
    """Other shapes and negative grades."""
    with pytest.raises(DataError, match=fault):
        task(["lamp"], grades)


def test_queries_of_the_same_words_stay_on_one_side() -> None:
    """Word order does not make a new query."""
    asked = ["red lamp", "lamp RED", *(f"query {n}" for n in range(8))]
    many = task(asked, [[1, 0, 0, 0]] * 10)
    for seed in range(10):
        split = split_by_query(many, seed=seed)
        check_queries(many, split)
        assert sum(0 in side for side in split) == 1
        assert [{0, 1} <= set(side) for side in split].count(True) == 1


def test_a_split_through_equal_queries_is_a_leak() -> None:
    """The same words, once in training and once in the test."""
    twice = task(["red lamp", "lamp red"], [[1, 0, 0, 0]] * 2)
    with pytest.raises(Leakage, match="two sides"):
        check_queries(twice, Split(np.array([0]), np.array([], np.int64), np.array([1])))


def test_a_document_that_answers_two_sides_takes_its_queries_out() -> None:
    """Query 3 of group d shares document a with group a: neither may stay."""
    grades = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 1]]
    torn = task(["p", "q", "r", "s"], grades, list("abcd"))
    seen = set()
    for seed in range(20):
        try:
            split = split_by_group(torn, test=0.5, validation=0, seed=seed)
        except DataError:  # both queries of a side were torn apart
            continue
        check_groups(torn, split)
        together = (0 in split.test) == (3 in split.test)
        seen.add(together)
        assert together or not {0, 3} & {*split.train, *split.test}
    assert True in seen


def test_a_group_on_two_sides_is_a_leak(lamps: SearchTask) -> None:
    """Both queries for lamps come from group x."""
    with pytest.raises(Leakage, match="'x'"):
        check_groups(lamps, Split(np.array([0, 2]), np.array([], np.int64), np.array([1, 3])))


def test_a_shared_document_is_a_leak(lamps: SearchTask) -> None:
    """Groups differ, but lamp b answers both sides."""
    grades = lamps.grades.toarray()
    shared = task(lamps.text, grades.tolist(), list("wxyz"))
    with pytest.raises(Leakage, match="relevant on two sides, for example 'a'"):
        check_groups(shared, Split(np.array([0, 2]), np.array([], np.int64), np.array([1, 3])))


def test_splitting_by_group_needs_groups() -> None:
    """The message names the column."""
    with pytest.raises(DataError, match='column "group"'):
        split_by_group(task(["lamp"], [[1, 0, 0, 0]]))


def test_overlap_counts_what_relevant_documents_repeat(lamps: SearchTask) -> None:
    """Of "lamp red", document a repeats all and b half; a document of the catalog 3/8."""
    overlap = word_overlap(lamps)
    assert overlap.loc[0].tolist() == pytest.approx([1, 0.75, (2 / 4 + 1 / 4) / 2])
    assert overlap.loc[2].tolist() == [0, 0, 0]
    assert overlap.loc[3].tolist() == pytest.approx([0.5, 0.5, (1 / 4 + 1 / 4) / 2])


def test_without_numbers_keeps_the_words_that_have_no_digit() -> None:
    """Texts of one family become one, and a text of numbers becomes empty."""
    assert without_numbers("LDO, 3.3V 100mA (fixed) SOT-23") == "ldo fixed sot"
    assert without_numbers("02x19") == ""
