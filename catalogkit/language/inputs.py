"""Take texts from lists, arrays and data frames, and refuse what is not a text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from catalogkit.datasets.errors import DataError

_SURROGATE = re.compile("[\ud800-\udfff]")


def as_texts(texts: Iterable[str]) -> list[str]:
    """Return the texts as a list of n strings.

    Raises DataError naming the first row that is None, NaN or anything else but a string, or that
    holds a lone surrogate; and when a single string is given in place of a list.
    """
    if isinstance(texts, str):
        raise DataError(f"texts: one string, {texts[:40]!r}; put it in a list: [text]")
    rows = list(texts)
    for row, text in enumerate(rows):
        if not isinstance(text, str):
            raise DataError(
                f"texts: row {row} is {text!r}, not a string; fill it, drop the row or convert it"
            )
        if not text.isascii() and _SURROGATE.search(text):
            raise DataError(f"texts: row {row} holds half a sign ({text[:40]!r}); read it as UTF-8")
    return rows
