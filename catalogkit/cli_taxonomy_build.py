"""The command line's `taxonomy build` and `place`: grow a tree from a catalog, find new places."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from catalogkit.cli_texts import (
    ROWS,
    TABLES,
    Encoding,
    add_texts,
    as_output,
    encode,
    kept_beside,
    naming,
    read_texts,
    say,
)
from catalogkit.datasets.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from catalogkit.taxonomy.placement import Placer
    from catalogkit.taxonomy.tree import Tree

Actions = argparse._SubParsersAction  # its type parameter is known to mypy only

FORMATS = ("table", "json", "indented", "google", "shopify", "dot")
KEYLESS = tuple(name for name in FORMATS if name != "shopify")
"""Formats in which a node needs no key, which a tree that is just built does not have."""
EPILOG = """\
Parents are nodes that have children, unless --depth says otherwise. To place products, give the
tree the texts of its own products as its lowest level (--levels department category title).
"""


def add_build(actions: Actions[argparse.ArgumentParser]) -> None:
    """Add `taxonomy build` to the parser."""
    about = "grow a tree from the texts of products, which need no labels"
    build = actions.add_parser("build", help=about, description=about.capitalize() + ".")
    add = build.add_argument
    add("catalog", metavar="CATALOG", help="products: .csv, .tsv or .parquet")
    add_texts(build)
    add(
        "--sizes", nargs="+", type=int, metavar="N",
        help="nodes of each level at most, top first, such as 30 250; else by the products' number",
    )  # fmt: skip
    add("--format", choices=KEYLESS, help="instead of guessing from OUT's ending")
    add("-o", "--output", required=True, metavar="OUT", help="the tree, in any format")
    build.set_defaults(run=build_tree)


def add_place(actions: Actions[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add `taxonomy place` to the parser and return its own, still without options to read TREE."""
    about = "find the likeliest parents of new categories or products in a tree"
    place = actions.add_parser(
        "place", help=about, description=about.capitalize() + ".", epilog=EPILOG
    )
    add = place.add_argument
    add("tree", metavar="TREE", help="a tree in any format")
    add("new", metavar="NEW", help="names or texts to place: .csv, .tsv or .parquet")
    add_texts(place)
    add("--top", type=int, default=5, metavar="K", help="parents for each, likeliest first; else 5")
    add(
        "--depth", type=int, metavar="N",
        help="only parents this deep (1 is the top), with or without children; else all with some",
    )  # fmt: skip
    add("-o", "--output", required=True, metavar="OUT", help=".csv, .tsv or .parquet")
    place.set_defaults(run=place_file)
    return place


def build_tree(chosen: argparse.Namespace) -> int:
    """Embed, cluster, name and write; say on stderr what is going on."""
    from catalogkit.taxonomy.formats import kind_of, write_tree
    from catalogkit.taxonomy.induction import induce

    output = as_output(chosen.output)
    kind = chosen.format or kind_of(output)
    table = read_texts(chosen.catalog, chosen.text, chosen.id)
    texts, ids = table["text"].tolist(), table["id"].tolist()
    if chosen.method == "encoder":
        vectors = encode(chosen.encoder, texts, kept_beside(output))
    else:
        from catalogkit.taxonomy.evidence import letter_vectors

        vectors = letter_vectors(texts, seed=chosen.seed)
    say(f"clustering {len(texts):,} products and naming the clusters.")
    with naming(chosen.catalog):
        tree = induce(texts, vectors, chosen.sizes, products=ids, seed=chosen.seed).tree
    left_out = write_tree(tree, output, kind)
    shutil.rmtree(kept_beside(output), ignore_errors=True)
    for what, number in left_out.items():
        if number:
            say(f"{output}: this format has no room for {what}; {number:,} left out.")
    levels = ", ".join(f"{(tree.depths == d).sum():,}" for d in range(1, tree.depths.max() + 1))
    say(f"{output}: {len(texts):,} products in {len(tree) - 1:,} nodes (by level: {levels}).")
    return 0


def place_file(chosen: argparse.Namespace) -> int:
    """Learn from the tree, place every text, write K rows for each."""
    from tqdm import tqdm

    from catalogkit.taxonomy.formats import read_tree

    output, names = as_output(chosen.output, *TABLES), _columns(chosen)
    tree = read_tree(chosen.tree, chosen.format, levels=chosen.levels, product_id=chosen.product)
    table = read_texts(chosen.new, chosen.text, chosen.id)
    placer = _learn(chosen, tree)
    parts = []
    with tqdm(total=len(table), unit=" texts") as bar:
        for start in range(0, len(table), ROWS):
            parts.append(_placed(placer, table.iloc[start : start + ROWS], chosen))
            bar.update(min(ROWS, len(table) - start))
    _write(parts, output, names)
    shutil.rmtree(kept_beside(output), ignore_errors=True)
    say(f"{output}: {len(table):,} texts placed in {tree}.")
    return 0


def _columns(chosen: argparse.Namespace) -> dict[str, str]:
    """Find fault with the choices before the work; return the file's names of our columns."""
    if chosen.top < 1:
        raise DataError(f"--top is {chosen.top}: ask for one parent or more.")
    names = {"id": chosen.id or "row", "text": chosen.text}
    if len({*names.values(), "rank", "parent", "probability"}) < 5:
        raise DataError(
            f"{chosen.new}: two columns of {chosen.output} would have one name; rename."
        )
    return names


def _learn(chosen: argparse.Namespace, tree: Tree) -> Placer:
    from catalogkit.taxonomy.placement import Placer

    say(f"learning from {tree} ({chosen.method}).")
    kept = kept_beside(Path(chosen.output))
    encoder = Encoding(chosen.encoder, kept) if chosen.method == "encoder" else None
    with naming(chosen.tree):
        return Placer.fit(tree, encoder, seed=chosen.seed)


def _placed(placer: Placer, rows: pd.DataFrame, chosen: argparse.Namespace) -> pd.DataFrame:
    """Place some rows: id, text, rank from 1, parent as a full name, probability."""
    import numpy as np
    import pandas as pd

    from catalogkit.taxonomy.formats.reading import join

    with naming(chosen.tree):
        ranking = placer.place(rows["text"].tolist(), chosen.top, depth=chosen.depth)
    k = ranking.items.shape[1]
    nodes = ranking.items.ravel().tolist()
    columns = {
        "id": np.repeat(rows["id"].to_numpy(), k),
        "text": np.repeat(rows["text"].to_numpy(), k),
        "rank": np.tile(np.arange(1, k + 1), len(rows)),
        "parent": [join(placer.kinship.tree.path(node)) for node in nodes],
        "probability": ranking.scores.ravel(),
    }
    return pd.DataFrame(columns)


def _write(parts: Sequence[pd.DataFrame], output: Path, names: dict[str, str]) -> None:
    import pandas as pd

    from catalogkit.datasets.tables import write_table

    write_table(pd.concat(parts, ignore_index=True).rename(columns=names), output)
