"""The command line's `recommend`: learn from a shop's log, and list products for its users."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from catalogkit.cli_logs import (
    MODELS,
    add_log,
    items_of,
    learning,
    model_of,
    read_columns,
    read_items,
    read_log,
    within,
)
from catalogkit.cli_texts import TABLES, as_output, naming, say
from catalogkit.datasets.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from catalogkit.recommenders.base import Fitted

USERS = 4096
"""Users between two steps of the progress bar."""
EPILOG = """\
OUT has the user, the rank from 1, the product and its score, whose scale is the model's own. Ids
stay as they are written. A user whom the log does not know gets what most people bought; so does
one of whom the model can say nothing. With --model-file nothing is learnt again: --update only
adds to what users did.
"""


def add_recommend(rooms: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `recommend` to the parser."""
    about = "list products for users, from a log of who bought what and when"
    recommend = rooms.add_parser(
        "recommend", help=about, description=about.capitalize() + ".", epilog=EPILOG
    )
    add = recommend.add_argument
    add("events", nargs="?", metavar="EVENTS", help="the log: .csv, .tsv or .parquet")
    add_log(recommend)
    add("--model", choices=MODELS, help="else frequency, with --exclude-bought neighbours")
    add("--save", metavar="MODEL", help="write what was learnt to this file")
    add("--model-file", metavar="MODEL", help="use what --save wrote, instead of EVENTS")
    add("--update", metavar="EVENTS", help="further events for the model of --model-file")
    who = recommend.add_mutually_exclusive_group()
    who.add_argument("--for", dest="wanted", nargs="+", metavar="USER", help="else all in the log")
    who.add_argument("--users", metavar="FILE", help="a table of users, in the column of --user")
    add("-o", "--output", required=True, metavar="OUT", help=".csv, .tsv or .parquet")
    recommend.set_defaults(run=recommend_file)


def recommend_file(chosen: argparse.Namespace) -> int:
    """Learn or load, list, write; say on stderr what is going on."""
    output = _checked(chosen)
    fitted = _load(chosen) if chosen.model_file else _learn(chosen)
    if chosen.save:
        fitted.save(chosen.save)
        say(f"{chosen.save}: the model.")
    users = _users(chosen, fitted)
    with naming(str(output)):
        _write(chosen, fitted, users, output)
    return 0


def _checked(chosen: argparse.Namespace) -> Path:
    """Find fault with the choices before the work."""
    if bool(chosen.events) == bool(chosen.model_file):
        raise DataError("give EVENTS to learn from, or --model-file: one of the two.")
    if chosen.update and not chosen.model_file:
        raise DataError("--update needs --model-file: what is learnt from EVENTS is up to date.")
    if chosen.model_file and (chosen.model or chosen.catalog):
        raise DataError("--model and --catalog are for learning: drop them, or --model-file.")
    if {chosen.user, chosen.item} & {"rank", "score"}:
        raise DataError("--user or --item: OUT has its own 'rank' and 'score'; rename the column.")
    if chosen.save:
        as_output(chosen.save)
    return as_output(chosen.output, *TABLES)


def _learn(chosen: argparse.Namespace) -> Fitted:
    """Learn from the log; products and users are counted on stderr."""
    import pandas as pd

    from catalogkit.recommenders.interactions import Interactions

    log = read_log(chosen, chosen.events)
    catalog = items_of(log)
    if chosen.catalog:
        catalog = read_items(chosen)
        log = within(log, pd.Index(catalog.product_id), chosen.events, chosen.catalog)
    known = Interactions.of(log, catalog)
    name = chosen.model or ("neighbours" if chosen.exclude_bought else "frequency")
    say(
        f"learning from {len(known.user):,} events of {len(known.users):,} users and "
        f"{len(known.items):,} products ({name})."
    )
    model = model_of(name, chosen, catalog, float(known.age.max()))
    with learning(name, chosen.events):
        return model.learn(known)


def _load(chosen: argparse.Namespace) -> Fitted:
    """Read a model and bring it up to date."""
    from catalogkit.recommenders.saving import load

    fitted = load(chosen.model_file)
    if not chosen.update:
        return fitted
    log = read_log(chosen, chosen.update)
    log = within(log, fitted.interactions.items, chosen.update, chosen.model_file)
    before = len(fitted.interactions.users)
    try:
        with naming(chosen.update):
            fitted = fitted.update(log)
    except NotImplementedError as error:
        raise DataError(f"{chosen.model_file}: {error}.") from None
    new = len(fitted.interactions.users) - before
    say(f"{chosen.update}: {len(log):,} events taken in; {new:,} users are new.")
    return fitted


def _users(chosen: argparse.Namespace, fitted: Fitted) -> pd.Index:
    """Return the ids asked for, each once; strangers are counted on stderr."""
    import pandas as pd

    known: pd.Index = fitted.interactions.users
    if not chosen.wanted and not chosen.users:
        return known
    ids = list(chosen.wanted or [])
    if chosen.users:
        ids = read_columns(chosen.users, {chosen.user: "id"}, also=[])[chosen.user].tolist()
    if known.inferred_type == "integer":
        ids = [_number(one) for one in ids]
    users: pd.Index = pd.Index(dict.fromkeys(ids))
    if len(users) < len(ids):
        say(f"{len(ids) - len(users):,} of {len(ids):,} users are named twice; listed once.")
    strangers = int((~users.isin(known)).sum())
    if strangers:
        say(
            f"{strangers:,} of {len(users):,} users are not in the log; they get what most people "
            "bought."
        )
    return users


def _number(user: str | int) -> int:
    """Read the id of a user as a number, as those of the log are."""
    if not str(user).isdecimal():
        raise DataError(f"user {user!r}: the users of the log are whole numbers.")
    return int(user)


def _write(chosen: argparse.Namespace, fitted: Fitted, users: pd.Index, output: Path) -> None:
    """List products for all users and write a row for each."""
    import pandas as pd
    from tqdm import tqdm

    from catalogkit.datasets.tables import write_table

    parts = []
    with tqdm(total=len(users), unit=" users", disable=len(users) < USERS) as bar:
        for start in range(0, len(users), USERS):
            parts.append(_listed(chosen, fitted, users[start : start + USERS]))
            bar.update(min(USERS, len(users) - start))
    table = pd.concat(parts, ignore_index=True)
    short = len(users) - int((table["rank"] == chosen.k).sum())
    if short:
        say(f"{short:,} of {len(users):,} lists have fewer than {chosen.k} products.")
    write_table(table, output)
    say(f"{output}: {len(table):,} rows for {len(users):,} users.")


def _listed(chosen: argparse.Namespace, fitted: Fitted, users: pd.Index) -> pd.DataFrame:
    """List products for some users: user, rank, product, score."""
    import numpy as np
    import pandas as pd

    ids = users.to_numpy()
    exclude = fitted.history(ids) if chosen.exclude_bought else None
    ranking = fitted.recommend(ids, chosen.k, exclude=exclude)
    row, place = np.nonzero(ranking.items >= 0)
    items = fitted.interactions.items.to_numpy()[ranking.items[row, place]]
    columns = {
        chosen.user: ids[row],
        "rank": place + 1,
        chosen.item: items,
        "score": ranking.scores[row, place],
    }
    return pd.DataFrame(columns)
