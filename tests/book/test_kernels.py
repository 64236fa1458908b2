"""Two kernels that start at one time must not take each other's place."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from book.tools.kernels import KernelManager

SAY = """
import json
from ipykernel import get_connection_info
print(json.dumps(get_connection_info(unpack=True), default=str))
"""


@pytest.fixture(scope="module")
def connection() -> dict[str, str]:
    """Say what a kernel listens to while it runs."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SAY)])
    NotebookClient(notebook, kernel_manager_class=KernelManager).execute()
    said: dict[str, str] = json.loads(notebook.cells[0].outputs[0].text)
    return said


def test_a_kernel_takes_no_port(connection: dict[str, str]) -> None:
    """A port that was free when it was chosen can be another's when the kernel listens."""
    assert connection["transport"] == "ipc"


def test_what_a_kernel_listens_to_goes_with_it(connection: dict[str, str]) -> None:
    """Key and sockets lie in a folder of the kernel's own, which is removed."""
    folder = Path(connection["ip"]).parent
    assert folder.name.startswith("kernel")
    assert not folder.exists()
