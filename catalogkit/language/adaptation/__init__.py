"""Adapt a pretrained encoder: few weights that train, a head that starts well, more pretraining.

Every way here changes what `catalogkit.language.training.train` will move, and leaves the training
to it.
"""

from catalogkit.language.adaptation.bottleneck import bottleneck
from catalogkit.language.adaptation.heads import start_from_centres
from catalogkit.language.adaptation.low_rank import lora, merged
from catalogkit.language.adaptation.masked import MaskedTexts, pretrain_masked
from catalogkit.language.adaptation.prefixes import prefix
from catalogkit.language.adaptation.remembered import Remembered
from catalogkit.language.adaptation.saving import load_trained, save_trained, trained_weights

__all__ = [
    "MaskedTexts",
    "Remembered",
    "bottleneck",
    "load_trained",
    "lora",
    "merged",
    "prefix",
    "pretrain_masked",
    "save_trained",
    "start_from_centres",
    "trained_weights",
]
