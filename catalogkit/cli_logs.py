"""What `recommend` and `evaluate` share: a stranger's log and catalog, and models by name."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from catalogkit.cli_texts import METHODS, encode, kept_beside, naming, read_with, say
from catalogkit.datasets.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from catalogkit.datasets.records import Catalog, Log
    from catalogkit.recommenders.base import Recommender
    from catalogkit.recommenders.candidates import Target

MODELS = ("popular", "frequency", "neighbours", "ease", "als", "content", "blend")


def add_log(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what the columns are, and what models are learnt with."""
    add = parser.add_argument
    add("--user", default="user_id", metavar="COLUMN", help="else 'user_id'")
    add("--item", default="product_id", metavar="COLUMN", help="of all files; else 'product_id'")
    add("--time", default="time", metavar="COLUMN", help="dates or times, ISO 8601; else 'time'")
    add("--event", nargs="+", metavar="KIND", help="only events of these kinds; else all")
    add("--event-column", default="event", metavar="COLUMN", help="of the kinds; else 'event'")
    add("--catalog", metavar="ITEMS", help="products that may be listed; else those of EVENTS")
    add("--text", default="text", metavar="COLUMN", help="of ITEMS, for content; else 'text'")
    add("--method", choices=METHODS, default="encoder", help="what reads texts; else encoder")
    add("--encoder", metavar="NAME", help="a pretrained encoder or its directory; else the bundled")
    add("--exclude-bought", action="store_true", help="list only what is new to the user")
    add("-k", type=at_least_one, default=10, metavar="K", help="products in a list; else 10")
    add("--seed", type=int, default=0, help="else 0")


def at_least_one(text: str) -> int:
    """Read a whole number from 1, or let argparse say that it is none."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} must be a whole number, 1 or more")
    return int(text)


def read_log(chosen: argparse.Namespace, file: str) -> Log:
    """Read users, products and times, whatever else the file has; ids stay as they are written.

    Kinds of events that are not asked for are counted on stderr. Errors name file, column and row.
    """
    from catalogkit.datasets.records import Log

    kinds = {chosen.user: "id", chosen.item: "id", chosen.time: "time"}
    if len(kinds) < 3:
        raise DataError("--user, --item and --time name one column twice.")
    table = read_columns(file, kinds, also=[chosen.event_column] if chosen.event else [])
    if chosen.event:
        kept = table[chosen.event_column].astype(str).isin(chosen.event).to_numpy()
        if not kept.any():
            has = ", ".join(sorted(map(str, table[chosen.event_column].dropna().unique()))[:10])
            raise DataError(f"{file}: no event is {' or '.join(chosen.event)}; there are: {has}.")
        say_left_out(file, "events", ~kept, "of other kinds")
        table = table[kept].reset_index(drop=True)
    return Log(table[list(kinds)].set_axis(["user_id", "product_id", "time"], axis=1))


def read_items(chosen: argparse.Namespace, *more: str) -> Catalog:
    """Read the catalog, with text where there is one, and further columns of labels.

    A missing label becomes a label of its own.
    """
    from catalogkit.datasets.records import Catalog
    from catalogkit.datasets.schema import check

    file, item = chosen.catalog, chosen.item
    table = read_columns(file, {item: "id"}, also=list(more))
    check(table[[item]], file, {item: "id"}, unique=[item])
    kept = table[[item]].set_axis(["product_id"], axis=1)
    has_text = chosen.text in table.columns
    kept["text"] = table[chosen.text].fillna("") if has_text else table[item].astype(str)
    for column in more:
        kept[column] = table[column].astype(object).where(table[column].notna(), "(none)")
    with naming(file):
        return Catalog(kept)


def items_of(log: Log) -> Catalog:
    """Make a catalog of the products in a log, sorted, whose texts are their ids."""
    import numpy as np
    import pandas as pd

    from catalogkit.datasets.records import Catalog

    ids = np.unique(log.product_id)
    return Catalog(pd.DataFrame({"product_id": ids, "text": [str(one) for one in ids]}))


def within(log: Log, items: pd.Index, file: str, whose: str) -> Log:
    """Keep the events of known products; others are counted on stderr. whose: "ITEMS"."""
    import pandas as pd

    known = pd.Index(log.product_id).isin(items)
    if not known.any():
        raise DataError(
            f"{file}: no event names a product of {whose}, the first names {log.product_id[0]!r}: "
            "check --item. Are ids numbers in one file and strings in the other?"
        )
    say_left_out(file, "events", ~known, f"of products outside {whose}")
    return log.take(known)


def read_columns(file: str, kinds: Mapping[str, str], also: list[str]) -> pd.DataFrame:
    """Read a table that must have some columns, and check those that have kinds."""
    from catalogkit.datasets.schema import check
    from catalogkit.datasets.tables import convert

    table = convert(read_with(file, [*kinds, *also]), file, kinds)
    check(table[list(kinds)], file, kinds)
    return table


def say_left_out(file: str, what: str, out: npt.NDArray[np.bool_], why: str) -> None:
    """Count on stderr what is left out, if anything."""
    if out.any():
        say(f"{file}: {out.sum():,} of {len(out):,} {what} are {why}; left out.")


def model_of(name: str, chosen: argparse.Namespace, catalog: Catalog, days: float) -> Recommender:
    """Build a model by its name. days: that the log spans, a fifth of which a blend learns from."""
    from catalogkit.recommenders.blend import Blend
    from catalogkit.recommenders.ease import Ease
    from catalogkit.recommenders.factorisation import Als
    from catalogkit.recommenders.frequency import Frequency
    from catalogkit.recommenders.neighbours import ItemNeighbours
    from catalogkit.recommenders.popularity import Popularity

    members = {"frequency": Frequency(), "neighbours": ItemNeighbours(), "ease": Ease()}
    target: Target = "new" if chosen.exclude_bought else "all"
    ways: Mapping[str, Callable[[], Recommender]] = {
        "popular": Popularity,
        "frequency": Frequency,
        "neighbours": ItemNeighbours,
        "ease": Ease,
        "als": lambda: Als(seed=chosen.seed),
        "content": lambda: _content(chosen, catalog),
        "blend": lambda: Blend(
            members, target=target, holdout=min(28.0, days / 5), seed=chosen.seed
        ),
    }
    return ways[name]()


@contextmanager
def learning(name: str, file: str) -> Iterator[None]:
    """Put the file's name before what is wrong with it, and say how to get what a model needs."""
    try:
        with naming(file):
            yield
    except ModuleNotFoundError as error:
        raise DataError(
            f"{name} needs {error.name}: pip install 'catalogkit-book[recommend]'."
        ) from None


def _content(chosen: argparse.Namespace, catalog: Catalog) -> Recommender:
    """Embed the catalog's texts."""
    from catalogkit.recommenders.content import Content

    if not chosen.catalog:
        raise DataError("the model 'content' reads texts of products: give --catalog ITEMS.")
    if chosen.method == "encoder":
        kept = kept_beside(Path(chosen.output or chosen.catalog))
        vectors = encode(chosen.encoder, catalog.text, kept)
        shutil.rmtree(kept, ignore_errors=True)
        return Content(vectors)
    from catalogkit.taxonomy.evidence import letter_vectors

    return Content(letter_vectors(catalog.text, seed=chosen.seed))
