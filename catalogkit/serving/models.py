"""What the service answers with: any of a recommender, a search engine and an annotator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from catalogkit.datasets.errors import DataError
from catalogkit.recommenders import saving
from catalogkit.search.engine import Search
from catalogkit.serving.histories import Personal
from catalogkit.serving.searching import RememberedQueries, Searching
from catalogkit.taxonomy.decoding import Annotations

RECOMMENDER, INDEX, ANNOTATOR = "recommender.model", "search.index", "annotator.model"
"""Files of a service's directory; each may be absent."""


class Annotates(Protocol):
    """Puts texts into a tree, as `catalogkit.taxonomy.annotation.Annotator` does."""

    threshold: float

    def annotate(self, texts: Sequence[str]) -> Annotations:
        """Return the likeliest path of each text."""
        ...


@dataclass(frozen=True, eq=False)
class Models:
    """The models of a service; a route exists where there is a model for it."""

    personal: Personal | None = None
    searching: Searching | None = None
    annotator: Annotates | None = None


def load_models(directory: Path) -> Models:
    """Load what a directory holds. Raises DataError when that is nothing, damaged or unfit."""
    here = {name: directory / name for name in (RECOMMENDER, INDEX, ANNOTATOR)}
    there = {name: path for name, path in here.items() if path.is_file()}
    if not there:
        raise DataError(f"{directory}: holds none of {', '.join(here)}: give --log or --catalog.")
    return Models(
        Personal(saving.load(there[RECOMMENDER])) if RECOMMENDER in there else None,
        _search(there[INDEX]) if INDEX in there else None,
        _annotator(there[ANNOTATOR]) if ANNOTATOR in there else None,
    )


def _annotator(path: Path) -> Annotates:
    from catalogkit.taxonomy.annotation import Annotator

    annotator = Annotator.load(path)
    annotator.annotate(["warm"])  # as below: nobody's request should wait for it
    return annotator


def _search(path: Path) -> Searching:
    engine = Search.load(path)
    if engine.encoder is not None:
        engine.encoder = RememberedQueries(engine.encoder)
    engine.search(["warm"], 1)  # the first query pays for weights that all others use
    return Searching(engine)
