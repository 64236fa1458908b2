"""State in a real Redis, which is killed, stopped and started again under load."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogkit.datasets.errors import DataError
from catalogkit.serving.journal import Journal, first_free
from catalogkit.serving.redis_state import Shared, connected
from catalogkit.serving.state import Receipt
from tests.serving.conftest import RedisServer, event, until


@pytest.fixture
def shared(redis: RedisServer, tmp_path: Path) -> Iterator[Shared]:
    """State of one worker."""
    state = Shared(connected(redis.url), first_free(tmp_path))
    yield state
    state.close()


def other_worker(redis: RedisServer, directory: Path) -> Shared:
    """State of a second worker of the same service."""
    return Shared(connected(redis.url), first_free(directory))


def test_workers_count_an_event_once(shared: Shared, redis: RedisServer, tmp_path: Path) -> None:
    """Delivered to two workers, it is one event, which both see."""
    second = other_worker(redis, tmp_path)
    assert shared.add([event(1), event(2), event(1)]) == Receipt(2, duplicates=1)
    assert second.add([event(2), event(3, time=1)]) == Receipt(1, duplicates=1, late=1)
    assert [each.id for each in shared.recent("u1").events] == ["e1", "e3", "e2"]
    assert len(second) == 3
    second.close()


def test_redis_killed_under_load_loses_nothing(shared: Shared, redis: RedisServer) -> None:
    """Events go on being accepted while it is dead, and are in it once it is back, each once."""
    accepted: list[Receipt] = []

    def deliver(start: int) -> None:
        events = (event(n % 500, user=f"u{n % 7}") for n in range(start, start + 300))
        accepted.extend(shared.add([each]) for each in events)

    threads = [threading.Thread(target=deliver, args=(start,)) for start in (0, 150, 300)]
    for thread in threads:
        thread.start()
    until(lambda: len(accepted) > 100)
    redis.kill()
    for thread in threads:
        thread.join()
    assert len(accepted) == 900
    assert shared.condition().degraded
    redis.start()
    until(lambda: not shared.condition().degraded)
    assert shared.condition().waiting == 0
    assert len(shared) == 500
    assert sum(len(shared.recent(f"u{n}").events) for n in range(7)) == 500


def test_a_redis_that_does_not_answer_counts_as_down(shared: Shared, redis: RedisServer) -> None:
    """Stopped, it costs one short wait; then answers are as last known, and events are kept."""
    shared.add([event(1)])
    redis.pause()
    receipt = shared.add([event(2)])
    known, degraded = shared.recent("u1")
    assert receipt == Receipt(1, degraded=True)
    assert (len(known), degraded) == (2, True)
    assert shared.condition().waiting == 1
    redis.go_on()
    until(lambda: not shared.condition().degraded)
    assert len(shared) == 2


def test_an_event_whose_fate_is_unknown_counts_once(shared: Shared, redis: RedisServer) -> None:
    """What was sent before the timeout may be carried out later; it is in the journal, too."""
    redis.pause()
    shared.add([event(1)])
    assert shared.add([event(1)]).duplicates == 1
    redis.go_on()
    until(lambda: not shared.condition().degraded)
    assert shared.add([event(1)]) == Receipt(0, duplicates=1)
    assert len(shared) == 1


def test_a_worker_that_dies_while_redis_is_down_loses_nothing(
    redis: RedisServer, tmp_path: Path
) -> None:
    """Its journal is taken up by the worker that starts in its place."""
    dying = other_worker(redis, tmp_path)
    redis.kill()
    assert dying.add([event(1), event(2)]).degraded
    dying.close()
    redis.start()
    again = other_worker(redis, tmp_path)
    assert len(again) == 2
    again.close()


def test_a_service_starts_while_redis_is_down(redis: RedisServer, tmp_path: Path) -> None:
    """It is degraded until Redis is there."""
    redis.kill()
    state = other_worker(redis, tmp_path)
    assert state.recent("u1") == ((), True)
    assert state.add([event(1)]).degraded
    redis.start()
    until(lambda: not state.condition().degraded)
    assert len(state) == 1
    state.close()


def test_a_redis_that_forgets_is_refused(redis: RedisServer, tmp_path: Path) -> None:
    """Without appendonly a restart loses what was acknowledged; started so later, it is down."""
    state = other_worker(redis, tmp_path)
    redis.kill()
    state.add([event(1)])
    redis.start("--appendonly", "no")
    with pytest.raises(DataError, match="set appendonly yes"):
        Shared(connected(redis.url), Journal(tmp_path / "j"))
    assert state.condition().degraded
    state.close()


def test_a_redis_that_answers_before_it_writes_is_refused(
    redis: RedisServer, tmp_path: Path
) -> None:
    """Syncing every second it puts writes off while the disk is busy, and a kill loses them."""
    redis.kill()
    redis.start("--appendfsync", "everysec")
    with pytest.raises(DataError, match="set appendfsync always"):
        Shared(connected(redis.url), Journal(tmp_path / "j"))


def test_a_restarted_redis_still_knows(shared: Shared, redis: RedisServer) -> None:
    """What it acknowledged is in its file."""
    shared.add([event(n) for n in range(1, 1001)])
    redis.kill()
    redis.start()
    until(lambda: len(connected(redis.url).keys()) == 2)
    assert len(shared.recent("u1").events) == len(shared) == 1000
