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
from catalogkit.evaluation.diversity import (
    category_entropy,
    coverage,
    exposure,
    gini,
    intra_list_distance,
    lorenz,
    novelty,
)
from catalogkit.evaluation.groups import by_group
from catalogkit.evaluation.intervals import (
    Interval,
    bootstrap,
    bootstrap_quantile,
    bootstrap_ratio,
    bootstrap_statistic,
    paired_bootstrap,
)
from catalogkit.evaluation.probabilities import weighted_auc, weighted_calibration_error
from catalogkit.evaluation.ranking import Judged, auc, judge

__all__ = [
    "HierarchicalScores",
    "Interval",
    "Judged",
    "ReliabilityCurve",
    "auc",
    "bootstrap",
    "bootstrap_quantile",
    "bootstrap_ratio",
    "bootstrap_statistic",
    "by_group",
    "category_entropy",
    "coverage",
    "expected_calibration_error",
    "exposure",
    "gini",
    "hierarchical_scores",
    "intra_list_distance",
    "judge",
    "lorenz",
    "macro_f1",
    "novelty",
    "paired_bootstrap",
    "reliability_curve",
    "weighted_auc",
    "weighted_calibration_error",
    "weighted_hierarchical_f1",
    "weighted_macro_f1",
]
