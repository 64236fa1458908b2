"""The command line's `serve`: learn from a shop's catalog and log, and answer over HTTP."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from catalogkit.cli_logs import at_least_one, items_of, learning, model_of, read_log, within
from catalogkit.cli_texts import METHODS, naming, read_with, say
from catalogkit.datasets.errors import DataError

if TYPE_CHECKING:
    from catalogkit.datasets.records import Catalog

SERVED = ("popular", "frequency", "neighbours", "ease", "blend")
"""Models that take in events one by one."""
EPILOG = """\
`catalogkit serve key shop` makes a key and adds its hash to --keys; `catalogkit serve rules` prints
alert rules for Prometheus. What is learnt is kept in --directory: without --log and --catalog it is
served from there. Events that come in are kept there too, or in the Redis that REDIS_URL names,
which several --workers need. Put a proxy that speaks TLS in front before you listen to the world.
"""


def add_serve(rooms: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `serve`, `serve key` and `serve rules` to the parser."""
    about = "answer /recommend, /search and /annotate over HTTP, and take in /events"
    serve = rooms.add_parser(
        "serve", help=about, description=about.capitalize() + ".", epilog=EPILOG
    )
    _add_data(serve)
    _add_place(serve)
    serve.set_defaults(run=serve_shop, exclude_bought=False)
    actions = serve.add_subparsers(title="actions", metavar="ACTION")
    key = actions.add_parser("key", help="make a key for a client, and print it once")
    key.add_argument("name", metavar="NAME", help="whose key it is")
    key.add_argument("--keys", default="keys.json", metavar="FILE", help="else keys.json")
    key.add_argument("--remove", action="store_true", help="take the key of this name away")
    key.set_defaults(run=make_key)
    rules = actions.add_parser("rules", help="print alert rules for Prometheus")
    rules.set_defaults(run=print_rules)


def serve_shop(chosen: argparse.Namespace) -> int:
    """Learn what files were named, then serve until SIGTERM."""
    from catalogkit.serving.auth import read_keys
    from catalogkit.serving.limits import Limits
    from catalogkit.serving.running import Settings, run

    read_keys(Path(chosen.keys))
    directory = Path(chosen.directory)
    directory.mkdir(exist_ok=True)
    if chosen.levels and not chosen.catalog:
        raise DataError("--levels are columns of ITEMS: give --catalog ITEMS.")
    if chosen.log:
        _learn_lists(chosen, directory)
    if chosen.catalog:
        _learn_search(chosen, directory)
    if chosen.levels:
        _learn_paths(chosen, directory)
    limits = Limits(rate=chosen.rate, burst=2 * chosen.rate)
    say(f"http://{chosen.host}:{chosen.port}, its pages under /docs; SIGTERM or Ctrl-C ends it.")
    run(Settings(chosen.directory, chosen.keys, limits), chosen.host, chosen.port, chosen.workers)
    return 0


def make_key(chosen: argparse.Namespace) -> int:
    """Print a new key on standard output, or take one away."""
    from catalogkit.serving.auth import add_key, remove_key

    if chosen.remove:
        remove_key(Path(chosen.keys), chosen.name)
        say(f"{chosen.keys}: {chosen.name} has no key any more; restart the service.")
        return 0
    print(add_key(Path(chosen.keys), chosen.name))
    say(f"{chosen.keys}: holds only a hash of this key. Keep the key; it cannot be shown again.")
    return 0


def print_rules(_: argparse.Namespace) -> int:
    """Print the rules."""
    from catalogkit.serving.alerts import rule_file

    print(rule_file(), end="")
    return 0


def _add_data(serve: argparse.ArgumentParser) -> None:
    add = serve.add_argument
    add("--log", metavar="EVENTS", help="learn lists from this log: .csv, .tsv or .parquet")
    add("--catalog", metavar="ITEMS", help="learn to search in these products")
    add("--levels", nargs="+", metavar="COLUMN", help="of ITEMS: learn to annotate, top first")
    add("--user", default="user_id", metavar="COLUMN", help="of EVENTS; else 'user_id'")
    add("--item", default="product_id", metavar="COLUMN", help="of EVENTS; else 'product_id'")
    add("--time", default="time", metavar="COLUMN", help="of EVENTS, ISO 8601; else 'time'")
    add("--event", nargs="+", metavar="KIND", help="only events of these kinds; else all")
    add("--event-column", default="event", metavar="COLUMN", help="of the kinds; else 'event'")
    add("--id", default="product_id", metavar="COLUMN", help="of ITEMS; else 'product_id'")
    add("--text", default="text", metavar="COLUMN", help="of ITEMS; else 'text'")
    add("--model", choices=SERVED, default="frequency", help="of lists; else frequency")
    add("--method", choices=METHODS, default="encoder", help="what reads texts; else encoder")
    add("--encoder", metavar="NAME", help="a pretrained encoder or its directory; else the bundled")
    add("--seed", type=int, default=0, help="else 0")


def _add_place(serve: argparse.ArgumentParser) -> None:
    add = serve.add_argument
    add("--directory", default="service", help="of what is learnt and of events; else 'service'")
    add("--keys", default="keys.json", metavar="FILE", help="of `serve key`; else keys.json")
    add("--host", default="127.0.0.1", help="else 127.0.0.1: this machine alone")
    add("--port", type=int, default=8080, help="else 8080")
    add("--workers", type=at_least_one, default=1, metavar="N", help="else 1; more need REDIS_URL")
    add("--rate", type=at_least_one, default=1000, metavar="N", help="requests/s a key; else 1000")


def _learn_lists(chosen: argparse.Namespace, directory: Path) -> None:
    """Learn from the log, and keep the model. Products of the catalog alone may be listed."""
    import pandas as pd

    from catalogkit.recommenders.interactions import Interactions
    from catalogkit.serving.models import RECOMMENDER

    log = read_log(chosen, chosen.log)
    catalog = items_of(log)
    if chosen.catalog:
        catalog = _items(chosen)
        log = within(log, pd.Index(catalog.product_id), chosen.log, chosen.catalog)
    known = Interactions.of(log, catalog)
    say(f"learning lists from {len(known.user):,} events of {len(known.users):,} users.")
    with learning(chosen.model, chosen.log):
        fitted = model_of(chosen.model, chosen, catalog, float(known.age.max())).learn(known)
    fitted.save(directory / RECOMMENDER)


def _learn_search(chosen: argparse.Namespace, directory: Path) -> None:
    """Index the catalog's texts, and keep the index."""
    from catalogkit.language.encoders import Encoder
    from catalogkit.language.pretrained import BUNDLED
    from catalogkit.search.engine import Search
    from catalogkit.serving.models import INDEX

    catalog = _items(chosen)
    say(f"indexing {len(catalog):,} products.")
    by_meaning = chosen.method == "encoder"
    encoder = Encoder.load(chosen.encoder or BUNDLED) if by_meaning else None
    with naming(chosen.catalog):
        Search.build(catalog, encoder).save(directory / INDEX)


def _learn_paths(chosen: argparse.Namespace, directory: Path) -> None:
    """Learn from the products that have labels, and keep the annotator."""
    import numpy as np

    from catalogkit.serving.models import ANNOTATOR
    from catalogkit.taxonomy.annotation import Annotator, Name

    catalog = _items(chosen)
    placed = np.array([bool(path) for path in catalog.path])
    say(f"learning paths from the {placed.sum():,} of {len(catalog):,} products that have one.")
    labelled = catalog.take(placed)
    method: Name = "frozen" if chosen.method == "encoder" else "tf-idf"
    named = {"encoder": chosen.encoder} if chosen.encoder else {}
    annotator = Annotator(method, threshold=0.5, seed=chosen.seed, **named)
    with naming(chosen.catalog):
        annotator.fit(labelled.text, labelled.path).save(directory / ANNOTATOR)


def _items(chosen: argparse.Namespace) -> Catalog:
    """Read the catalog with its levels, if there are any."""
    from catalogkit.datasets.records import Catalog

    levels = list(chosen.levels or [])
    wanted = [chosen.id, chosen.text, *levels]
    if len(set(wanted)) < len(wanted):
        raise DataError(f"--id, --text and --levels name one column twice: {', '.join(wanted)}.")
    table = read_with(chosen.catalog, wanted)[wanted]
    with naming(chosen.catalog):
        return Catalog(table.set_axis(["product_id", "text", *levels], axis=1), tuple(levels))
