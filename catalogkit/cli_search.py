"""The command line's `search`: index a shop's catalog, and find its products by what is typed."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from catalogkit.cli_logs import at_least_one
from catalogkit.cli_texts import (
    TABLES,
    Encoding,
    as_output,
    kept_beside,
    naming,
    read_texts,
    say,
)
from catalogkit.datasets.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from catalogkit.datasets.records import Catalog
    from catalogkit.search.engine import Search

METHODS = ("hybrid", "lexical")
EPILOG = """\
Without -o the products found are printed. OUT has the query, the rank from 1, the product's id, its
score (1: best in words, letters and meaning alike) and its text. Texts are encoded once, while
indexing; an interrupted run goes on from where it was when the command is repeated.
"""


def add_search(rooms: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `search` to the parser."""
    about = "find products by words, by letters (typos) and by meaning"
    search = rooms.add_parser(
        "search", help=about, description=about.capitalize() + ".", epilog=EPILOG
    )
    add = search.add_argument
    add("source", metavar="CATALOG", help=".csv, .tsv, .parquet; or an index that --index wrote")
    add("queries", nargs="+", metavar="QUERY", help="what to look for; @FILE: a table of queries")
    add("--text", default="text", metavar="COLUMN", help="the column of texts; else 'text'")
    add("--id", metavar="COLUMN", help="the column of ids; else rows are numbered from 0")
    add("--query", default="query", metavar="COLUMN", help="of a table of queries; else 'query'")
    add("-k", type=at_least_one, default=10, metavar="K", help="products a query; else 10")
    add("--method", choices=METHODS, default="hybrid", help="else hybrid; lexical has no encoder")
    add("--encoder", metavar="NAME", help="a pretrained encoder or its directory; else the bundled")
    add("--update", metavar="CATALOG", help="products to add to an index, or to change in it")
    add("--index", metavar="INDEX", help="write the index to this file")
    add("-o", "--output", metavar="OUT", help=".csv, .tsv or .parquet; else the screen")
    search.set_defaults(run=search_file)


def search_file(chosen: argparse.Namespace) -> int:
    """Index or load, bring up to date, keep, search; say on stderr what is going on."""
    output = as_output(chosen.output, *TABLES) if chosen.output else None
    if chosen.index:
        as_output(chosen.index)
    queries = _queries(chosen)
    search = _built(chosen) if _is_table(chosen.source) else _loaded(chosen)
    if chosen.update:
        new = search.upsert(_catalog(chosen, chosen.update))
        say(f"{chosen.update}: taken in; {new:,} products are new, {len(search):,} in all.")
    if chosen.index:
        search.save(chosen.index)
        say(f"{chosen.index}: the index.")
    shutil.rmtree(_kept(chosen), ignore_errors=True)
    found = _found(search, queries, chosen.k)
    if output is None:
        _show(found)
        return 0
    _write(found, queries, output)
    return 0


def _is_table(file: str) -> bool:
    return Path(file).suffix.lower() in TABLES


def _kept(chosen: argparse.Namespace) -> Path:
    """Say where encoded texts wait: beside what is written, else beside the source."""
    return kept_beside(Path(chosen.index or chosen.output or chosen.source))


def _queries(chosen: argparse.Namespace) -> list[str]:
    """List what was typed, and what stands in tables, each once."""
    listed: list[str] = []
    for query in chosen.queries:
        if query.startswith("@"):
            listed += read_texts(query[1:], chosen.query, None)["text"].tolist()
        elif query.strip():
            listed.append(query)
        else:
            raise DataError("QUERY: is blank; say what to look for.")
    return list(dict.fromkeys(listed))


def _catalog(chosen: argparse.Namespace, file: str) -> Catalog:
    """Read products, whatever else the file has."""
    from catalogkit.datasets.records import Catalog

    table = read_texts(file, chosen.text, chosen.id)
    with naming(file):
        return Catalog(table.rename(columns={"id": "product_id"}))


def _built(chosen: argparse.Namespace) -> Search:
    """Index a catalog."""
    from catalogkit.search.engine import Search

    catalog = _catalog(chosen, chosen.source)
    encoder = None if chosen.method == "lexical" else Encoding(chosen.encoder, _kept(chosen))
    say(f"{chosen.source}: indexing {len(catalog):,} products ({chosen.method}).")
    try:
        return Search.build(catalog, encoder)
    except ValueError as error:
        raise DataError(f"{chosen.source}: {error}.") from error


def _loaded(chosen: argparse.Namespace) -> Search:
    """Read an index, and its encoder."""
    from catalogkit.search.engine import Search

    if chosen.method != "hybrid" or (chosen.update and not chosen.id):
        raise DataError(
            f"{chosen.source}: an index keeps its method, and --update knows products by their "
            "--id: drop --method, name --id."
        )
    encoder = Encoding(chosen.encoder, _kept(chosen)) if chosen.encoder else None
    return Search.load(chosen.source, encoder)


def _found(search: Search, queries: list[str], k: int) -> pd.DataFrame:
    """Search for all queries: query, rank, id, score, text."""
    import pandas as pd

    products, scores = search.search(queries, k)
    rows = [
        (query, rank, product, score, search.text(product))
        for query, *lists in zip(queries, products, scores, strict=True)
        for rank, (product, score) in enumerate(zip(*lists, strict=True), start=1)
    ]
    return pd.DataFrame(rows, columns=["query", "rank", "id", "score", "text"])


def _show(found: pd.DataFrame) -> None:
    """Print a block of lines for each query."""
    for query, rows in found.groupby("query", sort=False):
        print(f"{query}:")
        for row in rows.itertuples():
            print(f"{row.rank:>4}  {row.score:.3f}  {row.id}  {row.text}")
    if not len(found):
        say("nothing was found.")


def _write(found: pd.DataFrame, queries: list[str], output: Path) -> None:
    """Write a row for each product found; queries that found nothing are counted on stderr."""
    from catalogkit.datasets.tables import write_table

    write_table(found, output)
    empty = len(queries) - found["query"].nunique()
    if empty:
        say(f"{empty:,} of {len(queries):,} queries found nothing.")
    say(f"{output}: {len(found):,} rows for {len(queries):,} queries.")
