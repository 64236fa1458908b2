"""Rules for what a reader is told to type, and for what must not leave this machine in git."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterable
from pathlib import Path

from book.tools.rules.problems import Problem

_INSTALL = re.compile(r"\bpip3?\W{1,8}install\s+([^\n`|&;]*)")
_BARE = re.compile(r"catalogkit(?:\[[^\]]*\])?(?:[=<>!~].*)?")
_HOSTS = re.compile(
    r"\b(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com"
    r"|deb\.debian\.org|conda\.anaconda\.org|download\.pytorch\.org)|--(?:extra-)?index-url\b"
)
_MACHINE = re.compile(r"(?<![\w.~-])/(?:work|root|tmp/w)/[\w.-]*")
_MAKE = re.compile(r"\bmake\s+([a-z][\w-]*)")
_TARGET = re.compile(r"^([a-z][\w-]*)\s*:(?!=)", re.MULTILINE)
_CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def tracked(root: Path) -> dict[str, str]:
    """Return every text file that git holds or would take, its path to its content."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    return {name: text for name in names if name and (text := _text(root / name)) is not None}


def check_install_advice(files: dict[str, str]) -> list[Problem]:
    """Demand that nobody is told to install the bare name, which is another project's."""
    remedy = "write `catalogkit-book`, the name that ours is distributed under"
    return [
        Problem(f"{name}, line {_line(text, found)}", f"tells readers `{found[0].strip()}`", remedy)
        for name, text in files.items()
        for found in _INSTALL.finditer(text)
        if any(_BARE.fullmatch(word.strip("\"'\\,.)")) for word in _words(found[1]))
    ]


def check_private_addresses(files: dict[str, str]) -> list[Problem]:
    """Demand that no file names the host of a package registry or a path of a build machine."""
    rules = [
        (_HOSTS, "names a package registry", "name the package; the client knows where it is"),
        (_MACHINE, "names a path of one machine", "make it relative to the repository"),
    ]
    return [
        Problem(f"{name}, line {_line(text, found)}", f"{what} ({found[0]})", remedy)
        for name, text in files.items()
        for pattern, what, remedy in rules
        for found in pattern.finditer(text)
    ]


def check_commands(readme: str, makefile: str, ci: str) -> list[Problem]:
    """Demand that the README's two commands are there, exist, and that CI runs its test command."""
    named = [target for code in _CODE.findall(readme) for target in _MAKE.findall(code)]
    targets = set(_TARGET.findall(makefile))
    found = [Problem("README.md", f"does not show `make {target}`", "show newcomers the command")
             for target in ("book", "test") if target not in named]  # fmt: skip
    found += [Problem("README.md", f"shows `make {target}`, which the Makefile does not have",
                      "mend the name, or add the target")
              for target in sorted(set(named) - targets)]  # fmt: skip
    if "test" not in _MAKE.findall(_uncommented(ci)):
        remedy = "call the README's test command there, so that readers and CI run the same"
        found.append(Problem(".ci/run", "does not run `make test`", remedy))
    return found


def _uncommented(script: str) -> str:
    return "\n".join(line for line in script.splitlines() if not line.lstrip().startswith("#"))


def _words(arguments: str) -> Iterable[str]:
    try:
        return shlex.split(arguments)
    except ValueError:  # an apostrophe in the sentence around the command
        return arguments.split()


def _line(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start()) + 1


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError):  # a picture, or a file deleted but not yet from git
        return None
