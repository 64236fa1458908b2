"""What several models say of the same candidates: the table that a fused score is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogkit.datasets.search_task import SearchTask
from catalogkit.evaluation.ranking import judge
from catalogkit.ranking import Ranking
from catalogkit.search.cross_encoder import rerank
from catalogkit.search.fusion import blend_scores
from catalogkit.search.learning_to_rank import grades_of

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Evidence:
    """Candidates of q queries and what is known of each; make it with `gather_evidence`.

    candidates: k a query; features: by name, float32[q, k], of no meaning at pads.
    """

    task: SearchTask
    candidates: Ranking
    features: Mapping[str, Floats]

    @property
    def grades(self) -> Floats:
        """How well each candidate answers, float32[q, k], 0 at pads."""
        return grades_of(self.candidates, self.task.grades)

    def table(self, columns: Sequence[str]) -> Floats:
        """Lay some features beside each other, float32[q, k, f]. Raises KeyError."""
        return np.stack([self.features[name] for name in columns], axis=-1)

    def recall(self) -> npt.NDArray[np.float64]:
        """Share of what is relevant that is among the candidates, float64[q]."""
        return judge(self.candidates, self.task.grades).recall()

    def ndcg(self, scores: npt.ArrayLike, at: int = 10) -> npt.NDArray[np.float64]:
        """Judge the first `at` candidates in the order of scores [q, k], float64[q].

        Of equal scores the one proposed earlier comes first. Raises ValueError for at above k.
        """
        return judge(rerank(self.candidates, scores), self.task.grades).ndcg(at)


def gather_evidence(
    task: SearchTask,
    tables: Mapping[str, npt.ArrayLike],
    *,
    by: Sequence[str],
    depth: int = 50,
    closed: npt.NDArray[np.bool_] | None = None,
) -> Evidence:
    """Take the best `depth` documents of each query as candidates, and look all scores up.

    tables: scores [q, d] by name; by: the names whose sum, each scaled to reach from 0 to 1 a
    query, proposes candidates; closed: bool[q, d], documents that cannot be candidates.
    Raises KeyError for a name without a table, ValueError for shapes that do not fit.
    """
    proposed = blend_scores([tables[name] for name in by], [1.0] * len(by))
    if closed is not None:
        if closed.shape != proposed.shape:
            raise ValueError(f"closed is {closed.shape}, scores are {proposed.shape}")
        proposed[closed] = -np.inf
    if proposed.shape != task.grades.shape:
        raise ValueError(f"scores are {proposed.shape}, the task is {task.grades.shape}")
    candidates = Ranking.from_scores(proposed, depth)
    at = candidates.items.clip(0)
    features = {
        name: np.take_along_axis(np.asarray(table, np.float32), at, axis=1)
        for name, table in tables.items()
    }
    return Evidence(task, candidates, features)
