"""What a node, a key and a product may be called, and how a path is shown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalogkit.datasets.errors import DataError

SEPARATOR = " > "
MAX_NAME = 1_000
"""Longest name accepted, in characters: longer ones are texts in the wrong column."""

_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")


def show(path: Sequence[str]) -> str:
    """Write a path for people to read: 'GROCERY > CHEESE'."""
    return repr(SEPARATOR.join(map(str, path))) if path else "the root"


def name_fault(name: object) -> str | None:
    """Say what is wrong with a node's name and what to do, or None when it is sound."""
    if not isinstance(name, str):
        return f"{name!r} is not a name: names are strings"
    if not name.strip():
        return "a name is empty: fill it, or end the path above it"
    if len(name) > MAX_NAME:
        return f"a name of {len(name):,} characters, {name[:20]!r}…, is a text: check the column"
    if _UNWRITABLE.search(name):
        return f"the name {name!r} holds a line break or control character: remove it"
    if name != name.strip():
        return f"the name {name!r} begins or ends with a space: remove it"
    return None


def key_fault(key: object) -> str | None:
    """Say what is wrong with a node's key, or None; "" is no key and sound."""
    if not isinstance(key, str):
        return f"{key!r} is not a key: keys are strings"
    if key and (_UNWRITABLE.search(key) or key.split() != [key]):
        return f"the key {key!r} holds a space or control character: remove it"
    return None


def product_fault(product: object) -> str | None:
    """Say what is wrong with a product's id, or None when it is sound."""
    if isinstance(product, bool) or not isinstance(product, str | int):
        return f"{product!r} is not a product id: ids are strings or whole numbers"
    if isinstance(product, int) and not -(2**63) <= product < 2**63:
        return f"the product id {product} has more than 64 bits: make ids strings"
    if isinstance(product, str) and (not product or _UNWRITABLE.search(product)):
        return f"the product id {product!r} is empty or holds a control character: give another"
    return None


def demand(fault: str | None) -> None:
    """Raise DataError when there is a fault."""
    if fault:
        raise DataError(f"{fault}.")
