"""A Debian package is read in place; anything else is refused by name."""

import io
import tarfile
from pathlib import Path

import pytest

from catalogkit.datasets.debian import members
from catalogkit.datasets.errors import DataError

FILES = {"usr/share/toy/a.txt": b"first", "usr/share/toy/deep/b.txt": b"second", "etc/c": b"no"}


def ar_member(name: str, content: bytes) -> bytes:
    """Return one member of an ar archive: a header of 60 bytes, the content, padded to even."""
    header = f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode()
    return header + content + b"\n" * (len(content) % 2)


def package(path: Path, data_name: str = "data.tar.xz") -> Path:
    """Write a small Debian package, its version file of odd length first."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz") as archive:
        for name, content in FILES.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    parts = [ar_member("debian-binary", b"2.0"), ar_member(data_name, packed.getvalue())]
    path.write_bytes(b"!<arch>\n" + b"".join(parts))
    return path


def test_files_under_a_prefix_are_read_in_order(tmp_path: Path) -> None:
    """Names come without the prefix; files elsewhere are left alone."""
    found = list(members(package(tmp_path / "toy.deb"), "usr/share/toy/"))
    assert found == [("a.txt", b"first"), ("deep/b.txt", b"second")]


def test_a_prefix_that_matches_nothing_is_an_error(tmp_path: Path) -> None:
    """An empty answer would look like an empty data set."""
    with pytest.raises(DataError, match=r"toy\.deb: no file in it starts with 'opt/'"):
        list(members(package(tmp_path / "toy.deb"), "opt/"))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"!<arch>\n", b"!<arch>\n" + b"x" * 60])
def test_what_is_no_package_is_refused(tmp_path: Path, content: bytes) -> None:
    """The error names the file and says what to do."""
    (tmp_path / "bad.deb").write_bytes(content)
    with pytest.raises(DataError, match=r"bad\.deb: no Debian package\. Delete it"):
        list(members(tmp_path / "bad.deb", "usr/"))


def test_a_cut_package_is_refused(tmp_path: Path) -> None:
    """Half a download does not pass for a small data set."""
    whole = package(tmp_path / "toy.deb").read_bytes()
    (tmp_path / "cut.deb").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"cut\.deb"):
        list(members(tmp_path / "cut.deb", "usr/share/toy/"))
