"""How much may be asked: of one request, and of one key in a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a request may ask for.

    body: bytes; rate: requests a second of one key and worker, burst: at once after a pause; k:
    products of a list; events, texts: of one request.
    """

    body: int = 2**21
    rate: float = 1000.0
    burst: int = 2000
    k: int = 100
    events: int = 10_000
    texts: int = 256


class Buckets:
    """A token bucket for each key, filled by a clock that never goes backwards.

    clock: seconds; the wall clock would let a key starve when it is set back.
    """

    def __init__(
        self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._levels: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait(self, owner: str) -> float:
        """Take a token and return 0, or return the seconds until there is one."""
        with self._lock:
            now = self._clock()
            level, before = self._levels.get(owner, (float(self._burst), now))
            level = min(self._burst, level + max(0.0, now - before) * self._rate)
            taken = level >= 1
            self._levels[owner] = (level - taken, now)
        return 0.0 if taken else (1 - level) / self._rate
