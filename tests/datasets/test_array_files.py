"""Arrays and facts come back as they went, or the file is refused by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from catalogkit.datasets import array_files
from catalogkit.datasets.errors import DataError

ARRAYS = {
    "number": np.array(7.5),
    "none": np.zeros((0, 3), np.int64),
    "turned": np.arange(6, dtype=np.float32).reshape(2, 3).T,
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write some arrays of every shape."""
    array_files.write(tmp_path / "a", "thing", ARRAYS, {"名": [1, None]})
    return tmp_path / "a"


def test_arrays_and_facts_come_back(file: Path) -> None:
    """With their shapes, also of a single number and of nothing."""
    arrays, facts = array_files.read(file, "thing")
    assert facts == {"名": [1, None]}
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert np.array_equal(arrays[name], array)
        assert arrays[name].shape == array.shape


def test_another_kind_is_refused(file: Path) -> None:
    """The message names the file and what was wanted."""
    with pytest.raises(DataError, match="a: holds no other; name a file that `save` has written"):
        array_files.read(file, "other")


def test_a_newer_format_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message tells the versions and the remedy."""
    monkeypatch.setattr(array_files, "FORMAT", 0)
    with pytest.raises(DataError, match=r"format 1 .* reads up to 0: upgrade"):
        array_files.read(file, "thing")


@pytest.mark.parametrize("at", [0, 60, -1])
def test_a_flipped_bit_is_found(file: Path, at: int) -> None:
    """In the length of the header, in the header, in the last array."""
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)
    with pytest.raises(DataError, match=f"^{file}: "):
        array_files.read(file, "thing")


def test_a_missing_directory_is_said(tmp_path: Path) -> None:
    """Before anything is written."""
    with pytest.raises(DataError, match="nowhere: no such directory; make it first"):
        array_files.write(tmp_path / "nowhere" / "a", "thing", {}, {})


def test_a_failed_writing_leaves_what_was_there(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even a partial file is left beside it."""
    before = file.read_bytes()

    def full(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match=r"^$"):
        array_files.write(file, "thing", {}, {})
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]
