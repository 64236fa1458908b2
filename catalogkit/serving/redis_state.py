"""State that several workers share in a Redis, and what to do while it is down or slow."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from catalogkit.datasets.errors import DataError
from catalogkit.serving.in_process import Memory
from catalogkit.serving.journal import Journal
from catalogkit.serving.state import Condition, Event, Receipt, Recent, StateError

if TYPE_CHECKING:
    from redis import Redis

TIMEOUT = 0.1
"""Seconds that Redis has for an answer; then it counts as down until it answers again."""
_PAUSE = 0.2
"""Seconds between two looks whether Redis is back."""
_AT_ONCE = 500
"""Events written by one call of the script, which no other client's can interrupt."""
_ADD = """
local new, late = 0, 0
for i = 1, #ARGV, 4 do
  if redis.call('SISMEMBER', KEYS[1], ARGV[i]) == 0 then
    local user = KEYS[2] .. ARGV[i + 1]
    local last = redis.call('ZREVRANGE', user, 0, 0, 'WITHSCORES')
    if last[2] and tonumber(ARGV[i + 2]) < tonumber(last[2]) then late = late + 1 end
    redis.call('ZADD', user, ARGV[i + 2], ARGV[i + 3])
    redis.call('SADD', KEYS[1], ARGV[i])
    new = new + 1
  end
end
return {new, late}
"""
"""ARGV: id, user, time and the event as JSON, of each event. KEYS: the ids; where users begin."""


def connected(url: str) -> Redis:
    """Return a client with short timeouts and no retries of its own; nothing is sent yet."""
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    client: Redis = Redis.from_url(
        url,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )
    return client


class Shared:
    """State in Redis: written there, or while it is out of reach to this worker's journal.

    Every event is written by one script that looks at its id first, so redelivery, to any worker,
    before or after an outage, counts once. What the journal holds is written to Redis when it is
    back. Until then answers stand on what this worker has heard of. A Redis that may lose what it
    has acknowledged (without appendonly and appendfsync always, or evicting) raises DataError at
    the start and counts as down later. Not for a cluster: the script finds the keys of users
    itself.
    """

    def __init__(self, redis: Redis, journal: Journal, *, prefix: str = "catalogkit") -> None:
        self._redis, self._journal = redis, journal
        self._keys = (f"{prefix}:ids", f"{prefix}:user:")
        self._script = redis.register_script(_ADD)
        self._lock, self._closing = threading.Lock(), threading.Event()
        self._known, self._waiting = Memory(journal.events), list(journal.events)
        self._down, self._heard = True, time.monotonic()
        with suppress(*_errors()):
            self._heal()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def __len__(self) -> int:
        return int(self._redis.scard(self._keys[0]))

    def add(self, events: Sequence[Event]) -> Receipt:
        """Write events to Redis, or else to the journal. Raises StateError when neither takes them.

        After a timeout nobody knows whether Redis has them, so they are written to the journal too.
        """
        if not self._down:
            try:
                receipt = self._written(events)
            except _errors():
                self._down = True
            else:
                with self._lock:
                    self._known.take(self._known.new(events))
                return receipt
        with self._lock:
            new = self._known.new(events)
            if new:
                self._journal.append(new)
                self._waiting += new
            late = self._known.take(new)
        return Receipt(len(new), len(events) - len(new), late, degraded=True)

    def recent(self, user: str) -> Recent:
        """Return the events of a user, as of now or as last known."""
        found: list[Event] = []
        if not self._down:
            try:
                found = [_event(each) for each in self._heard_of(user)]
            except _errors():
                self._down = True
        with self._lock:
            self._known.take(self._known.new(found))
            return Recent(self._known.of(user), self._down)

    def condition(self) -> Condition:
        """Say whether Redis answers, how long ago it last did, and how many events wait for it."""
        age = time.monotonic() - self._heard if self._down else 0.0
        return Condition(self._down, age, len(self._waiting))

    def close(self) -> None:
        """Write to Redis what waits, if that is possible now; the journal keeps the rest."""
        self._closing.set()
        self._watcher.join()
        if self._waiting:
            with suppress(*_errors(), DataError, StateError):
                self._heal()
        self._redis.close()
        self._journal.close()

    def _heard_of(self, user: str) -> list[str]:
        found: Any = self._redis.zrange(self._keys[1] + user, 0, -1)
        self._heard = time.monotonic()
        return list(found)

    def _written(self, events: Sequence[Event]) -> Receipt:
        """Run the script over events, some at a time."""
        receipt = Receipt(0)
        for start in range(0, len(events), _AT_ONCE):
            part = events[start : start + _AT_ONCE]
            given = [x for e in part for x in (e.id, e.user, e.time, json.dumps(e))]
            new, late = self._script(self._keys, given)
            receipt += Receipt(new, len(part) - new, late)
        self._heard = time.monotonic()
        return receipt

    def _watch(self) -> None:
        while not self._closing.wait(_PAUSE):
            if self._down or self._waiting:
                with suppress(*_errors(), DataError, StateError):
                    self._heal()

    def _heal(self) -> None:
        """See whether Redis is there and keeps what it takes, and write to it what waits."""
        _check(self._redis)
        self._drain()

    def _drain(self) -> None:
        """Write what waits; only when nothing does, Redis counts as up and the journal is empty."""
        done = 0
        while True:
            with self._lock:
                part = self._waiting[done : done + _AT_ONCE]
                if not part:
                    if done:
                        self._journal.clear()
                    self._waiting, self._down = [], False
                    self._heard = time.monotonic()
                    return
            self._written(part)
            done += len(part)


def _errors() -> tuple[type[Exception], ...]:
    """Return what a Redis that is down, slow, loading or full raises."""
    from redis.exceptions import ConnectionError as Lost
    from redis.exceptions import ResponseError
    from redis.exceptions import TimeoutError as Slow

    return Lost, Slow, ResponseError


def _check(redis: Redis) -> None:
    """Raise DataError for a Redis that may lose what it has acknowledged, if it lets us look."""
    from redis.exceptions import AuthenticationError, ResponseError

    try:
        redis.ping()
        found: dict[Any, Any] = {}
        for setting in ("appendonly", "appendfsync", "maxmemory", "maxmemory-policy"):
            found |= redis.config_get(setting)  # before Redis 7 one at a time
    except AuthenticationError:
        raise DataError("REDIS_URL: Redis refuses this user or password.") from None
    except ResponseError:  # managed services forbid the question
        return
    if found["appendonly"] != "yes":
        raise DataError("REDIS_URL: this Redis forgets at a restart: set appendonly yes.")
    if found["appendfsync"] != "always":
        raise DataError(
            "REDIS_URL: this Redis answers before it has written: set appendfsync always."
        )
    if found["maxmemory"] != "0" and found["maxmemory-policy"] != "noeviction":
        raise DataError("REDIS_URL: this Redis evicts keys: set maxmemory-policy noeviction.")


def _event(text: str) -> Event:
    return Event(*json.loads(text))
