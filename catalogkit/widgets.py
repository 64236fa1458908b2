"""The book's one thing to move: relevance against variety, over lists that a chapter computed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

import numpy as np
import numpy.typing as npt

from catalogkit.ranking import Ranking

PADDING = -1


class RerankingSlider:
    """Lists of several households, to be re-ranked in the reader's browser by the book's script.

    Where that script is not (Colab, no JavaScript) the first household's list is shown as it is.

    candidates: the lists before re-ranking, items and scores [n, c]; names: text of each item;
    groups: group of each item, such as its department, [m]; relevant: the items that each
    household bought, n arrays; group: what groups are called in the plural; k: length of a list.
    Raises ValueError when the numbers of households differ.
    """

    def __init__(
        self,
        candidates: Ranking,
        names: Sequence[str],
        groups: Sequence[str],
        relevant: Sequence[npt.NDArray[np.integer]],
        *,
        group: str = "groups",
        k: int = 10,
    ) -> None:
        if len(relevant) != len(candidates.items):
            raise ValueError(
                f"relevant has {len(relevant)} households, candidates has {len(candidates.items)}"
            )
        self.k, self.group = k, group
        used = np.unique(candidates.items[candidates.items != PADDING])
        position = {int(item): i for i, item in enumerate(used)}
        kinds = sorted({groups[item] for item in used})
        self.names = [str(names[item]) for item in used]
        self.groups = kinds
        self.users = [
            self._user(row, scores, bought, position, [kinds.index(groups[i]) for i in row])
            for row, scores, bought in _rows(candidates, relevant)
        ]

    def _user(
        self,
        items: npt.NDArray[np.integer],
        scores: npt.NDArray[np.floating],
        bought: npt.NDArray[np.integer],
        position: dict[int, int],
        groups: list[int],
    ) -> dict[str, object]:
        """Return one household's list, its scores brought to 0 to 1."""
        spread = float(np.ptp(scores)) or 1.0
        return {
            "items": [position[int(item)] for item in items],
            "scores": [round(float(s), 4) for s in (scores - scores.min()) / spread],
            "groups": groups,
            "gains": [int(gain) for gain in np.isin(items, bought)],
            "relevant": len(np.unique(bought)),
        }

    def _repr_html_(self) -> str:
        """Write the data for the script, and the first list for those who have none."""
        data = {"k": self.k, "group": self.group, "names": self.names, "groups": self.groups,
                "users": self.users}  # fmt: skip
        text = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
        first = self.users[0]["items"]
        assert isinstance(first, list)  # noqa: S101 (for the type checker)
        rows = "".join(f"<li>{escape(self.names[i])}</li>" for i in first[: self.k])
        return (
            f'<div class="rerank"><script type="application/json">{text}</script>'
            f'<div class="rerank-still"><p>One household\'s list, most relevant first:</p>'
            f"<ol>{rows}</ol></div></div>"
        )


def _rows(
    candidates: Ranking, relevant: Sequence[npt.NDArray[np.integer]]
) -> list[tuple[npt.NDArray[np.integer], npt.NDArray[np.floating], npt.NDArray[np.integer]]]:
    """Pair each household's list, without padding, with what it bought."""
    return [
        (items[items != PADDING], scores[items != PADDING], np.asarray(bought))
        for items, scores, bought in zip(candidates.items, candidates.scores, relevant, strict=True)
    ]
