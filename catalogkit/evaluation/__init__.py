"""Measure: classification, rankings, diversity, and how sure we are."""

from catalogkit.evaluation.calibration import (
    ReliabilityCurve,
    expected_calibration_error,
    reliability_curve,
)
from catalogkit.evaluation.classification import (
    HierarchicalScores,
    hierarchical_scores,
    macro_f1,
    weighted_hierarchical_f1,
    weighted_macro_f1,
)
from catalogkit.evaluation.groups import by_group
from catalogkit.evaluation.intervals import (
    Interval,
    bootstrap,
    bootstrap_statistic,
    paired_bootstrap,
)

__all__ = [
    "HierarchicalScores",
    "Interval",
    "ReliabilityCurve",
    "bootstrap",
    "bootstrap_statistic",
    "by_group",
    "expected_calibration_error",
    "hierarchical_scores",
    "macro_f1",
    "paired_bootstrap",
    "reliability_curve",
    "weighted_hierarchical_f1",
    "weighted_macro_f1",
]
