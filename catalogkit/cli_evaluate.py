"""The command line's `evaluate`: which model foretells best what a shop's users buy next."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalogkit.cli_logs import (
    MODELS,
    add_log,
    at_least_one,
    items_of,
    learning,
    model_of,
    read_items,
    read_log,
    within,
)
from catalogkit.cli_texts import TABLES, as_output, naming, say
from catalogkit.datasets.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from catalogkit.datasets.records import Catalog, Log
    from catalogkit.evaluation import Judged
    from catalogkit.ranking import Ranking
    from catalogkit.recommenders.trial import Trial

BASELINES = ("popular", "frequency")
USUAL = ("popular", "frequency", "neighbours", "ease", "als", "blend")
EPILOG = """\
Every model learns from what is older than the test and is asked for the K likeliest products of
each user who bought before and in the test. nDCG and recall are means over these users; coverage
is the share of all products that any list shows; diversity, with --category, the share of pairs in
a list that come from two categories. The last columns are the difference in nDCG to the better of
the two baselines, popular and frequency, with a 95 % bootstrap interval over users that holds for
all models together: a model is better or worse where the interval excludes zero. Models chosen by
this table would look better than they are: choose on one stretch of time, report on a later one.
"""


def add_evaluate(rooms: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `evaluate` to the parser."""
    about = "compare recommenders by what the users of a log bought in the end"
    evaluate = rooms.add_parser(
        "evaluate", help=about, description=about.capitalize() + ".", epilog=EPILOG
    )
    add = evaluate.add_argument
    add("events", metavar="EVENTS", help="the log: .csv, .tsv or .parquet")
    add_log(evaluate)
    add("--models", nargs="+", choices=MODELS, default=USUAL, help=f"else {' '.join(USUAL)}")
    add("--category", metavar="COLUMN", help="of ITEMS, to measure diversity by")
    when = evaluate.add_mutually_exclusive_group()
    when.add_argument(
        "--test-days", type=at_least_one, metavar="N",
        help="test on the last N days; else on 28, or a fifth of the log where it is short",
    )  # fmt: skip
    when.add_argument("--test-from", metavar="TIME", help="test on this moment and all after it")
    add("-o", "--output", metavar="OUT", help="write the table: .csv, .tsv, .parquet or .json")
    evaluate.set_defaults(run=evaluate_file)


def evaluate_file(chosen: argparse.Namespace) -> int:
    """Split, let every model answer, print the table; say on stderr what is going on."""
    output = as_output(chosen.output, *TABLES, ".json") if chosen.output else None
    log, catalog = _read(chosen)
    start = _test_from(chosen, log)
    trial = _trial(chosen, log, catalog, start)
    answers = {}
    for name in dict.fromkeys([*BASELINES, *chosen.models]):
        say(f"asking {name}.")
        model = model_of(name, chosen, catalog, float(trial.known.age.max()))
        with learning(name, chosen.events):
            answers[name] = trial.ask(model, chosen.k)
    rows = _table(chosen, answers, catalog)
    print(_shown(rows, chosen.k))
    if output:
        _write(rows, trial, start, output)
    return 0


def _read(chosen: argparse.Namespace) -> tuple[Log, Catalog]:
    """Read the log and the products that it may name."""
    import pandas as pd

    if chosen.category and not chosen.catalog:
        raise DataError("--category is a column of the catalog: give --catalog ITEMS.")
    log = read_log(chosen, chosen.events)
    if not chosen.catalog:
        return log, items_of(log)
    catalog = read_items(chosen, *([chosen.category] if chosen.category else []))
    return within(log, pd.Index(catalog.product_id), chosen.events, chosen.catalog), catalog


def _test_from(chosen: argparse.Namespace, log: Log) -> pd.Timestamp:
    """Return the moment from which the log is for testing."""
    import pandas as pd

    first, last = pd.Timestamp(log.time.min()), pd.Timestamp(log.time.max())
    span = f"{chosen.events}: its {len(log):,} events span {first} to {last}"
    if first == last:
        raise DataError(f"{span}: there is no past to learn from and no future to foretell.")
    if chosen.test_from:
        start = pd.to_datetime(chosen.test_from, utc=True, errors="coerce", format="ISO8601")
        if pd.isna(start):
            raise DataError(f"--test-from {chosen.test_from}: is no time such as 2024-01-31.")
        start = pd.Timestamp(start).tz_localize(None)
    else:
        days = min(28, (last - first) / pd.Timedelta(days=5))
        start = last - pd.Timedelta(days=chosen.test_days or days) + pd.Timedelta(1, "us")
    if not first < start <= last:
        raise DataError(f"{span}, and the test would start at {start}: choose another time.")
    return start


def _trial(chosen: argparse.Namespace, log: Log, catalog: Catalog, start: pd.Timestamp) -> Trial:
    """Split the log and say what takes part."""
    from catalogkit.recommenders.trial import Trial

    with naming(chosen.events):
        trial = Trial.of(log, catalog, start, new_only=chosen.exclude_bought)
    users, bought = len(trial.users), trial.bought.nnz
    say(f"learning from {len(trial.known.user):,} events before {start.ceil('s')}.")
    say(f"testing {users:,} users; each product counts once a user, {bought:,} purchases in all.")
    for reason, number in trial.left_out.items():
        if number:
            say(f"{number:,} {reason}; left out.")
    if trial.unseen:
        say(f"{trial.unseen:,} of {bought:,} were never bought before; most models cannot know.")
    if users < 2:
        raise DataError(f"{chosen.events}: one user is too few to say how sure a result is.")
    return trial


def _table(
    chosen: argparse.Namespace, answers: Mapping[str, tuple[Ranking, Judged]], catalog: Catalog
) -> list[dict[str, Any]]:
    """Measure every answer, one row a model, best first."""
    from catalogkit.evaluation import coverage, paired_bootstrap

    at = chosen.k
    ndcg = {name: judged.ndcg(at) for name, (_, judged) in answers.items()}
    best = max(BASELINES, key=lambda name: float(ndcg[name].mean()))
    others, rows = len(answers) - 1, []
    for name, (ranking, judged) in answers.items():
        row = {"model": name, "ndcg": ndcg[name].mean(), "recall": judged.recall(at).mean()}
        row["coverage"] = coverage(ranking, len(catalog))
        if chosen.category:
            row["diversity"] = _diversity(ranking, catalog.table[chosen.category])
        if name != best:
            sure = paired_bootstrap(
                ndcg[name], ndcg[best], comparisons=others, draws=2000 * others, seed=chosen.seed
            )
            row |= {"baseline": best, "difference": sure.value, "low": sure.low, "high": sure.high}
        rows.append(row)
    return sorted(rows, key=lambda row: -float(row["ndcg"]))


def _diversity(ranking: Ranking, categories: pd.Series) -> float:
    """Share of pairs in a list that come from two categories, mean over lists of two or more."""
    import numpy as np
    import pandas as pd
    from scipy import sparse

    from catalogkit.evaluation import intra_list_distance

    codes, names = pd.factorize(categories)
    cells = (np.ones(len(codes)), (np.arange(len(codes)), codes))
    one_hot = sparse.csr_array(cells, shape=(len(codes), len(names)))
    return float(np.nanmean(intra_list_distance(ranking, one_hot)))


def _shown(rows: list[dict[str, Any]], k: int) -> str:
    """Lay the table out for reading."""
    titles = {"model": "", "ndcg": f"nDCG@{k}", "recall": f"recall@{k}", "coverage": "coverage"}
    if "diversity" in rows[0]:
        titles["diversity"] = "diversity"
    best = next(row["model"] for row in rows if "baseline" not in row)
    lines = [[*titles.values(), f"nDCG minus {best}'s"]]
    for row in rows:
        numbers = [f"{row[name]:.3f}" for name in titles if name != "model"]
        sure = "{difference:+.3f} [{low:+.3f}, {high:+.3f}]" if "baseline" in row else "-"
        lines.append([row["model"], *numbers, sure.format(**row)])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip()
        for line in lines
    )


def _write(rows: list[dict[str, Any]], trial: Trial, start: pd.Timestamp, output: Path) -> None:
    """Write the table; JSON also tells what was tested and what was left out."""
    import pandas as pd

    from catalogkit.datasets.tables import write_table

    table = pd.DataFrame(rows)
    if output.suffix.lower() != ".json":
        write_table(table, output)
    else:
        about = {
            "test_from": start.isoformat(),
            "users": len(trial.users),
            "purchases": int(trial.bought.nnz),
            "never_bought_before": trial.unseen,
            "left_out": dict(trial.left_out),
            "models": json.loads(table.to_json(orient="records")),
        }
        text = json.dumps(about, ensure_ascii=False, indent=2)
        output.write_text(text + "\n", encoding="utf-8")
    say(f"{output}: {len(rows)} models compared.")
