"""Keys: random, hashed at rest, compared in constant time."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.serving.auth import add_key, read_keys, remove_key


def test_a_key_is_known_by_its_owner(tmp_path: Path) -> None:
    """Two keys, two names; a third is nobody's."""
    first, second = (add_key(tmp_path / "k", name) for name in ("shop", "till"))
    keys = read_keys(tmp_path / "k")
    assert [keys.owner(each) for each in (first, second, "ck_other")] == ["shop", "till", None]


def test_the_file_holds_no_key(tmp_path: Path) -> None:
    """Only salted hashes, for its owner's eyes; equal keys would look different."""
    secret = add_key(tmp_path / "k", "shop")
    assert secret not in (tmp_path / "k").read_text()
    assert len(secret) > 40
    assert (tmp_path / "k").stat().st_mode & 0o077 == 0


def test_a_removed_key_opens_nothing(tmp_path: Path) -> None:
    """The others stay."""
    first, second = (add_key(tmp_path / "k", name) for name in ("shop", "till"))
    remove_key(tmp_path / "k", "shop")
    keys = read_keys(tmp_path / "k")
    assert (keys.owner(first), keys.owner(second)) == (None, "till")
    with pytest.raises(DataError, match="no key named 'shop'"):
        remove_key(tmp_path / "k", "shop")


def test_a_name_is_given_once(tmp_path: Path) -> None:
    """Logs tell clients apart by it."""
    add_key(tmp_path / "k", "shop")
    with pytest.raises(DataError, match="taken"):
        add_key(tmp_path / "k", "shop")


@pytest.mark.parametrize("content", ["", "{}", '{"keys": [{}], "mask": "00"}', "[1]"])
def test_a_damaged_file_is_refused(tmp_path: Path, content: str) -> None:
    """It neither lets anybody in nor shows what it holds."""
    (tmp_path / "k").write_text(content)
    with pytest.raises(DataError, match="damaged; make a new one"):
        read_keys(tmp_path / "k")


def test_a_missing_file_says_how_to_make_a_key(tmp_path: Path) -> None:
    """The remedy is a command."""
    with pytest.raises(DataError, match="catalogkit serve key"):
        read_keys(tmp_path / "k")
