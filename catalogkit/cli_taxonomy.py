"""The command line's `taxonomy` room: is a file a tree, what changed, grow one, extend one."""

import argparse
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from catalogkit.cli_taxonomy_build import FORMATS, add_build, add_place

if TYPE_CHECKING:
    from catalogkit.taxonomy.differences import Difference
    from catalogkit.taxonomy.tree import Tree


def add_taxonomy(rooms: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `taxonomy build | place | check | diff` to the parser."""
    about = "a tree of categories in a CSV, JSON, text or Graphviz file"
    taxonomy = rooms.add_parser("taxonomy", help=about, description=f"Work on {about}.")
    actions = taxonomy.add_subparsers(title="actions", metavar="ACTION", required=True)
    add_build(actions)
    _add_reading(add_place(actions))
    check = actions.add_parser("check", help="is the file a tree? every fault with its line")
    check.add_argument("file", metavar="FILE")
    _add_reading(check)
    check.set_defaults(run=check_file)
    diff = actions.add_parser("diff", help="what changed from one version to the next")
    diff.add_argument("old", metavar="OLD")
    diff.add_argument("new", metavar="NEW")
    diff.add_argument("--json", action="store_true", help="changes as JSON, to be replayed")
    _add_reading(diff)
    diff.set_defaults(run=diff_files)


def _add_reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=FORMATS, help="instead of guessing from the ending")
    parser.add_argument(
        "--levels", nargs="+", default=[], metavar="COLUMN",
        help="of a table: columns of names, top level first, or one column of whole paths",
    )  # fmt: skip
    parser.add_argument("--product", metavar="COLUMN", help="of a table: the column of product ids")


def check_file(chosen: argparse.Namespace) -> int:
    """Print the size of a sound tree; a fault is an error."""
    tree = _read(chosen.file, chosen)
    sizes = f"{len(tree) - 1:,} nodes, {len(tree.leaves):,} of them leaves"
    levels = f"deepest level {tree.depths.max()}, {len(tree.products):,} products"
    print(f"{chosen.file}: a sound tree: {sizes}, {levels}.")
    return 0


def diff_files(chosen: argparse.Namespace) -> int:
    """Print what changed, a line each, or the changes as JSON."""
    from catalogkit.taxonomy.changes import to_json
    from catalogkit.taxonomy.differences import diff

    found = diff(_read(chosen.old, chosen), _read(chosen.new, chosen))
    print(to_json(found.changes).rstrip() if chosen.json else "\n".join(_lines(found)))
    return 0


def _read(file: str, chosen: argparse.Namespace) -> "Tree":
    from catalogkit.taxonomy.formats import read_tree

    return read_tree(file, chosen.format, levels=chosen.levels, product_id=chosen.product)


def _lines(found: "Difference") -> Iterator[str]:
    """Yield what people want to know: nodes, then products, then how many of each."""
    from catalogkit.taxonomy.names import show

    nodes: dict[str, Iterable[str]] = {
        "added": map(show, found.added),
        "removed": map(show, found.removed),
        "renamed": (f"{show(old)} -> {show(new)}" for old, new in found.renamed),
        "moved": (f"{show(old)} -> {show(new)}" for old, new in found.moved),
        "new key": (show(new) for _, new in found.rekeyed),
        "product moved": (f"{p}: {show(a)} -> {show(b)}" for p, a, b in found.products_moved),
        "product added": (f"{p}: {show(path)}" for p, path in found.products_added),
        "product removed": (f"{p}: {show(path)}" for p, path in found.products_removed),
    }
    counts = []
    for what, lines in nodes.items():
        written = [f"{what:<16} {line}" for line in lines]
        yield from written
        counts += [f"{what}: {len(written):,}"] if written else []
    yield ", ".join(counts) + "." if counts else "no difference."
