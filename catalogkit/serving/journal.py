"""An append-only file of events: what it has acknowledged survives a crash of the process."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Sequence
from pathlib import Path

from catalogkit.datasets.errors import DataError
from catalogkit.serving.state import Event, StateError


class JournalHeldError(DataError):
    """Another process writes to this journal."""


class Journal:
    """Events, one a line of JSON, on disk before `append` returns; one process at a time.

    The file can be read by its owner alone: it names users. A last line without its end was never
    acknowledged and is cut off. Raises JournalHeldError when another process holds the file,
    DataError when it cannot be written and when a line is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise DataError(f"{path}: cannot be written ({error.strerror}).") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise JournalHeldError(
                f"{path}: another process holds it. State in the process is for one worker: stop "
                "the other, or set REDIS_URL so that several share a Redis."
            ) from None
        self._whole = True
        self.events = self._read()
        """What the file held when it was opened."""
        self._size = os.fstat(self._file).st_size
        _sync_directory(path.parent)

    def append(self, events: Sequence[Event]) -> None:
        """Write events and wait until they are on disk: all of them, or none and StateError.

        After a failed wait nobody knows what the disk holds, so the journal takes no more.
        """
        if not self._whole:
            raise StateError("the journal failed earlier: restart the service")
        lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events).encode()
        try:
            self._write(lines)
        except OSError as error:
            self._cut(self._size)
            raise StateError("the journal cannot be written; is the disk full?") from error
        try:
            os.fsync(self._file)
        except OSError as error:
            self._whole = False
            raise StateError("the journal cannot be brought to disk") from error
        self._size += len(lines)

    def clear(self) -> None:
        """Forget all events, which are kept elsewhere by now. Raises StateError."""
        self._cut(0)
        if not self._whole:
            raise StateError("the journal cannot be emptied")
        self._size = 0

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _write(self, lines: bytes) -> None:
        if (written := os.write(self._file, lines)) < len(lines):
            raise OSError(f"{written} of {len(lines)} bytes were written")

    def _cut(self, size: int) -> None:
        """Shorten the file; when even that fails, take no more."""
        try:
            os.ftruncate(self._file, size)
            os.fsync(self._file)
        except OSError:
            self._whole = False

    def _read(self) -> list[Event]:
        with os.fdopen(os.dup(self._file), "rb") as file:
            file.seek(0)
            content = file.read()
        whole, _, torn = content.rpartition(b"\n")
        if torn:
            self._cut(len(content) - len(torn))
        return [self._event(n, line) for n, line in enumerate(whole.splitlines(), 1)]

    def _event(self, number: int, line: bytes) -> Event:
        try:
            name, user, product, time = json.loads(line)
            return Event(str(name), str(user), str(product), int(time))
        except (ValueError, TypeError):
            os.close(self._file)
            raise DataError(
                f"{self.path}, line {number}: is no event, the file is damaged: move it away, or "
                "take the line out if the event is known otherwise."
            ) from None


def first_free(directory: Path) -> Journal:
    """Open the first journal of a directory, by number, that no other worker holds."""
    for number in range(1024):
        try:
            return Journal(directory / f"events.{number}.journal")
        except JournalHeldError:
            continue
    raise DataError(f"{directory}: 1,024 journals are held by other processes.")


def _sync_directory(directory: Path) -> None:
    """Bring the file's name to disk, too."""
    opened = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
