"""What the service counts and times, for Prometheus."""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from catalogkit.serving.state import Condition, Receipt

BUDGET = 0.1
"""Seconds after which an answer counts as slow."""
SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Names the directory through which several workers add up; set before this is imported."""
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, BUDGET, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """Latency by route, answers by status, events by what became of them, the state's condition."""

    def __init__(self) -> None:
        self._registry = here = CollectorRegistry()
        self._seconds = Histogram(
            "catalogkit_request_seconds", "Time to the answer", ["route"], buckets=_BUCKETS,
            registry=here,
        )  # fmt: skip
        self._requests = Counter(
            "catalogkit_requests", "Answers by status", ["route", "status"], registry=here
        )
        self._slow = Counter(
            "catalogkit_slow_requests", f"Answers after more than {BUDGET} s", ["route"],
            registry=here,
        )  # fmt: skip
        self._events = Counter(
            "catalogkit_events", "Events by what became of them", ["outcome"], registry=here
        )
        for outcome in ("accepted", "duplicate", "late", "refused"):
            self._events.labels(outcome)
        self._degraded = self._gauge("catalogkit_degraded", "1: answers are as last known")
        self._age = self._gauge("catalogkit_state_age_seconds", "Since the state was heard from")
        self._waiting = self._gauge("catalogkit_events_waiting", "Events not yet in the state")

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._seconds.labels(route).observe(seconds)
        self._requests.labels(route, status).inc()
        if seconds > BUDGET:
            self._slow.labels(route).inc()

    def kept(self, receipt: Receipt) -> None:
        """Count the events of a receipt."""
        self._events.labels("accepted").inc(receipt.accepted)
        self._events.labels("duplicate").inc(receipt.duplicates)
        self._events.labels("late").inc(receipt.late)

    def refused(self, events: int) -> None:
        """Count events that could not be kept."""
        self._events.labels("refused").inc(events)

    def condition(self, now: Condition) -> None:
        """Set the gauges."""
        self._degraded.set(now.degraded)
        self._age.set(now.age)
        self._waiting.set(now.waiting)

    def exposition(self) -> bytes:
        """Write all of it as Prometheus reads it, of all workers where they share a directory."""
        if SHARED not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)
        return generate_latest(together)

    def close(self) -> None:
        """Let a worker that ends no longer count among those that live."""
        if SHARED in os.environ:
            mark_process_dead(os.getpid())

    def _gauge(self, name: str, about: str) -> Gauge:
        return Gauge(name, about, registry=self._registry, multiprocess_mode="livemax")
