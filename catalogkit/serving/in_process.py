"""State in the memory of one process, with a journal that a restart reads again."""

from __future__ import annotations

import threading
from bisect import insort
from collections.abc import Sequence

from catalogkit.serving.journal import Journal
from catalogkit.serving.state import Condition, Event, Receipt, Recent, StateError, moment


class Memory:
    """Events by user, each id once. Not safe for threads: its owner holds a lock."""

    def __init__(self, events: Sequence[Event] = ()) -> None:
        self._seen: set[str] = set()
        self._users: dict[str, list[Event]] = {}
        self.take(self.new(events))

    def __len__(self) -> int:
        return len(self._seen)

    def new(self, events: Sequence[Event]) -> list[Event]:
        """Return the events whose ids are not known, each once."""
        fresh: dict[str, Event] = {}
        for event in events:
            if event.id not in self._seen:
                fresh.setdefault(event.id, event)
        return list(fresh.values())

    def take(self, events: Sequence[Event]) -> int:
        """Take in events that are new; return how many are older than one of the same user."""
        late = 0
        for event in events:
            known = self._users.setdefault(event.user, [])
            late += bool(known) and event.time < known[-1].time
            insort(known, event, key=moment)
            self._seen.add(event.id)
        return late

    def of(self, user: str) -> tuple[Event, ...]:
        """Return a user's events by time."""
        return tuple(self._users.get(user, ()))


class InProcess:
    """State of one worker: in memory, and in a journal before an event is acknowledged."""

    def __init__(self, journal: Journal) -> None:
        self._journal, self._lock = journal, threading.Lock()
        self._memory = Memory(journal.events)
        self._failed = False

    def __len__(self) -> int:
        return len(self._memory)

    def add(self, events: Sequence[Event]) -> Receipt:
        """Write what is new to the journal, then remember it. Raises StateError."""
        with self._lock:
            new = self._memory.new(events)
            try:
                if new:
                    self._journal.append(new)
            except StateError:
                self._failed = True
                raise
            self._failed = False
            late = self._memory.take(new)
        return Receipt(len(new), len(events) - len(new), late)

    def recent(self, user: str) -> Recent:
        """Return the events of a user."""
        with self._lock:
            return Recent(self._memory.of(user))

    def condition(self) -> Condition:
        """Degraded means here that the last events could not be kept."""
        return Condition(self._failed)

    def close(self) -> None:
        """Let go of the journal."""
        self._journal.close()
