"""All that the routes and the door need, made once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from catalogkit.datasets.errors import DataError
from catalogkit.serving.auth import Keys
from catalogkit.serving.limits import Limits
from catalogkit.serving.logs import Mask
from catalogkit.serving.metrics import Metrics
from catalogkit.serving.models import Models
from catalogkit.serving.state import State


@dataclass(frozen=True, eq=False)
class Service:
    """Models, state, keys and limits of one worker.

    state: None where there is no recommender. Raises DataError for a recommender without state.
    """

    models: Models
    keys: Keys
    state: State | None = None
    limits: Limits = field(default_factory=Limits)
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        if self.models.personal and self.state is None:
            raise DataError("a recommender takes in events: give the service a state.")

    @cached_property
    def mask(self) -> Mask:
        """What hides customers in logs."""
        return Mask(self.keys.mask)

    def close(self) -> None:
        """Let go of the state, and of this worker's metrics."""
        if self.state is not None:
            self.state.close()
        self.metrics.close()
