"""Values of every kind come back as they were, and what cannot is named by its place."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.preprocessing import FunctionTransformer

from catalogkit.recommenders.interactions import Matrix
from catalogkit.recommenders.packing import Packer, Unpacker
from catalogkit.recommenders.popularity import Popularity

CLASSES = {"Popularity": Popularity}


def there_and_back(value: object) -> Any:  # noqa: ANN401 (whatever went in)
    """Pack and unpack, by way of JSON."""
    packer = Packer(CLASSES)
    packed = json.dumps(packer.pack(value, "x"), allow_nan=False)
    return Unpacker(CLASSES, packer.arrays).unpack(json.loads(packed))


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts) | st.tuples(parts, parts),
    max_leaves=8,
)


@settings(max_examples=50, deadline=None)
@given(plain)
def test_plain_values_come_back(value: object) -> None:
    """Lists, tuples and mappings of them too, and a tuple is no list."""
    assert there_and_back(value) == value


def test_what_is_no_number_comes_back_as_such() -> None:
    """JSON has no word for it."""
    assert math.isnan(there_and_back({"unknown": math.nan})["unknown"])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_strings_of_any_script_come_back(texts: list[str]) -> None:
    """Also empty ones and those that end in zeros."""
    found = there_and_back(np.array(texts, dtype=object))
    assert found.tolist() == texts


@pytest.mark.parametrize(
    "value",
    [
        np.arange(6, dtype=np.int32).reshape(2, 3),
        np.array([True, False]),
        np.array(["2017-01-01", "2018-01-01T05"], "datetime64[us]"),
        np.array([1.5, 2.5], ">f4"),
    ],
    ids=lambda value: str(value.dtype),
)
def test_an_array_keeps_type_and_shape(value: np.ndarray) -> None:
    """The order of bytes aside, which is the machine's."""
    found = there_and_back(value)
    assert found.dtype == value.dtype.newbyteorder("=")
    assert np.array_equal(found, value)


@pytest.mark.parametrize("ids", [[3, 1], ["007", "茶"], []])
def test_an_index_keeps_its_ids(ids: list[object]) -> None:
    """Numbers stay numbers and strings strings."""
    assert there_and_back(pd.Index(ids)).equals(pd.Index(ids))


def test_a_matrix_a_moment_and_settings_come_back() -> None:
    """A matrix stays sparse."""
    matrix = Matrix(np.array([[0, 2.5], [0, 0]], np.float32))
    found = there_and_back({"m": matrix, "t": pd.Timestamp("2017-01-01 05:00"), "p": Popularity(3)})
    assert isinstance(found["m"], Matrix)
    assert found["m"].toarray().tolist() == [[0, 2.5], [0, 0]]
    assert found["t"] == pd.Timestamp("2017-01-01 05:00")
    assert found["p"] == Popularity(3)


def test_what_is_shared_is_written_once_and_shared_again() -> None:
    """Two models of one table have one table after loading."""
    table = np.zeros(3)
    packer = Packer(CLASSES)
    packed = packer.pack([table, {"again": table}], "x")
    assert list(packer.arrays) == ["x.0"]
    first, second = Unpacker(CLASSES, packer.arrays).unpack(packed)
    assert second["again"] is first


def test_names_that_meet_stay_apart() -> None:
    """A key with a dot in it is no path."""
    found = there_and_back({"a.b": np.zeros(1), "a": {"b": np.ones(1)}})
    assert (found["a.b"].tolist(), found["a"]["b"].tolist()) == ([0], [1])


def test_a_learner_comes_back() -> None:
    """Boosted trees, which hold a type that is trusted by name."""
    X = np.arange(80, dtype=np.float32).reshape(40, 2)
    learner = HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=5)
    learner.fit(X, np.arange(40) > 20)
    found = there_and_back(learner)
    assert np.array_equal(found.predict_proba(X), learner.predict_proba(X))


@dataclass
class Stranger:
    """A dataclass that the package does not define."""


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (len, "x.a: a builtin_function_or_method cannot be saved"),
        (Stranger(), "x.a: Stranger is not defined in catalogkit.recommenders"),
        ({1: 2}, "x.a: the keys of a mapping must be strings"),
        (np.array([1j]), "x.a: an array of complex128 cannot be saved"),
        (np.array([1, "a"], dtype=object), "x.a: an array of objects that are not all strings"),
        (FunctionTransformer(len), "x.a: the learner holds builtins.len"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_saved_is_named_by_its_place(value: object, message: str) -> None:
    """Before anything is written."""
    with pytest.raises(ValueError, match=message):
        there_and_back({"a": value})


def test_a_class_is_looked_up_and_never_imported() -> None:
    """A name that is not among the classes is an error, whatever it names elsewhere."""
    with pytest.raises(KeyError, match="OrderedDict"):
        Unpacker(CLASSES, {}).unpack(["object", ["OrderedDict", {}]])


def test_an_index_astray_is_refused() -> None:
    """A matrix whose column lies outside would be read from anywhere in memory."""
    arrays = {"d": np.ones(1), "i": np.array([9]), "p": np.array([0, 1])}
    packed = ["matrix", [[1, 2], *(["array", name] for name in "dip")]]
    with pytest.raises(ValueError, match="ind"):
        Unpacker(CLASSES, arrays).unpack(packed)
