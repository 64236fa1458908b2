"""The workflows run what we run, with the least rights, and nothing that can change under us."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
RIGHTS = {
    "test": {"contents": "read"},
    "publish": {"pages": "write", "id-token": "write"},
    "students": {"contents": "write"},
    "report": {"issues": "write"},
}


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.stem)
def workflow(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return one workflow."""
    loaded: dict[str, Any] = yaml.safe_load(request.param.read_text(encoding="utf-8"))
    return loaded


def test_there_are_workflows() -> None:
    """The tests below are vacuous without them."""
    assert [path.stem for path in WORKFLOWS] == ["book", "newest"]


def test_each_job_has_only_the_rights_it_needs(workflow: dict[str, Any]) -> None:
    """Nothing is granted to all jobs, and no job has a right that is not listed here."""
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        assert job["permissions"] == RIGHTS[name]


def test_actions_are_pinned_by_commit(workflow: dict[str, Any]) -> None:
    """A tag can be moved; forty hexadecimal digits cannot."""
    used = [s["uses"] for job in workflow["jobs"].values() for s in job["steps"] if "uses" in s]
    assert used
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", action) for action in used)


def test_no_step_writes_an_outsider_s_text_into_a_shell(workflow: dict[str, Any]) -> None:
    """Values of the event come through the environment, never into the command's text."""
    runs = [s["run"] for job in workflow["jobs"].values() for s in job["steps"] if "run" in s]
    assert not any("${{" in command for command in runs)


def test_the_tests_are_ours(workflow: dict[str, Any]) -> None:
    """What the workflow calls exists: the CI script or a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    steps = workflow["jobs"]["test"]["steps"]
    (command,) = (step["run"] for step in steps if "run" in step)
    assert command == ".ci/run" or command.removeprefix("make ") in targets
