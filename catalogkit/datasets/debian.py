"""Read the files in a Debian package without unpacking or installing it."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

from catalogkit.datasets.errors import DataError

_MAGIC = b"!<arch>\n"
_HEADER = 60
"""Bytes before each member of an ar archive: name 16, …, size 10 from byte 48, end 2."""


def members(package: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of the package's regular files whose path starts with prefix.

    prefix: such as "usr/share/kicad/symbols/"; names come without it, in the package's order.
    Raises DataError when the file is no Debian package or has no such file.
    """
    found = False
    try:
        with tarfile.open(fileobj=io.BytesIO(_data(package))) as archive:
            for member in archive:
                path = member.name.removeprefix("./")
                content = archive.extractfile(member) if path.startswith(prefix) else None
                if content is not None:
                    found = True
                    yield path.removeprefix(prefix), content.read()
    except tarfile.ReadError as error:
        raise DataError(f"{package}: its files cannot be read ({error}). Delete it.") from error
    if not found:
        raise DataError(f"{package}: no file in it starts with {prefix!r}.")


def _data(package: Path) -> bytes:
    """Return the package's data.tar, compressed as it is (gz, xz, bz2)."""
    raw = package.read_bytes()
    position = len(_MAGIC)
    while raw.startswith(_MAGIC) and position + _HEADER <= len(raw):
        header = raw[position : position + _HEADER]
        name, size = header[:16].decode("ascii", "replace").strip(), header[48:58].strip()
        start = position + _HEADER
        if not size.isdigit():
            break
        if name.startswith("data.tar"):
            return raw[start : start + int(size)]
        position = start + int(size) + int(size) % 2
    raise DataError(f"{package}: no Debian package. Delete it, then fetch it again.")
