"""KiCad's symbols: electronic parts with a description, the second catalog beside groceries.

The libraries are S-expressions as KiCad 6 writes them, one line a symbol's head or a property,
indented by depth; one regular expression reads those lines and skips the drawings between them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import pandas as pd

from catalogkit.datasets import debian
from catalogkit.datasets.errors import DataError
from catalogkit.datasets.records import Catalog
from catalogkit.datasets.sources import fetch

LEVELS = ("family", "group")
SYMBOLS = "usr/share/kicad/symbols/"
STRING = r'"((?:[^"\\]|\\.)*)"'
LINE = re.compile(
    rf"^(?:  \(symbol {STRING}(?: \(extends {STRING}\))?"
    rf'|    \(property "ki_(description|keywords)" {STRING})',
    re.MULTILINE,
)
ESCAPE = re.compile(r"\\(.)")


@dataclass
class Symbol:
    """A part as its library states it; extends is the symbol that it is derived from, or ""."""

    name: str
    extends: str = ""
    description: str = ""
    keywords: str = ""


def catalog() -> Catalog:
    """Return 17,231 electronic parts in 209 libraries of 51 families, with 14,408 descriptions.

    product_id is KiCad's own (library:name), text the name and the description. Levels: a library's
    name up to its first underscore is the family, the rest the group: Regulator_Linear is
    Regulator / Linear; Device has no group. Further columns: description, keywords (blank where
    there are none), library. A part without description or keywords has those of the part it
    extends. Dropped and counted: parts without description (338 of 17,569). Many parts share one
    description: split by it. Source: the KiCad community, CC-BY-SA 4.0. Raises SourceUnavailable.
    """
    (package,) = fetch("kicad_symbols").glob("*.deb")
    members = debian.members(package, SYMBOLS)
    return from_libraries((name, data.decode("utf-8")) for name, data in members)


def from_libraries(libraries: Iterable[tuple[str, str]]) -> Catalog:
    """Make the catalog of some libraries: their file's name and its text.

    Files that do not end in .kicad_sym are passed over. Raises DataError as read_library does.
    """
    read = [
        {"library": PurePosixPath(file).stem, **vars(symbol)}
        for file, text in sorted(libraries)
        if file.endswith(".kicad_sym")
        for symbol in read_library(file, text)
    ]
    columns = ["library", "name", "description", "keywords"]
    table = pd.DataFrame(read, columns=columns)
    described = table["description"].str.strip() != ""
    kept = table[described].reset_index(drop=True)
    named = kept["library"].str.split("_", n=1, expand=True).reindex(columns=[0, 1])
    full = kept.assign(
        product_id=kept["library"] + ":" + kept["name"],
        text=kept["name"] + " " + kept["description"],
        **dict(zip(LEVELS, [named[0], named[1]], strict=True)),
    )
    order = ["product_id", "text", *LEVELS, "description", "keywords", "library"]
    return Catalog(full[order], LEVELS, dropped={"no description": int((~described).sum())})


def read_library(file: str, text: str) -> list[Symbol]:
    """Read the symbols of one library, what they inherit filled in, in the file's order.

    file is named in errors. Raises DataError when the text is no library of KiCad 6, or a symbol
    extends one that is not there.
    """
    if not text.startswith("(kicad_symbol_lib (version 2021"):
        raise DataError(f"{file}: not a symbol library of KiCad 6; take the files of that version.")
    symbols: dict[str, Symbol] = {}
    symbol = Symbol("")
    for line in LINE.finditer(text):
        name, extends, key, value = (ESCAPE.sub(_meant, part or "") for part in line.groups())
        if key:
            setattr(symbol, key, value)
        else:
            symbol = symbols.setdefault(name, Symbol(name, extends))
    for symbol in symbols.values():
        _inherit(file, symbol, symbols)
    return list(symbols.values())


def _meant(escape: re.Match[str]) -> str:
    return "\n" if escape[1] == "n" else escape[1]


def _inherit(file: str, symbol: Symbol, symbols: Mapping[str, Symbol]) -> None:
    """Take what a symbol does not say itself from the one it extends, as KiCad shows it."""
    if not symbol.extends:
        return
    if symbol.extends not in symbols:
        raise DataError(
            f"{file}: symbol {symbol.name!r} extends {symbol.extends!r}, which is not in this "
            "library; the file is incomplete, fetch it again."
        )
    parent = symbols[symbol.extends]
    symbol.description = symbol.description or parent.description
    symbol.keywords = symbol.keywords or parent.keywords
