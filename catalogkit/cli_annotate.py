"""The command line's `annotate`: put a shop's products into the tree of its labelled ones."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from catalogkit.cli_texts import naming, read_with, say
from catalogkit.datasets.errors import DataError

if TYPE_CHECKING:
    from catalogkit.datasets.records import Catalog
    from catalogkit.taxonomy.annotation import Annotator

METHODS = ("zero-shot", "few-shot", "frozen", "tf-idf", "lora", "fine-tuned")
EPILOG = """\
OUT has the id, the text, one column for each level (empty where the path ends or its probability
falls below the threshold) and LEVEL_probability. An interrupted run continues when the command is
repeated: until OUT is whole, its parts are in OUT.partial.
"""


def add_annotate(rooms: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `annotate` to the parser."""
    about = "put products into the tree of labelled ones, with probabilities"
    annotate = rooms.add_parser(
        "annotate", help=about, description=f"Learn to {about}.", epilog=EPILOG
    )
    add = annotate.add_argument
    add("catalog", metavar="CATALOG", help="products to annotate: .csv, .tsv or .parquet")
    add("--labelled", required=True, metavar="TRAIN", help="products with labels, to learn from")
    add("--levels", nargs="+", required=True, metavar="COLUMN", help="TRAIN's labels, top first")
    add("--text", default="text", metavar="COLUMN", help="of both files; else 'text'")
    add("--id", default="product_id", metavar="COLUMN", help="of both files; else 'product_id'")
    add(
        "--group", metavar="COLUMN",
        help="of TRAIN: what makes texts alike; probabilities are then right for new groups",
    )  # fmt: skip
    add("--method", choices=METHODS, default="frozen", help="else frozen")
    add("--encoder", metavar="NAME", help="a pretrained encoder or its directory; else the bundled")
    add("--threshold", type=_probability, default=0.5, metavar="P", help="else .5; 0: never stop")
    add("--seed", type=int, default=0, help="else 0")
    add("-o", "--output", required=True, metavar="OUT", help=".csv, .tsv or .parquet")
    annotate.set_defaults(run=annotate_file)


def annotate_file(chosen: argparse.Namespace) -> int:
    """Learn, annotate in parts, join the parts; say on stderr what is going on."""
    from tqdm import tqdm

    from catalogkit.taxonomy.resuming import Parts

    output = Path(chosen.output)
    parts = Parts.open(output, [chosen.catalog, chosen.labelled], _choices(chosen))
    catalog = _read(chosen, chosen.catalog)
    try:
        annotator = parts.annotator(lambda: _learn(chosen))
        with tqdm(total=len(catalog), unit=" products") as bar:
            for number in parts.annotate(annotator, catalog, chosen.levels):
                bar.update(number)
    except KeyboardInterrupt:
        say("interrupted; the same command continues.")
        return 130
    parts.join({"product_id": chosen.id, "text": chosen.text})
    say(f"{output}: {len(catalog):,} products annotated.")
    return 0


def _choices(chosen: argparse.Namespace) -> dict[str, object]:
    """List what a run depends on beside the contents of its files."""
    files = ("catalog", "labelled", "output", "run")
    return {name: value for name, value in vars(chosen).items() if name not in files}


def _learn(chosen: argparse.Namespace) -> Annotator:
    """Fit on the labelled products; those without a label are counted on stderr."""
    import numpy as np

    from catalogkit.taxonomy.annotation import Annotator

    labelled = _read(chosen, chosen.labelled, chosen.levels, chosen.group)
    placed = np.array([bool(path) for path in labelled.path])
    if not placed.any():
        raise DataError(f"{chosen.labelled}: no row has a label in {chosen.levels[0]!r}.")
    if not placed.all():
        without = f"{(~placed).sum():,} of {len(placed):,} rows have no label"
        say(f"{chosen.labelled}: {without}; left out.")
        labelled = labelled.take(placed)
    say(f"learning from {len(labelled):,} products ({chosen.method}).")
    groups = labelled.table[chosen.group] if chosen.group else None
    named = {"encoder": chosen.encoder} if chosen.encoder else {}
    annotator = Annotator(chosen.method, threshold=chosen.threshold, seed=chosen.seed, **named)
    annotator.fit(labelled.text, labelled.path, groups)
    temperatures = ", ".join(f"{value:.3g}" for value in annotator.temperatures_)
    how = f"chosen by {annotator.held_out_:,} held-out texts" if annotator.held_out_ else "a guess"
    say(f"{len(annotator.classes_):,} paths; temperatures {temperatures}, {how}.")
    return annotator


def _read(
    chosen: argparse.Namespace, file: str, levels: Sequence[str] = (), group: str | None = None
) -> Catalog:
    """Read the columns that are asked for, whatever else the file has."""
    from catalogkit.datasets.records import Catalog

    wanted = [chosen.id, chosen.text, *levels]
    if len(set(wanted)) < len(wanted):
        raise DataError(f"--id, --text and --levels name one column twice: {', '.join(wanted)}.")
    table = read_with(file, [*wanted, group or chosen.id])
    kept = table[wanted].set_axis(["product_id", "text", *levels], axis=1)
    if group:
        kept[group] = table[group]
    with naming(file):
        return Catalog(kept, tuple(levels))


def _probability(text: str) -> float:
    """Read a number from 0 to 1, or let argparse say that it is none."""
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no probability: give a number from 0 to 1")
    return value
