"""Make what a release consists of: the wheel, the site as an archive, and their checksums."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from book.tools.build_site import SITE
from book.tools.chapters import BUILD, ROOT

RELEASE = BUILD / "release"


def main() -> int:
    """Write everything anew into `_build/release`; exit 1 when there is no site."""
    if not (SITE / "index.html").exists():
        print("no site in _build/html: run `make book` first", file=sys.stderr)
        return 1
    shutil.rmtree(RELEASE, ignore_errors=True)
    RELEASE.mkdir(parents=True)
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(RELEASE)]
    subprocess.run([sys.executable, "-m", "pip", *build, str(ROOT)], check=True)
    (wheel,) = RELEASE.glob("*.whl")
    version = wheel.name.split("-")[1]
    archive(SITE, RELEASE / f"catalogkit-book-{version}-site.tar.gz")
    (RELEASE / "SHA256SUMS").write_text(checksums(RELEASE), encoding="utf-8")
    print(f"{RELEASE.relative_to(ROOT)}: {', '.join(sorted(p.name for p in RELEASE.iterdir()))}")
    return 0


def archive(site: Path, target: Path) -> None:
    """Pack a site below one folder, in a fixed order and without the builder's name."""

    def anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        return member

    folder = target.name.removesuffix(".tar.gz")
    with tarfile.open(target, "w:gz") as packed:
        for path in sorted(site.rglob("*")):
            name = f"{folder}/{path.relative_to(site).as_posix()}"
            packed.add(path, name, recursive=False, filter=anonymous)


def checksums(folder: Path) -> str:
    """Return a line "sha256  name" for each file, as `sha256sum --check` reads it."""
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(folder.iterdir())
        if path.is_file()
    )


if __name__ == "__main__":
    sys.exit(main())
