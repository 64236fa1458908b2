"""The journal: what it acknowledged is there again, whatever happened in between."""

from __future__ import annotations

import errno
import os
import resource
from pathlib import Path

import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.serving.journal import Journal, JournalHeldError, first_free
from catalogkit.serving.state import Event, StateError

ONE, TWO = Event("1", "u", "p", 5), Event("2", "ü\n", "p", 6)


def reread(path: Path) -> list[Event]:
    """Open a journal as a restart does."""
    journal = Journal(path)
    journal.close()
    return journal.events


def test_a_restart_reads_what_was_written(tmp_path: Path) -> None:
    """Ids with line ends and umlauts come back as they were."""
    journal = Journal(tmp_path / "j")
    journal.append([ONE, TWO])
    journal.close()
    assert reread(tmp_path / "j") == [ONE, TWO]


def test_a_torn_last_line_is_cut_off(tmp_path: Path) -> None:
    """What a crash cut short was never acknowledged; what follows is written cleanly."""
    journal = Journal(tmp_path / "j")
    journal.append([ONE])
    journal.close()
    with (tmp_path / "j").open("ab") as file:
        file.write(b'["2", "u"')
    journal = Journal(tmp_path / "j")
    journal.append([TWO])
    journal.close()
    assert reread(tmp_path / "j") == [ONE, TWO]


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    """A line in the middle that is no event stops the start instead of losing an event."""
    (tmp_path / "j").write_text('["1", "u", "p", 5]\nrubbish\n["2", "u", "p", 6]\n')
    with pytest.raises(DataError, match="j, line 2: is no event"):
        Journal(tmp_path / "j")


def test_a_full_disk_refuses_and_leaves_no_half_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a line fits, then the disk is full: nothing of it stays, and later it goes on."""
    journal = Journal(tmp_path / "j")
    journal.append([ONE])
    write = os.write

    def half(file: int, data: bytes) -> int:
        write(file, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(StateError, match="disk full"):
        journal.append([TWO])
    monkeypatch.undo()
    journal.append([TWO])
    journal.close()
    assert reread(tmp_path / "j") == [ONE, TWO]


def test_a_file_that_may_not_grow_refuses(tmp_path: Path) -> None:
    """The system itself cuts a write short here, in the middle of a line."""
    journal = Journal(tmp_path / "j")
    journal.append([ONE])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30, before[1]))
    try:
        with pytest.raises(StateError, match="disk full"):
            journal.append([TWO])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    journal.append([TWO])
    journal.close()
    assert reread(tmp_path / "j") == [ONE, TWO]


def test_after_a_failed_sync_nothing_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows what the disk holds then, so nothing more is acknowledged."""
    journal = Journal(tmp_path / "j")

    def fail(file: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StateError, match="brought to disk"):
        journal.append([ONE])
    monkeypatch.undo()
    with pytest.raises(StateError, match="restart"):
        journal.append([TWO])
    journal.close()


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    """Two workers would count twice; the message says what to do."""
    journal = Journal(tmp_path / "j")
    with pytest.raises(JournalHeldError, match="set REDIS_URL"):
        Journal(tmp_path / "j")
    journal.close()


def test_workers_take_the_first_free_journal(tmp_path: Path) -> None:
    """The second gets another file; when the first ends, its file is taken up again."""
    first, second = first_free(tmp_path), first_free(tmp_path)
    assert [first.path.name, second.path.name] == ["events.0.journal", "events.1.journal"]
    first.close()
    again = first_free(tmp_path)
    assert again.path == first.path
    again.close()
    second.close()


def test_nobody_else_reads_it(tmp_path: Path) -> None:
    """It names users."""
    journal = Journal(tmp_path / "j")
    journal.close()
    assert (tmp_path / "j").stat().st_mode & 0o077 == 0


def test_a_cleared_journal_is_empty(tmp_path: Path) -> None:
    """What is kept elsewhere is forgotten here."""
    journal = Journal(tmp_path / "j")
    journal.append([ONE])
    journal.clear()
    journal.append([TWO])
    journal.close()
    assert reread(tmp_path / "j") == [TWO]


def test_a_missing_directory_is_said(tmp_path: Path) -> None:
    """The message names the file and what is wrong."""
    with pytest.raises(DataError, match=r"cannot be written \(No such file"):
        Journal(tmp_path / "no" / "j")
