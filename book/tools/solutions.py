"""Run a chapter's exercise solutions and quiz keys after it, in its kernel, and keep them apart."""

from __future__ import annotations

import copy
import re
import resource
from collections.abc import Iterator
from itertools import pairwise

import nbformat

from book.tools.quizzes import questions

_SOLUTION = re.compile(
    r"^(`{3,}|:{3,})\{solution\} *(\S+)\s*$(.*?)^\1\s*$", re.MULTILINE | re.DOTALL
)
_CODE = re.compile(r"^```python\s*$(.*?)^```\s*$", re.MULTILINE | re.DOTALL)
_TAG = "after the chapter"
# One that fails does not hide the next.
_GO_ON = "raises-exception"
_CLOCK = "__import__('book.tools.solutions', fromlist=['clock']).clock()"


def clock() -> None:
    """Print the CPU seconds that this kernel and its ended children have used so far."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(sum(u.ru_utime + u.ru_stime for u in used))


def exercises(notebook: nbformat.NotebookNode) -> Iterator[tuple[str, str]]:
    """Yield what must run: the name and the code of each solution, then of each quiz key."""
    text = "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    for _, label, body in _SOLUTION.findall(text):
        for code in _CODE.findall(body):
            yield f"solution {label}", code.strip()
    for number, question in enumerate(questions(text), 1):
        if question.key:
            yield f"quiz key {number}", _key_check(number, question.key, question.right)


def with_exercises(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a copy of a chapter with its solutions and keys as cells at the end, each timed."""
    longer = copy.deepcopy(notebook)
    found = list(exercises(notebook))
    for name, code in [("start", ""), *found] if found else []:
        for source in filter(None, (code, _CLOCK)):
            metadata = {_TAG: name, "tags": [_GO_ON]}
            longer.cells.append(nbformat.v4.new_code_cell(source, metadata=metadata))
    return longer


def taken_apart(
    executed: nbformat.NotebookNode,
) -> tuple[nbformat.NotebookNode, nbformat.NotebookNode, dict[str, float]]:
    """Split an executed chapter: itself, its exercises, and the CPU seconds of each exercise."""
    after = [cell for cell in executed.cells if _TAG in cell.metadata]
    clocks = [(c.metadata[_TAG], float(c.outputs[0]["text"])) for c in after if c.source == _CLOCK]
    seconds: dict[str, float] = {}
    for (_, start), (name, end) in pairwise(clocks):
        seconds[name] = round(seconds.get(name, 0) + end - start, 1)
    apart = copy.deepcopy(executed)
    apart.cells = [cell for cell in after if cell.source != _CLOCK]
    executed.cells = [cell for cell in executed.cells if _TAG not in cell.metadata]
    return executed, apart, seconds


def failures(executed: nbformat.NotebookNode) -> dict[str, list[str]]:
    """Return what failed, "code cell 7" or "solution ex-tree", to the lines of its traceback."""
    return {
        str(cell.metadata.get(_TAG, f"code cell {cell.execution_count}")): output["traceback"]
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if output["output_type"] == "error"
    }


def _key_check(number: int, key: str, right: tuple[str, ...]) -> str:
    """Write the code that compares a computed key with the answer as printed."""
    says = f"the quiz calls {'/'.join(right)} right in question {number}, computed is "
    return f"assert ({key}) == {'/'.join(right)!r}, {says!r} + repr({key})"
