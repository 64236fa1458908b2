"""When to wake somebody: rules for Prometheus, and the same rules between two looks at /metrics."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

Samples = Mapping[tuple[str, tuple[tuple[str, str], ...]], float]


@dataclass(frozen=True)
class Series:
    """Samples of one name. labels: regular expressions that values match as a whole."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def promql(self) -> str:
        """Write a selector."""
        inside = ",".join(f'{label}=~"{value}"' for label, value in self.labels.items())
        return f"{self.name}{{{inside}}}" if inside else self.name

    def values(self, samples: Samples) -> list[float]:
        """Return the samples that match."""
        return [
            value
            for (name, labels), value in samples.items()
            if name == self.name
            and all(re.fullmatch(self.labels[k], dict(labels).get(k, "")) for k in self.labels)
        ]


@dataclass(frozen=True)
class Rule:
    """An alert fires where a number is above a limit.

    The number is the largest value of a gauge; or with `of`, the share of one counter's growth in
    another's; or with `grows`, a counter's growth.
    """

    name: str
    says: str
    series: Series
    above: float
    of: Series | None = None
    grows: bool = False

    def promql(self, window: str = "5m") -> str:
        """Write the rule as Prometheus evaluates it."""
        if not (self.of or self.grows):
            return f"max({self.series.promql()}) > {self.above:g}"
        growth = f"sum(increase({self.series.promql()}[{window}]))"
        if self.of:
            growth += f" / sum(increase({self.of.promql()}[{window}]))"
        return f"{growth} > {self.above:g}"

    def fires(self, before: Samples, now: Samples) -> bool:
        """Evaluate between two looks; a counter that shrank was started anew."""
        if not (self.of or self.grows):
            return max(self.series.values(now), default=0.0) > self.above
        growth = _growth(self.series, before, now)
        whole = _growth(self.of, before, now) if self.of else 1.0
        return whole > 0 and growth / whole > self.above


_ALL = Series("catalogkit_requests_total")
RULES = (
    Rule("StateOutOfReach", "Answers are as last known, or events cannot be kept.",
         Series("catalogkit_degraded"), 0),
    Rule("EventsRefused", "Events could not be kept; their senders must try again.",
         Series("catalogkit_events_total", {"outcome": "refused"}), 0, grows=True),
    Rule("ServerErrors", "More than 1 % of answers are errors of the service.",
         Series("catalogkit_requests_total", {"status": "5.."}), 0.01, of=_ALL),
    Rule("SlowAnswers", "More than 1 % of answers took longer than 0.1 s.",
         Series("catalogkit_slow_requests_total"), 0.01, of=_ALL),
    Rule("KeysRefused", "More than 10 % of calls have no key, or a wrong one.",
         Series("catalogkit_requests_total", {"status": "401|403"}), 0.1, of=_ALL),
    Rule("TooManyRequests", "More than 10 % of calls exceed what a key may ask.",
         Series("catalogkit_requests_total", {"status": "429"}), 0.1, of=_ALL),
)  # fmt: skip


def read_samples(exposition: str) -> Samples:
    """Read what /metrics answers."""
    from prometheus_client.parser import text_string_to_metric_families

    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
    }


def firing(before: Samples, now: Samples | None) -> list[str]:
    """Name the alerts that fire between two looks; None: the service did not answer."""
    if now is None:
        return ["ServiceDown"]
    return [rule.name for rule in RULES if rule.fires(before, now)]


def rule_file() -> str:
    """Write the rules as a Prometheus rule file; the job is called catalogkit."""
    down = {
        "alert": "ServiceDown",
        "expr": 'up{job="catalogkit"} == 0',
        "annotations": {"summary": "The service does not answer."},
    }
    rules: list[dict[str, Any]] = [down]
    for rule in RULES:
        about = {"summary": rule.says}
        rules.append({"alert": rule.name, "expr": rule.promql(), "annotations": about})
    groups = [{"name": "catalogkit", "rules": rules}]
    return yaml.safe_dump({"groups": groups}, sort_keys=False, allow_unicode=True)


def _growth(series: Series, before: Samples, now: Samples) -> float:
    first, last = sum(series.values(before)), sum(series.values(now))
    return last - first if last >= first else last
