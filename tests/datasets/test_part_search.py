"""Keywords ask for parts, and grades follow keywords and libraries."""

from __future__ import annotations

import pandas as pd
import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.part_search import from_keywords
from catalogkit.datasets.records import Catalog
from catalogkit.datasets.search_task import SearchTask

PARTS = [
    ("A:1", "Linear", "ldo fixed  Positive"),
    ("A:2", "Linear", "LDO fixed positive"),
    ("A:3", "Linear", "ldo positive"),
    ("A:4", "Linear", "audio"),
    ("B:1", "Switch", "ldo positive"),
    ("B:2", "Switch", ""),
]


@pytest.fixture(scope="module")
def task() -> SearchTask:
    """Four parts of one library, two of another, one of them without keywords."""
    table = pd.DataFrame(PARTS, columns=["product_id", "library", "keywords"])
    return from_keywords(Catalog(table.assign(text="part " + table["product_id"])))


def test_every_distinct_keyword_string_is_a_query(task: SearchTask) -> None:
    """Case and blanks do not make another; an empty one asks nothing."""
    assert task.text == ["audio", "ldo fixed positive", "ldo positive"]


def test_a_query_belongs_to_the_library_with_most_of_its_parts(task: SearchTask) -> None:
    """Of equals, the first by name."""
    assert task.queries.table["group"].tolist() == ["Linear"] * 3


def test_the_same_keywords_are_graded_two_and_half_of_them_in_the_library_one(
    task: SearchTask,
) -> None:
    """The part in another library counts with the same keywords only."""
    assert task.grades.toarray().tolist() == [
        [0, 0, 0, 2, 0, 0],
        [2, 2, 1, 0, 0, 0],
        [1, 1, 2, 0, 2, 0],
    ]


def test_parts_without_keywords_are_documents_all_the_same(task: SearchTask) -> None:
    """They can be found by mistake, as in life."""
    assert len(task.documents) == len(PARTS)


@pytest.mark.parametrize(
    ("columns", "fault"), [({}, "lacks the columns"), ({"keywords": "", "library": "L"}, "nothing")]
)
def test_a_catalog_that_cannot_ask_is_refused(columns: dict[str, str], fault: str) -> None:
    """Without the columns, or without any keyword."""
    table = pd.DataFrame({"product_id": ["a"], "text": ["lamp"]}).assign(**columns)
    with pytest.raises(DataError, match=fault):
        from_keywords(Catalog(table))
