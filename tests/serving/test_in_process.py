"""State in one process: every event counts once, in its own time, and survives a crash."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogkit.serving.in_process import InProcess, Memory
from catalogkit.serving.journal import Journal
from catalogkit.serving.state import Event, Receipt, StateError
from tests.serving.conftest import event


def test_a_redelivered_event_counts_once(state: InProcess) -> None:
    """The same id again, within a batch or later, is a duplicate."""
    assert state.add([event(1), event(2), event(1)]) == Receipt(2, duplicates=1)
    assert state.add([event(2), event(3)]) == Receipt(1, duplicates=1)
    assert len(state) == 3


def test_the_first_delivery_of_an_id_stands(state: InProcess) -> None:
    """An id that comes again with other contents changes nothing."""
    state.add([event(1, product="p02"), event(1, product="p04")])
    assert [each.product for each in state.recent("u1").events] == ["p02"]


def test_events_are_ordered_by_their_own_time(state: InProcess) -> None:
    """A clock that goes backwards makes an event late; it is kept, in its place."""
    receipt = state.add([event(1, time=50), event(2, time=20), event(3, time=60)])
    assert receipt == Receipt(3, late=1)
    assert [each.id for each in state.recent("u1").events] == ["e2", "e1", "e3"]


def test_another_users_clock_makes_nobody_late(state: InProcess) -> None:
    """Lateness is a user's own."""
    assert state.add([event(1, time=50), event(2, user="u2", time=20)]).late == 0


def test_a_crash_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """A process that ends without closing anything: the next one has every event, once."""
    crashed = InProcess(Journal(tmp_path / "j"))
    crashed.add([event(1), event(2)])
    crashed._journal.close()  # what the system does for a process that dies
    again = InProcess(Journal(tmp_path / "j"))
    assert again.add([event(2), event(3)]) == Receipt(1, duplicates=1)
    assert len(again.recent("u1").events) == 3
    again.close()


def test_what_cannot_be_kept_is_not_remembered(
    state: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused once, an event is new when it is sent again; meanwhile the state is degraded."""

    def refuse(events: object) -> None:
        raise StateError("full")

    monkeypatch.setattr(state._journal, "append", refuse)
    with pytest.raises(StateError):
        state.add([event(1)])
    assert state.condition().degraded
    assert state.recent("u1").events == ()
    monkeypatch.undo()
    assert state.add([event(1)]).accepted == 1
    assert not state.condition().degraded


def test_a_hundred_thousand_events_with_duplicates_are_counted_exactly(tmp_path: Path) -> None:
    """Four threads deliver 40,000 different events two or three times over, in any order."""
    state = InProcess(Journal(tmp_path / "j"))
    numbers = np.random.default_rng(0).permutation(np.arange(100_000) % 40_000)
    parts = [
        [event(n, user=f"u{n % 97}") for n in part.tolist()] for part in np.split(numbers, 100)
    ]
    receipts: list[Receipt] = []

    def deliver(own: list[list[Event]]) -> None:
        receipts.extend(state.add(part) for part in own)

    threads = [threading.Thread(target=deliver, args=(parts[i::4],)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = sum(receipts, Receipt(0))
    assert (total.accepted, total.duplicates) == (40_000, 60_000)
    state.close()
    again = InProcess(Journal(tmp_path / "j"))
    assert sum(len(again.recent(f"u{i}").events) for i in range(97)) == len(again) == 40_000
    again.close()


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5)), max_size=40))
def test_the_order_of_delivery_does_not_matter(numbers: list[tuple[int, int]]) -> None:
    """Whatever is delivered, and backwards, a user's events are the same."""
    events = [Event(str(n), "u", "p", time) for n, time in dict(numbers).items()]
    assert Memory(events).of("u") == Memory(events[::-1]).of("u")
