"""A kernel that listens to files, not to ports: another process can take a port found free."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from jupyter_client.manager import AsyncKernelManager


class KernelManager(AsyncKernelManager):
    """Jupyter's, with the kernel's sockets in a folder that goes with the kernel."""

    def __init__(self, **options: object) -> None:
        self._folder = TemporaryDirectory(prefix="kernel")
        file = str(Path(self._folder.name) / "k.json")  # short: a socket's path has 100 letters
        super().__init__(transport="ipc", connection_file=file, **options)

    def cleanup_connection_file(self) -> None:
        """Remove the folder with all that is in it."""
        super().cleanup_connection_file()
        self._folder.cleanup()
