"""Say what a private training promises each example, and the noise that the promise takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class PrivateSettings:
    """How to train privately; the defaults suit a linear head on unit vectors.

    epochs: expected passes over the examples; batch_size: expected examples a step (large ones
    drown the noise); learning_rate: of Adam; clip: largest norm of one example's gradient;
    at_once: examples whose gradients are held in memory together; seed: of sampling, dropout and
    noise. The promise holds against those who do not know the seed.
    Raises ValueError on values that make no sense.
    """

    epochs: float = 20.0
    batch_size: int = 1024
    learning_rate: float = 0.05
    clip: float = 1.0
    at_once: int = 1024
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "learning_rate", "clip", "at_once"):
            value = getattr(self, name)
            if not 0 < value < math.inf:
                raise ValueError(f"{name} must be above 0 and finite, got {value!r}")


@dataclass(frozen=True)
class Guarantee:
    """The promise to each example: its presence changes no outcome's odds by more than e**epsilon.

    delta: the chance with which the promise may fail; noise: standard deviation of what is added
    to a step's sum of gradients, in units of clip; clip: largest norm of one example's gradient;
    sampling: chance of an example to take part in a step; steps: how many there are.
    Neighbouring data differ by one example added or removed.
    """

    epsilon: float
    delta: float
    noise: float
    clip: float
    sampling: float
    steps: int


def plan(n: int, *, epsilon: float, delta: float, settings: PrivateSettings) -> Guarantee:
    """Find the least noise (to 0.01 of epsilon) that keeps n examples within epsilon at delta.

    The epsilon returned is the accountant's, at most the one asked for. Raises ValueError when
    delta is not below 1 / n: publishing one example outright would then count as private.
    Source: Abadi et al. 2016, sections 3 and 4; Mironov 2017 (Renyi accountant of opacus).
    """
    if not 0 < epsilon < math.inf:
        raise ValueError(f"epsilon must be above 0 and finite, got {epsilon!r}")
    if n < 1 or not 0 < delta < 1 / n:
        raise ValueError(f"delta={delta!r} must be above 0 and below 1 / n, for n={n} examples")
    sampling = min(1.0, settings.batch_size / n)
    steps = math.ceil(settings.epochs / sampling)
    noise, spent = _noise(epsilon, delta, sampling, steps)
    return Guarantee(spent, delta, noise, settings.clip, sampling, steps)


@lru_cache
def _noise(epsilon: float, delta: float, sampling: float, steps: int) -> tuple[float, float]:
    """Ask opacus for the noise multiplier, and what epsilon it comes to."""
    from opacus.accountants import RDPAccountant
    from opacus.accountants.utils import get_noise_multiplier

    orders = [*RDPAccountant.DEFAULT_ALPHAS, *(2**power for power in range(6, 11))]
    noise = get_noise_multiplier(
        target_epsilon=epsilon,
        target_delta=delta,
        sample_rate=sampling,
        steps=steps,
        epsilon_tolerance=min(0.01, epsilon / 100),
        alphas=orders,  # opacus's own end at 63: too few for small epsilons
    )
    accountant = RDPAccountant()
    accountant.history = [(noise, sampling, steps)]
    return float(noise), float(accountant.get_epsilon(delta, alphas=orders))
