"""Take nested dataclasses apart into arrays and JSON, and put them together again."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from catalogkit.datasets.array_files import Arrays
from catalogkit.recommenders.interactions import Matrix

Json: TypeAlias = Any
Classes = Mapping[str, type[Any]]

TRUSTED = (
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
)
"""Types that a learner may hold beside those that skops trusts of its own accord."""


@dataclass
class Packer:
    """Describe values as JSON and collect their arrays.

    Plain values stand for themselves, others are [kind, content]. A value that occurs again is
    ["same", number], so that models that share a table share it again after loading.
    classes: the dataclasses that may occur, by name.
    """

    classes: Classes
    arrays: dict[str, npt.NDArray[Any]] = field(default_factory=dict)
    _seen: list[object] = field(default_factory=list)
    _numbers: dict[int, int] = field(default_factory=dict)

    def pack(self, value: object, place: str) -> Json:
        """Describe a value; place: where it stands, for names and messages.

        Raises ValueError naming the place of what cannot be saved.
        """
        if isinstance(value, np.generic):
            value = value.item()
        if value is None or isinstance(value, bool | int | str) or _is_finite(value):
            return value
        if id(value) in self._numbers:
            return ["same", self._numbers[id(value)]]
        kind = next((kind for kind, way in WAYS.items() if way.fits(value)), None)
        if kind is None:
            raise ValueError(
                f"{place}: a {type(value).__name__} cannot be saved; a file holds arrays, plain "
                "values, scikit-learn's learners and what catalogkit.recommenders defines"
            )
        content = WAYS[kind].pack(self, value, place)
        self._numbers[id(value)] = len(self._seen)
        self._seen.append(value)  # alive, so that nothing else gets its id
        return [kind, content]

    def keep(self, array: npt.NDArray[Any], place: str) -> str:
        """Put an array among those to be written, and return its name."""
        while place in self.arrays:
            place += "'"
        self.arrays[place] = array
        return place


@dataclass
class Unpacker:
    """Build the values that a Packer described; whatever does not fit raises."""

    classes: Classes
    arrays: Arrays
    _made: list[Any] = field(default_factory=list)

    def unpack(self, packed: Json) -> Any:  # noqa: ANN401 (whatever was packed)
        """Build a value, or find it where it has been built before."""
        if not isinstance(packed, list):
            return packed
        kind, content = packed
        if kind == "same":
            return self._made[content]
        value = WAYS[kind].unpack(self, content)
        self._made.append(value)
        return value


class Way(NamedTuple):
    """How values of one kind are told, described and built."""

    fits: Callable[[Any], bool]
    pack: Callable[[Packer, Any, str], Json]
    unpack: Callable[[Unpacker, Json], Any]


def _pack_list(packer: Packer, values: list[Any] | tuple[Any, ...], place: str) -> Json:
    return [packer.pack(value, f"{place}.{number}") for number, value in enumerate(values)]


def _unpack_list(unpacker: Unpacker, content: Json) -> list[Any]:
    return [unpacker.unpack(part) for part in content]


def _pack_mapping(packer: Packer, values: Mapping[str, Any], place: str) -> Json:
    if not all(isinstance(name, str) for name in values):
        raise ValueError(f"{place}: the keys of a mapping must be strings to be saved")
    return {name: packer.pack(value, f"{place}.{name}") for name, value in values.items()}


def _unpack_mapping(unpacker: Unpacker, content: Json) -> dict[str, Any]:
    return {name: unpacker.unpack(part) for name, part in content.items()}


def _pack_object(packer: Packer, value: Any, place: str) -> Json:  # noqa: ANN401 (a dataclass)
    name = type(value).__name__
    if packer.classes.get(name) is not type(value):
        raise ValueError(
            f"{place}: {name} is not defined in catalogkit.recommenders, and only what is can be "
            "saved"
        )
    parts = {
        part.name: getattr(value, part.name) for part in fields(packer.classes[name]) if part.init
    }
    return [name, _pack_mapping(packer, parts, place)]


def _unpack_object(unpacker: Unpacker, content: Json) -> Any:  # noqa: ANN401 (a dataclass)
    name, parts = content
    return unpacker.classes[name](**_unpack_mapping(unpacker, parts))


def _pack_array(packer: Packer, value: npt.NDArray[Any], place: str) -> Json:
    if value.dtype.kind not in "biuf":
        raise ValueError(f"{place}: an array of {value.dtype} cannot be saved")
    return packer.keep(value.astype(value.dtype.newbyteorder("="), copy=False), place)


def _pack_times(packer: Packer, value: npt.NDArray[np.datetime64], place: str) -> Json:
    return [np.datetime_data(value.dtype)[0], packer.keep(value.view(np.int64), place)]


def _unpack_times(unpacker: Unpacker, content: Json) -> npt.NDArray[np.datetime64]:
    unit, name = content
    return unpacker.arrays[name].view(np.dtype(f"datetime64[{unit}]"))


def _pack_strings(packer: Packer, value: npt.NDArray[Any], place: str) -> Json:
    texts = value.ravel().tolist()
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(f"{place}: an array of objects that are not all strings cannot be saved")
    encoded = [text.encode() for text in texts]
    ends = np.cumsum([len(text) for text in encoded], dtype=np.int64)
    letters = np.frombuffer(b"".join(encoded), np.uint8)
    names = [packer.keep(letters, place), packer.keep(ends, f"{place}.ends")]
    return [list(value.shape), *names]


def _unpack_strings(unpacker: Unpacker, content: Json) -> npt.NDArray[np.object_]:
    shape, letters, ends = content
    data, stops = unpacker.arrays[letters].tobytes(), unpacker.arrays[ends].tolist()
    starts = [0, *stops]
    texts = [data[start:stop].decode() for start, stop in zip(starts, stops, strict=False)]
    return np.array(texts, dtype=object).reshape(shape)


def _pack_matrix(packer: Packer, value: Matrix, place: str) -> Json:
    parts = {"data": value.data, "indices": value.indices, "indptr": value.indptr}
    return [list(value.shape), *_pack_mapping(packer, parts, place).values()]


def _unpack_matrix(unpacker: Unpacker, content: Json) -> Matrix:
    shape, *parts = content
    matrix = Matrix(tuple(_unpack_list(unpacker, parts)), shape=tuple(shape))
    matrix.check_format(full_check=True)  # else an index astray would be read from anywhere
    return matrix


def _pack_learner(packer: Packer, value: Any, place: str) -> Json:  # noqa: ANN401 (any learner)
    import skops.io

    data = skops.io.dumps(value)
    strange = set(skops.io.get_untrusted_types(data=data)) - set(TRUSTED)
    if strange:
        raise ValueError(f"{place}: the learner holds {min(strange)}, which cannot be saved")
    return packer.keep(np.frombuffer(data, np.uint8), place)


def _unpack_learner(unpacker: Unpacker, content: Json) -> Any:  # noqa: ANN401 (any learner)
    import skops.io

    return skops.io.loads(unpacker.arrays[content].tobytes(), trusted=TRUSTED)


def _is_finite(value: object) -> bool:
    """Tell the numbers that JSON has words for."""
    return isinstance(value, float) and math.isfinite(value)


def _is_array(kinds: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, np.ndarray) and value.dtype.kind in kinds


WAYS: Mapping[str, Way] = {
    "number": Way(
        lambda value: isinstance(value, float),
        lambda _, value, __: repr(value),
        lambda _, content: float(content),
    ),
    "list": Way(lambda value: isinstance(value, list), _pack_list, _unpack_list),
    "tuple": Way(
        lambda value: isinstance(value, tuple),
        _pack_list,
        lambda unpacker, content: tuple(_unpack_list(unpacker, content)),
    ),
    "mapping": Way(lambda value: isinstance(value, Mapping), _pack_mapping, _unpack_mapping),
    "object": Way(
        lambda value: is_dataclass(value) and not isinstance(value, type),
        _pack_object,
        _unpack_object,
    ),
    "times": Way(_is_array("M"), _pack_times, _unpack_times),
    "strings": Way(_is_array("OU"), _pack_strings, _unpack_strings),
    "array": Way(
        lambda value: isinstance(value, np.ndarray),
        _pack_array,
        lambda unpacker, content: unpacker.arrays[content],
    ),
    "index": Way(
        lambda value: isinstance(value, pd.Index),
        lambda packer, value, place: packer.pack(pd.Index(value.tolist()).to_numpy(), place),
        lambda unpacker, content: pd.Index(unpacker.unpack(content)),
    ),
    "moment": Way(
        lambda value: isinstance(value, pd.Timestamp),
        lambda _, value, __: value.isoformat(),
        lambda _, content: pd.Timestamp(content),
    ),
    "matrix": Way(lambda value: isinstance(value, sparse.csr_array), _pack_matrix, _unpack_matrix),
    "learner": Way(
        lambda value: hasattr(value, "get_params") and not isinstance(value, type),
        _pack_learner,
        _unpack_learner,
    ),
}
"""Kinds in the order in which a value is tried, plain values aside."""
