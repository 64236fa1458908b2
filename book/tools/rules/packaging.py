"""Rules for the three lists of packages: floors in pyproject, pins in the lock, conda's copy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import yaml
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from rattler import MatchSpec

from book.tools.rules.problems import Problem

# What conda-forge calls some packages of the index.
CONDA_NAMES = {"pytorch": "torch", "matplotlib-base": "matplotlib"}
CONDA_ONLY = {"python", "pip", "make", "nodejs", "git"}
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([A-Za-z0-9.!]+)$")
_EDITABLE = re.compile(r"^-e \.(?:\[([\w,-]+)\])?$")


def check_floors(pyproject: str) -> list[Problem]:
    """Demand that the project's requirements are floors, not pins: a pin breaks Colab."""
    found = []
    for requirement in requirements(pyproject, extras=False):
        operators = {part.operator for part in requirement.specifier}
        if "==" in operators or "===" in operators:
            found.append(
                Problem(
                    "pyproject.toml",
                    f"pins {requirement}",
                    "give it a floor (>=); pins belong into requirements.lock",
                )
            )
        elif ">=" not in operators:
            found.append(Problem("pyproject.toml", f"gives {requirement} no floor",
                                 "write the oldest version that works (>=)"))  # fmt: skip
    return found


def check_lock(lock: str, pyproject: str) -> list[Problem]:
    """Demand that the lock holds plain pins only, all that pyproject names, above its floors."""
    pins: dict[str, str] = {}
    found = []
    for number, line in enumerate(lock.splitlines(), 1):
        text = line.partition("#")[0].strip()
        if pin := _PIN.match(text):
            pins[canonicalize_name(pin[1])] = pin[2]
        elif text:
            what = f"{text!r} is no plain pin"
            remedy = "write name==version: no address, hash, option or local version such as +cpu"
            found.append(Problem(f"requirements.lock, line {number}", what, remedy))
    for requirement in requirements(pyproject):
        pinned = pins.get(canonicalize_name(requirement.name))
        if pinned is None:
            found.append(Problem("requirements.lock", f"lacks {requirement.name}", "lock it"))
        elif Version(pinned) not in requirement.specifier:
            what = f"pins {requirement.name}=={pinned}, but pyproject.toml asks for {requirement}"
            found.append(Problem("requirements.lock", what, "make the two agree"))
    return found


def check_environment(environment: str, pyproject: str) -> list[Problem]:
    """Demand that conda's list parses, names conda-forge, and asks for pyproject's versions."""
    parsed = yaml.safe_load(environment)
    found = []
    if parsed.get("channels") != ["conda-forge"]:
        found.append(Problem("environment.yml", "has other channels", "list conda-forge alone"))
    conda = [line for line in parsed["dependencies"] if isinstance(line, str)]
    pip = [line for group in parsed["dependencies"] if isinstance(group, dict)
           for line in group["pip"]]  # fmt: skip
    known: dict[str, str] = {
        canonicalize_name(r.name): str(r.specifier) for r in requirements(pyproject)
    }
    known["python"] = tomllib.loads(pyproject)["project"]["requires-python"]
    for line in conda:
        found += _check_conda(line, known)
    for line in pip:
        found += _check_pip(line, known, tomllib.loads(pyproject))
    return found


def check_installed(lines: Iterable[Requirement]) -> list[Problem]:
    """Demand that this environment meets requirements: what a pip dry run would say, offline."""
    found = []
    for requirement in lines:
        try:
            here = version(requirement.name)
        except PackageNotFoundError:
            found.append(Problem(str(requirement), "is not installed here", "run `make book`"))
            continue
        if not requirement.specifier.contains(here, prereleases=True):
            found.append(
                Problem(str(requirement), f"is not met by {here}", "renew the environment")
            )
    return found


def requirements(pyproject: str, *, extras: bool = True) -> Iterator[Requirement]:
    """Yield what the project requires, with the extras that `make` installs: not `grade`."""
    project = tomllib.loads(pyproject)["project"]
    lines = list(project["dependencies"])
    if extras:
        groups = project.get("optional-dependencies", {})
        lines += [line for name, group in groups.items() if name != "grade" for line in group]
    for requirement in map(Requirement, lines):
        if canonicalize_name(requirement.name) != canonicalize_name(project["name"]):
            yield requirement


def _check_conda(line: str, known: dict[str, str]) -> list[Problem]:
    try:
        spec = MatchSpec(line)
    except Exception as error:  # rattler's own errors share no class
        return [Problem("environment.yml", f"{line!r} is no match spec ({error})", "mend it")]
    name = str(getattr(spec.name, "normalized", ""))
    name = canonicalize_name(CONDA_NAMES.get(name, name))
    if name in known:
        return _same(line, line.split(" ", 1)[1] if " " in line else "", known[name])
    if name in CONDA_ONLY:
        return []
    remedy = "take it out, or require it in pyproject.toml too"
    return [Problem("environment.yml", f"asks for {name}, which pyproject.toml does not", remedy)]


def _check_pip(line: str, known: dict[str, str], pyproject: dict[str, Any]) -> list[Problem]:
    if editable := _EDITABLE.match(line):
        extras = set(pyproject["project"].get("optional-dependencies", {}))
        lacking = set(filter(None, (editable[1] or "").split(","))) - extras
        return [Problem("environment.yml", f"asks for the extra {name!r}, which is not there",
                        "name an extra of pyproject.toml") for name in sorted(lacking)]  # fmt: skip
    try:
        requirement = Requirement(line)
    except InvalidRequirement as error:
        return [Problem("environment.yml", f"{line!r} is no requirement ({error})", "mend it")]
    name = canonicalize_name(requirement.name)
    return _same(line, str(requirement.specifier), known.get(name, str(requirement.specifier)))


def _same(line: str, here: str, there: str) -> list[Problem]:
    """Demand that two version specifiers say the same."""
    if set(here.replace(" ", "").split(",")) == set(there.replace(" ", "").split(",")):
        return []
    what = f"{line!r} differs from pyproject.toml, which says {there!r}"
    return [Problem("environment.yml", what, "change both together")]
