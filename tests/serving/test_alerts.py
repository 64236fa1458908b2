"""Alerts fire on what they are for, and only then."""

from __future__ import annotations

import pytest
import yaml

from catalogkit.serving.alerts import RULES, Rule, Series, firing, read_samples, rule_file
from catalogkit.serving.metrics import Metrics
from catalogkit.serving.state import Condition, Receipt


def look(metrics: Metrics) -> dict:
    """Read metrics as a scrape does."""
    return read_samples(metrics.exposition().decode())


@pytest.fixture
def metrics() -> Metrics:
    """Count a hundred good answers."""
    metrics = Metrics()
    for _ in range(100):
        metrics.answered("/search", 200, 0.01)
    return metrics


def test_a_quiet_service_raises_no_alert(metrics: Metrics) -> None:
    """Good answers and kept events."""
    before = look(metrics)
    metrics.answered("/search", 200, 0.01)
    metrics.kept(Receipt(5, 2, 1))
    metrics.condition(Condition())
    assert firing(before, look(metrics)) == []


@pytest.mark.parametrize(
    ("status", "seconds", "alert"),
    [
        (500, 0.01, "ServerErrors"),
        (200, 0.3, "SlowAnswers"),
        (403, 0.01, "KeysRefused"),
        (401, 0.01, "KeysRefused"),
        (429, 0.01, "TooManyRequests"),
    ],
)
def test_bad_answers_raise_their_alert(
    metrics: Metrics, status: int, seconds: float, alert: str
) -> None:
    """A fifth of the answers since the last look are bad in one way."""
    before = look(metrics)
    for each in range(50):
        metrics.answered("/search", *((status, seconds) if each < 10 else (200, 0.01)))
    assert firing(before, look(metrics)) == [alert]


def test_a_state_out_of_reach_and_lost_events_raise_alerts(metrics: Metrics) -> None:
    """Both at once, as with a full disk."""
    before = look(metrics)
    metrics.condition(Condition(degraded=True, age=3))
    metrics.refused(4)
    assert firing(before, look(metrics)) == ["StateOutOfReach", "EventsRefused"]


def test_an_old_fault_is_forgotten(metrics: Metrics) -> None:
    """Errors before the first look raise nothing after it."""
    metrics.answered("/search", 500, 0.01)
    before = look(metrics)
    for _ in range(10):
        metrics.answered("/search", 200, 0.01)
    assert firing(before, look(metrics)) == []


def test_no_answer_is_an_alert(metrics: Metrics) -> None:
    """Whoever looks sees nothing."""
    assert firing(look(metrics), None) == ["ServiceDown"]


def test_a_counter_that_began_anew_is_not_negative() -> None:
    """A restart between two looks: what was counted since is the growth."""
    rule = Rule("R", "", Series("a_total"), 2, grows=True)
    assert not rule.fires({("a_total", ()): 9.0}, {("a_total", ()): 1.0})
    assert rule.fires({("a_total", ()): 9.0}, {("a_total", ()): 3.0})


def test_prometheus_gets_the_same_rules() -> None:
    """One alert for each rule, and one for no answer at all."""
    [group] = yaml.safe_load(rule_file())["groups"]
    written = {rule["alert"]: rule["expr"] for rule in group["rules"]}
    assert list(written) == ["ServiceDown", *(rule.name for rule in RULES)]
    assert written["StateOutOfReach"] == "max(catalogkit_degraded) > 0"
    assert written["ServerErrors"] == (
        'sum(increase(catalogkit_requests_total{status=~"5.."}[5m])) / '
        "sum(increase(catalogkit_requests_total[5m])) > 0.01"
    )
