"""What the command line's rooms share: read a stranger's texts, encode them, say what goes on."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from catalogkit.datasets.errors import DataError, DataWarning

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float32]

METHODS = ("encoder", "tf-idf")
TABLES = (".csv", ".tsv", ".parquet")
ROWS = 4096
"""Texts between two steps of a progress bar."""


def add_texts(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which texts, and what reads them."""
    add = parser.add_argument
    add("--text", default="text", metavar="COLUMN", help="the column of texts; else 'text'")
    add("--id", metavar="COLUMN", help="the column of ids; else rows are numbered from 0")
    add("--method", choices=METHODS, default="encoder", help="else encoder; tf-idf goes by letters")
    add("--encoder", metavar="NAME", help="a pretrained encoder or its directory; else the bundled")
    add("--seed", type=int, default=0, help="else 0")


def as_output(name: str, *kinds: str) -> Path:
    """Find fault with the output before the work, not after it. kinds: suffixes; none means any."""
    output = Path(name)
    if kinds and output.suffix.lower() not in kinds:
        *first, last = kinds
        raise DataError(f"{output}: unknown kind; name it {', '.join(first)} or {last}.")
    if not output.parent.is_dir():
        raise DataError(f"{output.parent}: no such directory; make it first.")
    return output


def read_with(file: str, columns: Sequence[str]) -> pd.DataFrame:
    """Read a table that must have some columns, whatever else it has."""
    from catalogkit.datasets.tables import read_table

    table = read_table(file)
    missing = [column for column in columns if column not in table.columns]
    if missing:
        has = ", ".join(map(str, table.columns))
        raise DataError(f"{file}: no column {missing[0]!r}; its columns are: {has}.")
    return table


def read_texts(file: str, text: str, product: str | None) -> pd.DataFrame:
    """Read texts and ids as columns text and id. Errors name file, column and rows."""
    from catalogkit.datasets.schema import check

    kinds = {text: "text"} | ({product: "id"} if product else {})
    table = read_with(file, list(kinds))
    check(table[list(kinds)], file, kinds, unique=[product] if product else [])
    blank = table[text].astype(str).str.strip() == ""
    if blank.any():
        raise DataError(
            f"{file}: column {text!r}, {blank.sum()} of {len(table)} texts are blank, the first in "
            f"row {blank.to_numpy().argmax()} (the first row is 0): fill or drop these rows."
        )
    ids = table[product] if product else table.index
    return table[[text]].set_axis(["text"], axis=1).assign(id=ids)


def kept_beside(output: Path) -> Path:
    """Return where vectors wait for OUT, so that an interrupted command goes on from them."""
    return output.with_name(f"{output.name}.partial")


def encode(name: str | None, texts: Sequence[str], kept: Path) -> Floats:
    """Encode n texts, float32[n, d]; say so where the encoder cannot tell them apart."""
    import numpy as np

    index = {text: i for i, text in enumerate(dict.fromkeys(texts))}
    vectors = Encoding(name, kept).encode(list(index))
    seen = len({row.tobytes() for row in vectors})
    if 2 * seen < len(index):
        say(
            f"the encoder sees {seen:,} different texts where there are {len(index):,}, so it "
            "cannot read them: --method tf-idf goes by letters of any script."
        )
    return vectors[np.fromiter((index[text] for text in texts), np.int64, len(texts))]


class Encoding:
    """A pretrained encoder with a progress bar, whose finished blocks survive an interruption.

    kept: directory of the blocks, by the checksum of encoder and texts; its owner removes it.
    """

    def __init__(self, name: str | None, kept: Path) -> None:
        from catalogkit.language.encoders import Encoder
        from catalogkit.language.pretrained import BUNDLED

        self.name, self._kept = name or BUNDLED, kept
        self._encoder = Encoder.load(self.name)

    def encode(self, texts: Sequence[str], /) -> Floats:
        """Encode n texts as unit vectors, float32[n, d]; that texts were cut is said on stderr."""
        import numpy as np
        from tqdm import tqdm

        parts = []
        with (
            warnings.catch_warnings(record=True) as caught,
            tqdm(
                total=len(texts), unit=" texts", desc="encoding", disable=len(texts) < ROWS
            ) as bar,
        ):
            warnings.simplefilter("always", DataWarning)
            for start in range(0, len(texts), ROWS):
                parts.append(self._block(texts[start : start + ROWS]))
                bar.update(len(parts[-1]))
        if caught:
            say(f"texts of more than {self._encoder.max_tokens} tokens were read to there only.")
        return np.concatenate(parts)

    def _block(self, texts: Sequence[str]) -> Floats:
        """Encode one block, or take it from an earlier, interrupted run."""
        import numpy as np

        if len(texts) < ROWS:  # cheaper than a file
            return self._encoder.encode(texts)
        about = json.dumps([self.name, self._encoder.backend, list(texts)])
        file = self._kept / f"{hashlib.sha256(about.encode()).hexdigest()}.npy"
        if not file.is_file():
            self._kept.mkdir(exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._kept, delete=False) as unfinished:
                np.save(unfinished, self._encoder.encode(texts), allow_pickle=False)
            Path(unfinished.name).replace(file)
        vectors: Floats = np.load(file, allow_pickle=False)
        return vectors


@contextmanager
def naming(file: str) -> Iterator[None]:
    """Put the file's name before an error that knows only its contents."""
    try:
        yield
    except DataError as error:
        raise DataError(f"{file}: {error}") from None


def say(text: str) -> None:
    """Print a line on stderr."""
    print(f"catalogkit: {text}", file=sys.stderr)
