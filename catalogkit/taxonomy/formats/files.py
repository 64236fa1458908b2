"""Read and write a tree as a table, JSON, indented text, full names or Graphviz."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from catalogkit.datasets.errors import DataError
from catalogkit.taxonomy.formats import full_names, graphviz, indented, listed, table
from catalogkit.taxonomy.formats.reading import Reading, assemble, read_lines
from catalogkit.taxonomy.tree import Tree

Format: TypeAlias = Literal["table", "json", "indented", "google", "shopify", "dot"]
FORMATS: tuple[Format, ...] = get_args(Format)

_ENDINGS: dict[str, Format] = {
    **dict.fromkeys(table.ENDINGS, "table"),
    ".json": "json",
    ".dot": "dot",
    ".gv": "dot",
}


def read_tree(
    file: str | Path,
    kind: Format | None = None,
    *,
    levels: Sequence[str] = (),
    product_id: str | None = None,
) -> Tree:
    r"""Read a tree; the file's ending, and for .txt its content, says how unless kind does.

    table: .csv, .tsv or .parquet, a row for each product or node. levels names the columns, top
    first: several hold one name each, a single one whole paths such as "Food > Tea". Without it
    "path", or level_1, level_2 … are taken, and "key" where it exists. product_id names the column
    of ids, without it "product_id" where it exists. CSV makes ids strings.
    json: a list of {"path": [...], "key": ..., "products": [...]}, the last two optional.
    indented: a name a line, deeper below its parent. google: "166 - Food > Tea" or "Food > Tea".
    shopify: "gid://… : Food > Tea". dot: one `a -> b;` or `a [label="…"];` a line.
    In full names, indented text and path columns "\>" is a ">" that separates nothing.
    Raises DataError that lists the faults, each with file, line and what to do.
    """
    path = Path(file)
    if not path.is_file():
        raise DataError(f"{path}: no such file; check the path.")
    kind = kind or _guess(path)
    if kind != "table" and (levels or product_id):
        raise DataError(f"{path}: only tables have columns; this is read as {kind}.")
    return assemble(path, _read(path, kind, levels, product_id))


def write_tree(tree: Tree, file: str | Path, kind: Format | None = None) -> Mapping[str, int]:
    """Write a tree so that `read_tree` returns it, and count what the format cannot hold.

    The ending says how unless kind does; .txt is written as google. Tables and JSON hold all;
    the others hold no products, indented text and dot no keys, google those that are numbers only.
    Returns {"keys": …, "products": …} left out. Raises DataError for an unknown ending and when
    shopify's format, which gives every node a key, meets one without.
    """
    path = Path(file)
    kind = kind or kind_of(path) or "google"
    if kind == "table":
        table.write(tree, path)
        return {"keys": 0, "products": 0}
    text, keys = _WRITERS[kind](tree)
    path.write_text(text, encoding="utf-8", newline="\n")
    left_out = sum(map(bool, tree.keys)) - keys
    return {"keys": left_out, "products": 0 if kind == "json" else len(tree.products)}


_WRITERS = {
    "json": listed.write,
    "indented": indented.write,
    "google": full_names.write_google,
    "shopify": full_names.write_shopify,
    "dot": graphviz.write,
}
"""Each returns the text and how many keys it holds."""


def _read(path: Path, kind: Format, levels: Sequence[str], product_id: str | None) -> Reading:
    if kind == "table":
        return table.read(path, levels, product_id)
    lines = read_lines(path)
    readers = {
        "json": listed.read,
        "indented": indented.read,
        "google": full_names.read_google,
        "shopify": full_names.read_shopify,
        "dot": graphviz.read,
    }
    return readers[kind](lines)


def _guess(path: Path) -> Format:
    kind = kind_of(path)
    if kind:
        return kind
    lines = read_lines(path)
    if full_names.are_shopifys(lines):
        return "shopify"
    return "google" if full_names.are_googles(lines) else "indented"


def kind_of(file: str | Path) -> Format | None:
    """Tell the format from the ending; None for .txt, which may be three of them.

    Raises DataError for an unknown ending.
    """
    path = Path(file)
    ending = path.suffix.lower()
    if ending != ".txt" and ending not in _ENDINGS:
        known = ", ".join([*_ENDINGS, ".txt"])
        raise DataError(f"{path}: unknown ending {ending!r}; use one of {known}, or name the kind.")
    return _ENDINGS.get(ending)
