"""Annotate a large file part by part, so that an interrupted run continues where it stopped."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog
from catalogkit.datasets.tables import SEPARATORS
from catalogkit.taxonomy.annotation import Annotator
from catalogkit.taxonomy.decoding import Annotations

ROWS = 4096
"""Products in a part."""


@dataclass(frozen=True)
class Parts:
    """The annotator and the annotated parts of a file to be, in a folder beside it.

    run: what the parts depend on. Every file in the folder is whole: it is written under another
    name first.
    """

    output: Path
    folder: Path
    run: str

    @classmethod
    def open(cls, output: Path, inputs: Sequence[str], choices: Mapping[str, object]) -> Parts:
        """Begin a run, or find the one that was begun with the same inputs and choices.

        Raises DataError for an output of unknown kind or nowhere, an input that is no file, and
        when the folder has the parts of another run.
        """
        if output.suffix.lower() not in (*SEPARATORS, ".parquet"):
            raise DataError(f"{output}: unknown kind; name it .csv, .tsv or .parquet.")
        if not output.parent.is_dir():
            raise DataError(f"{output.parent}: no such directory; make it first.")
        run = json.dumps({"inputs": [_sha256(Path(file)) for file in inputs], **choices})
        parts = cls(output, output.with_name(f"{output.name}.partial"), run)
        if parts._note.exists() and parts._note.read_text(encoding="utf-8") != run:
            raise DataError(
                f"{parts.folder}: holds parts of a run with other files or options: repeat that "
                "run, delete the folder, or choose another output."
            )
        return parts

    def annotator(self, learn: Callable[[], Annotator]) -> Annotator:
        """Return the annotator of this run, learning it if that was not done yet.

        The folder is made when it has been learnt: a run that fails before leaves nothing.
        """
        file = self.folder / "annotator.safetensors"
        if not self._note.exists():
            learnt = learn()
            self.folder.mkdir(exist_ok=True)
            learnt.save(file)
            self._write(self._note, partial(Path.write_text, data=self.run, encoding="utf-8"))
        return Annotator.load(file)  # the same one, whether the run was interrupted or not

    def annotate(
        self, annotator: Annotator, catalog: Catalog, levels: Sequence[str]
    ) -> Iterator[int]:
        """Annotate what is missing, part by part; yield how many products each part has."""
        for start in range(0, len(catalog), ROWS):
            part = catalog.table.iloc[start : start + ROWS][["product_id", "text"]]
            file = self.folder / f"{start:012d}.parquet"
            if not file.exists():
                found = annotator.annotate(part["text"].tolist())
                steps = _columns(found, levels, annotator.threshold)
                whole = part.reset_index(drop=True).join(steps)
                self._write(file, partial(whole.to_parquet, index=False))
            yield len(part)

    def join(self, names: Mapping[str, str]) -> None:
        """Write the output from all parts, under these column names, and remove the folder."""
        files = sorted(self.folder.glob("*.parquet"))
        table = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
        table = table.rename(columns=dict(names))
        suffix = self.output.suffix.lower()
        if suffix == ".parquet":
            self._write(self.output, partial(table.to_parquet, index=False))
        else:
            how = {"sep": SEPARATORS[suffix], "index": False, "lineterminator": "\n"}
            self._write(self.output, partial(table.to_csv, **how))
        shutil.rmtree(self.folder)

    @property
    def _note(self) -> Path:
        return self.folder / "run.json"

    def _write(self, file: Path, write: Callable[[Path], object]) -> None:
        place = self.folder / f"{file.name}.unfinished"
        write(place)
        place.replace(file)


def _columns(found: Annotations, levels: Sequence[str], threshold: float) -> pd.DataFrame:
    """Lay out names (None below the threshold) and probabilities, two columns a level."""
    paths, depth = found.paths(threshold), found.nodes.shape[1]
    columns: dict[str, object] = {}
    for level, column in enumerate(levels):
        names = [path[level] if level < len(path) else None for path in paths]
        columns[column] = pd.Series(names, dtype=object)
        none = np.full(len(paths), np.nan)
        columns[f"{column}_probability"] = found.probabilities[:, level] if level < depth else none
    return pd.DataFrame(columns)


def _sha256(file: Path) -> str:
    if not file.is_file():
        raise DataError(f"{file}: no such file; check the path.")
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
