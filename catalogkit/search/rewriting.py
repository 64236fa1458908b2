"""Let a small generative model say a query in other words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalogkit.language.generation import GenerativeModel
from catalogkit.language.inputs import as_texts


@dataclass(frozen=True, eq=False)
class Rewriter:
    """A generative model that is shown what a rewrite looks like, and then a query.

    task: what it is asked, such as "Describe the part in other words:"; the query follows it.
    examples: pairs of a query and its rewrite; each makes every prompt longer, and so slower.
    """

    model: GenerativeModel
    task: str
    examples: Sequence[tuple[str, str]] = ()

    def rewrite(self, queries: Sequence[str], *, max_tokens: int = 16) -> list[str]:
        """Return what the model writes for each of q queries: its first line, quotes taken off.

        Equal queries are asked once. Where nothing is written the query itself is returned. A
        rewrite may be about something else altogether: measure before you use it.
        Raises DataError for what is not a string, ValueError for a query too long for the model.
        """
        asked = as_texts(queries)
        different = list(dict.fromkeys(asked))
        prompts = [self._prompt(query) for query in different]
        written = self.model.write_each(prompts, max_tokens=max_tokens)
        lines = ((answer.splitlines() or [""])[0].strip(" \"'") for answer in written)
        known = {q: line or q for q, line in zip(different, lines, strict=True)}
        return [known[query] for query in asked]

    def _prompt(self, query: str) -> str:
        turns = [turn for given, said in self.examples for turn in (self._turn(given), said)]
        return self.model.chat(*turns, self._turn(query))

    def _turn(self, query: str) -> str:
        return f"{self.task} {query}"
