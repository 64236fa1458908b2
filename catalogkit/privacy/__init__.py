"""Train without giving the training texts away, and attack a model to see what it gives away."""

from catalogkit.privacy.guarantee import Guarantee, PrivateSettings, plan
from catalogkit.privacy.membership import (
    calibrated_scores,
    example_losses,
    membership_auc,
    weighted_auc,
)
from catalogkit.privacy.training import VectorExamples, linear_head, train_privately

__all__ = [
    "Guarantee",
    "PrivateSettings",
    "VectorExamples",
    "calibrated_scores",
    "example_losses",
    "linear_head",
    "membership_auc",
    "plan",
    "train_privately",
    "weighted_auc",
]
