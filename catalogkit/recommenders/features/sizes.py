"""Read the sizes of packages, and compare them with what the user usually buys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogkit.datasets.records import Catalog
from catalogkit.datasets.tables import column
from catalogkit.recommenders.base import Floats
from catalogkit.recommenders.features.columns import pick
from catalogkit.recommenders.features.usual import above_usual
from catalogkit.recommenders.interactions import Interactions, Rows

KINDS = ("weight", "volume", "count", "length")
UNITS: Mapping[str, tuple[str, float]] = {
    **dict.fromkeys(("G", "GM", "GR"), ("weight", 1.0)),
    **dict.fromkeys(("KG",), ("weight", 1000.0)),
    **dict.fromkeys(("OZ", "OZS"), ("weight", 28.35)),
    **dict.fromkeys(("LB", "LBS"), ("weight", 453.6)),
    **dict.fromkeys(("ML",), ("volume", 1.0)),
    **dict.fromkeys(("L", "LTR"), ("volume", 1000.0)),
    **dict.fromkeys(("FL OZ",), ("volume", 29.57)),
    **dict.fromkeys(("PT",), ("volume", 473.2)),
    **dict.fromkeys(("QT",), ("volume", 946.4)),
    **dict.fromkeys(("GAL", "GA"), ("volume", 3785.0)),
    **dict.fromkeys(("CT", "PK", "PC", "PCS", "STEM", "STEMS"), ("count", 1.0)),
    **dict.fromkeys(("LOAD", "LOADS", "LD", "LDS", "ROLL", "SHEETS"), ("count", 1.0)),
    **dict.fromkeys(("DZ", "DOZ", "DZN"), ("count", 12.0)),
    **dict.fromkeys(("MM",), ("length", 0.1)),
    **dict.fromkeys(("CM",), ("length", 1.0)),
    **dict.fromkeys(("IN",), ("length", 2.54)),
    **dict.fromkeys(("FT",), ("length", 30.48)),
    **dict.fromkeys(("YD",), ("length", 91.44)),
}
"""Unit -> kind and how much of g, ml, pieces or cm. An ounce weighs unless it is a fluid one."""

_FRACTION = "1/2|[13]/4|[1357]/8"
_NUMBER = rf"(?:\d+ )?(?:{_FRACTION})|\d*\.?\d+"
_SIZE = re.compile(rf"({_NUMBER})? ?({'|'.join(sorted(UNITS, key=len, reverse=True))})")
_TIMES = re.compile(r"(\d+) ?(?:PK|CT)? ?/ ?(.+)")
_TIMES_AFTER = re.compile(r"(.+?) ?/ ?(\d+) ?(?:PK|CT)")


def parse_size(text: str) -> tuple[float, str] | None:
    """Read "16 OZ", "12 PK/12 OZ", "4/187 ML", "10 3/4 OZ" or "GAL" as an amount and its kind.

    Amounts are in g, ml, pieces or cm, the pieces of a pack together. A number before a slash is a
    count, unless halves, quarters or eighths stand there ("1/2 GAL"). None for all else.
    """
    text = " ".join(text.upper().split())
    for times, size in _readings(text):
        found = _SIZE.fullmatch(size)
        if found:
            kind, factor = UNITS[found[2]]
            amount = times * factor * _number(found[1] or "1")
            return (amount, kind) if amount > 0 else None
    return None


def _readings(text: str) -> Iterable[tuple[float, str]]:
    """Return how often which size may stand there, the likeliest reading first."""
    yield 1.0, text
    if found := _TIMES_AFTER.fullmatch(text):
        yield float(found[2]), found[1]
    if found := _TIMES.fullmatch(text):
        yield float(found[1]), found[2]


def _number(text: str) -> float:
    """Read "10", "3/4" or "10 3/4"."""
    total = 0.0
    for part in text.split():
        above, _, below = part.partition("/")
        total += float(above) / float(below or 1)
    return total


@dataclass(frozen=True, eq=False)
class PackageSize:
    """Say how much is in a package, and how much more than in what the user buys of its kind.

    amount: float64[m], log of g, ml, pieces or cm, NaN where not known; kind: float64[m], from 1
    as in KINDS, 0 where not known.
    """

    amount: npt.NDArray[np.float64]
    kind: npt.NDArray[np.float64]

    @classmethod
    def of(cls, catalog: Catalog, name: str = "package_size") -> PackageSize:
        """Read a column of the catalog; what `parse_size` cannot read is missing.

        Raises DataError when the column is not there.
        """
        texts = column(catalog.table, name, "catalog")
        sizes = [parse_size(text) if isinstance(text, str) else None for text in texts]
        amount = np.array([np.nan if size is None else np.log(size[0]) for size in sizes])
        kind = [0 if size is None else KINDS.index(size[1]) + 1 for size in sizes]
        return cls(amount, np.array(kind, np.float64))

    def __call__(self, known: Interactions, users: Rows, items: Rows) -> Mapping[str, Floats]:
        """Return the amount, its kind, and the amount above the user's usual one of this kind."""
        kind = pick(self.kind, items, known)
        above = np.full(len(items), np.nan, np.float32)
        for number in range(1, len(KINDS) + 1):
            here = kind == number
            alike = np.where(self.kind == number, self.amount, np.nan)
            above[here] = above_usual(alike, known, users[here], items[here])
        return {
            "log size": self.amount[items].astype(np.float32),
            "size kind": kind.astype(np.float32),
            "size above usual": above,
        }
