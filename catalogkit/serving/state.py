"""What the service remembers of its users: the events that came after the model was fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Event(NamedTuple):
    """Somebody bought, or did, something.

    id: of the event, unique; the same id again is the same event. user, product: ids as text. time:
    milliseconds since 1970, UTC.
    """

    id: str
    user: str
    product: str
    time: int


@dataclass(frozen=True)
class Receipt:
    """What became of a batch of events, all of which are now kept.

    accepted: new ones; duplicates: known already; late: of the accepted, those older than an event
    of the same user that came before; degraded: the shared state was out of reach, so that
    duplicates may be found only later (they count once all the same).
    """

    accepted: int
    duplicates: int = 0
    late: int = 0
    degraded: bool = False

    def __add__(self, other: Receipt) -> Receipt:
        return Receipt(
            self.accepted + other.accepted,
            self.duplicates + other.duplicates,
            self.late + other.late,
            self.degraded or other.degraded,
        )


class Recent(NamedTuple):
    """A user's events, oldest first; degraded: as last known, because the state is out of reach."""

    events: tuple[Event, ...]
    degraded: bool = False


@dataclass(frozen=True)
class Condition:
    """How the state is.

    degraded: answers are as last known; age: seconds since the state was last heard from; waiting:
    events kept on this machine alone until the shared state is back.
    """

    degraded: bool = False
    age: float = 0.0
    waiting: int = 0


class StateError(RuntimeError):
    """Events cannot be kept now, and none of these were: the client keeps them and tries again."""


class State(Protocol):
    """Where events are kept and counted exactly once; safe to call from several threads."""

    def add(self, events: Sequence[Event]) -> Receipt:
        """Keep events durably before returning. Raises StateError, having kept none."""
        ...

    def recent(self, user: str) -> Recent:
        """Return the events of a user."""
        ...

    def condition(self) -> Condition:
        """Say how the state is, without waiting for anything."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def moment(event: Event) -> tuple[int, str]:
    """Sort events by their own time, whatever the order in which they arrived."""
    return event.time, event.id
