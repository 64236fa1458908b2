"""Grade one submission in a process that may be lost: others read nothing of it but its report.

    python -m book.tools.assignments.once SUBMISSION AUTOGRADER FOLDER SECONDS

The submission's code runs here, beside otter-grader, so nothing here is of value. `grade` starts
this without the instructor's environment, without network and with an end.
"""

from __future__ import annotations

import sys
from functools import partial

import nbconvert.preprocessors
from nbconvert.preprocessors import ExecutePreprocessor

from book.tools.kernels import KernelManager


def main(submission: str, autograder: str, folder: str, seconds: str) -> None:
    """Write otter-grader's report, results.json, into a folder.

    seconds: what a cell may take; then it is interrupted, and the next one runs.
    """
    # otter-grader sets no limit and has no option for one, nor for the kernel.
    ours = partial(
        ExecutePreprocessor,
        timeout=int(seconds), interrupt_on_timeout=True, kernel_manager_class=KernelManager,
    )  # fmt: skip
    setattr(nbconvert.preprocessors, ExecutePreprocessor.__name__, ours)
    from otter.run import main as run

    run(submission, autograder=autograder, output_dir=folder, no_logo=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
