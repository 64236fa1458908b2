"""Let apt-get download a Debian package, with package lists of our own: no root is needed."""

import shutil
import subprocess
from pathlib import Path

PATIENCE = 600
"""Seconds that apt-get may take for its lists or for one package."""


class AptFailed(Exception):  # noqa: N818 (it is an answer, not an accident)
    """apt-get is not here or did not deliver; the message says why."""


def download(requirement: str, target: Path) -> Path:
    """Download "name=version" into a new directory, or the version that this system carries.

    apt-get checks the signature of what it downloads; nothing is installed.
    Returns the .deb file, whose name tells its version. Raises AptFailed.
    """
    lists = target / "lists"
    for directory in ("state/lists/partial", "cache/archives/partial"):
        (lists / directory).mkdir(parents=True)
    options = ["-o", f"Dir::State={lists / 'state'}", "-o", f"Dir::Cache={lists / 'cache'}"]
    options += ["-o", "Dir::State::status=/var/lib/dpkg/status", "-o", "Acquire::Retries=1"]
    _run(["apt-get", *options, "update"], target)
    try:
        _run(["apt-get", *options, "download", requirement], target)
    except AptFailed:  # another release of the system has another version
        _run(["apt-get", *options, "download", requirement.split("=")[0]], target)
    found = sorted(target.glob("*.deb"))
    shutil.rmtree(lists)
    if not found:
        raise AptFailed("apt-get downloaded nothing")
    return found[0]


def _run(command: list[str], directory: Path) -> None:
    try:
        done = subprocess.run(  # noqa: S603 (a list of our own words, no shell)
            command, cwd=directory, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    except FileNotFoundError:
        raise AptFailed("apt-get is not on this machine") from None
    except subprocess.TimeoutExpired:
        raise AptFailed(f"apt-get took more than {PATIENCE} s") from None
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if line.startswith("E:")]
        raise AptFailed((errors or [f"apt-get ended with {done.returncode}"])[-1])
