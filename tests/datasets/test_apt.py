"""apt-get brings a Debian package into the cache, pinned where it can be."""

import hashlib
import stat
from pathlib import Path

import pytest

from catalogkit.datasets.errors import DataWarning
from catalogkit.datasets.sources import SOURCES, Source, SourceUnavailable, fetch

PINNED = b"version 1.0"
APT = """#!/bin/sh
case "$*" in
  *update*) exit 0 ;;
  *toy-symbols=1:1.0*) {pinned} ;;
  *) printf 'version 2.0' > 'toy-symbols_2.0_all.deb' ;;
esac
"""
HAS_IT = "printf 'version 1.0' > 'toy-symbols_1%3a1.0_all.deb'"
HAS_IT_NOT = "echo 'E: Version 1:1.0 was not found' >&2; exit 100"


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    """Register a source that only apt-get can bring."""
    source = Source(
        name="toy",
        what="a toy",
        licence="CC0",
        credit="nobody",
        pitfalls="none",
        requirement="toy-symbols=1:1.0",
        inside="",
        files={"toy.deb": hashlib.sha256(PINNED).hexdigest()},
        homepage="https://example.org",
        client="apt",
    )
    monkeypatch.setitem(SOURCES, "toy", source)
    monkeypatch.setenv("CATALOGKIT_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    return source


def system(tmp_path: Path, pinned: str) -> None:
    """Put an apt-get on the path that answers as told when asked for the pinned version."""
    (tmp_path / "bin").mkdir()
    apt = tmp_path / "bin" / "apt-get"
    apt.write_text(APT.format(pinned=pinned))
    apt.chmod(apt.stat().st_mode | stat.S_IXUSR)


@pytest.mark.usefixtures("toy")
def test_the_pinned_version_is_kept_under_its_own_name(tmp_path: Path) -> None:
    """The next fetch finds it in the cache and needs no apt-get."""
    system(tmp_path, HAS_IT)
    assert (fetch("toy") / "toy.deb").read_bytes() == PINNED
    (tmp_path / "bin" / "apt-get").unlink()
    assert fetch("toy") == tmp_path / "cache" / "toy"


@pytest.mark.usefixtures("toy")
def test_another_version_is_taken_with_a_warning_each_time(tmp_path: Path) -> None:
    """It is kept apart, so that it never passes for the pinned one."""
    system(tmp_path, HAS_IT_NOT)
    for _ in range(2):
        with pytest.warns(DataWarning, match=r"has toy-symbols_2\.0_all\.deb, .*=1:1\.0; results"):
            directory = fetch("toy")
    assert [file.read_bytes() for file in directory.glob("*.deb")] == [b"version 2.0"]
    assert directory != tmp_path / "cache" / "toy"


@pytest.mark.usefixtures("toy")
def test_a_pinned_package_with_other_content_is_refused(tmp_path: Path) -> None:
    """The name does not vouch for what is inside."""
    system(tmp_path, HAS_IT.replace("version 1.0", "something else"))
    with pytest.raises(SourceUnavailable, match=r"apt-get download: .*toy\.deb has sha256"):
        fetch("toy")


@pytest.mark.usefixtures("toy")
def test_a_system_without_apt_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the places that were tried and the ways out."""
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    with pytest.raises(SourceUnavailable) as caught:
        fetch("toy")
    assert "apt-get download: apt-get is not on this machine" in str(caught.value)
    assert "use a system that has apt-get (toy-symbols=1:1.0)" in str(caught.value)
