"""Metrics: what Prometheus reads."""

from __future__ import annotations

from catalogkit.serving.alerts import read_samples
from catalogkit.serving.metrics import Metrics
from catalogkit.serving.state import Condition, Receipt


def test_answers_are_counted_and_timed_by_route() -> None:
    """Three answers, one of them slow and one refused."""
    metrics = Metrics()
    for status, seconds in ((200, 0.02), (200, 0.2), (404, 0.001)):
        metrics.answered("/search", status, seconds)
    known = read_samples(metrics.exposition().decode())
    search = ("route", "/search")
    assert known["catalogkit_requests_total", (search, ("status", "200"))] == 2
    assert known["catalogkit_slow_requests_total", (search,)] == 1
    assert known["catalogkit_request_seconds_bucket", (("le", "0.025"), search)] == 2


def test_events_and_the_state_are_told() -> None:
    """By what became of them; age in seconds."""
    metrics = Metrics()
    metrics.kept(Receipt(5, duplicates=2, late=1))
    metrics.refused(3)
    metrics.condition(Condition(degraded=True, age=7.5, waiting=4))
    known = read_samples(metrics.exposition().decode())
    outcomes = ("accepted", "duplicate", "late", "refused")
    counted = [known["catalogkit_events_total", (("outcome", each),)] for each in outcomes]
    assert counted == [5, 2, 1, 3]
    gauges = ("catalogkit_degraded", "catalogkit_state_age_seconds", "catalogkit_events_waiting")
    assert [known[gauge, ()] for gauge in gauges] == [1, 7.5, 4]
