"""Measure: classification, rankings, diversity, and how sure we are."""

from catalogkit.evaluation.groups import by_group
from catalogkit.evaluation.intervals import (
    Interval,
    bootstrap,
    bootstrap_statistic,
    paired_bootstrap,
)

__all__ = ["Interval", "bootstrap", "bootstrap_statistic", "by_group", "paired_bootstrap"]
