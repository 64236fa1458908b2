"""What readers download is whole and can be checked."""

import hashlib
import tarfile
from pathlib import Path

from book.tools.release import archive, checksums


def test_a_site_is_packed_below_one_folder_without_the_builder_s_name(tmp_path: Path) -> None:
    """Unpacking makes one folder, and nobody learns who packed it."""
    (tmp_path / "html" / "book").mkdir(parents=True)
    (tmp_path / "html" / "book" / "a.html").write_text("a")
    archive(tmp_path / "html", tmp_path / "b-1.0-site.tar.gz")
    with tarfile.open(tmp_path / "b-1.0-site.tar.gz") as packed:
        members = packed.getmembers()
    assert [m.name for m in members] == ["b-1.0-site/book", "b-1.0-site/book/a.html"]
    assert {(m.uid, m.uname, m.gname) for m in members} == {(0, "", "")}


def test_checksums_are_those_of_the_files(tmp_path: Path) -> None:
    """One line a file, in the form that sha256sum checks."""
    (tmp_path / "a.whl").write_bytes(b"a")
    assert checksums(tmp_path) == f"{hashlib.sha256(b'a').hexdigest()}  a.whl\n"
