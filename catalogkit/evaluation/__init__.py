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
from catalogkit.evaluation.fairness import (
    Gap,
    activity_strata,
    coverage_by_users,
    exposure_by_group,
    exposure_gap,
    user_gap,
)
from catalogkit.evaluation.groups import by_group
from catalogkit.evaluation.hypervolume import hypervolume
from catalogkit.evaluation.intervals import (
    Interval,
    bootstrap,
    bootstrap_quantile,
    bootstrap_ratio,
    bootstrap_statistic,
    paired_bootstrap,
)
from catalogkit.evaluation.probabilities import (
    weighted_auc,
    weighted_calibration_error,
    weighted_rmse,
)
from catalogkit.evaluation.ranking import Judged, auc, judge

__all__ = [
    "Gap",
    "HierarchicalScores",
    "Interval",
    "Judged",
    "ReliabilityCurve",
    "activity_strata",
    "auc",
    "bootstrap",
    "bootstrap_quantile",
    "bootstrap_ratio",
    "bootstrap_statistic",
    "by_group",
    "category_entropy",
    "coverage",
    "coverage_by_users",
    "expected_calibration_error",
    "exposure",
    "exposure_by_group",
    "exposure_gap",
    "gini",
    "hierarchical_scores",
    "hypervolume",
    "intra_list_distance",
    "judge",
    "lorenz",
    "macro_f1",
    "novelty",
    "paired_bootstrap",
    "reliability_curve",
    "user_gap",
    "weighted_auc",
    "weighted_calibration_error",
    "weighted_hierarchical_f1",
    "weighted_macro_f1",
    "weighted_rmse",
]
