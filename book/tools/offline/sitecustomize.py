"""Refuse connections that leave the machine: on the path of every executed chapter's kernel."""

import socket
from typing import Any

_connect = socket.socket.connect
_LOOPBACK = ("127.", "::1", "localhost")


def _local_only(self: socket.socket, address: tuple[Any, ...] | str | bytes) -> None:
    if isinstance(address, tuple) and not str(address[0]).startswith(_LOOPBACK):
        raise ConnectionRefusedError(
            f"a chapter tried to reach {address[0]}: chapters run offline; "
            "take the data from catalogkit.datasets instead"
        )
    _connect(self, address)


socket.socket.connect = _local_only  # type: ignore[assignment, method-assign]
