"""What might be mended in a tree: proposals that a person accepts or refuses in a CSV."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any

import pandas as pd

from catalogkit.datasets.errors import DataError
from catalogkit.datasets.tables import read_table
from catalogkit.taxonomy.changes import Change, as_record, from_json, replay
from catalogkit.taxonomy.tree import Path, Tree

COLUMNS = ("decision", "kind", "score", "nodes", "evidence", "changes")
DECISIONS = {"accept": True, "refuse": False, "": None}


@dataclass(frozen=True)
class Proposal:
    """Something that may be wrong, why one may think so, and what accepting it does.

    kind: such as "duplicate"; nodes: the paths it is about, the one in doubt first; evidence:
    named numbers and words; score: ranks proposals of one kind; changes: made one after another on
    acceptance, none where a person must decide what to do.
    """

    kind: str
    nodes: tuple[Path, ...]
    evidence: Mapping[str, float | str]
    score: float
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Decisions:
    """Proposals as a person sorted them; undecided are those whose cell was left empty."""

    accepted: tuple[Proposal, ...]
    refused: tuple[Proposal, ...]
    undecided: tuple[Proposal, ...]


@dataclass(frozen=True)
class Applied:
    """The tree after accepted proposals, the changes made, and what could not be done and why."""

    tree: Tree
    changes: tuple[Change, ...] = ()
    failed: tuple[tuple[Proposal, str], ...] = field(default=())


def ranked(proposals: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """Sort proposals: the highest score first, equal ones by path."""
    return tuple(sorted(proposals, key=lambda proposal: (-proposal.score, proposal.nodes)))


def write_proposals(path: str | File, proposals: Iterable[Proposal]) -> None:
    """Write one proposal a row, in the order given, with an empty column "decision" to fill in.

    nodes, evidence and changes are JSON, so that every name survives the round trip.
    """
    rows = [
        ("", p.kind, repr(p.score), _json(p.nodes), _json(dict(p.evidence)), _changes(p.changes))
        for p in proposals
    ]
    pd.DataFrame(rows, columns=list(COLUMNS)).to_csv(path, index=False, encoding="utf-8")


def read_decisions(path: str | File) -> Decisions:
    """Read what `write_proposals` wrote and a person filled with "accept" or "refuse".

    Raises DataError that names the line and the column: another word in "decision", a cell that
    was damaged, a column that is gone.
    """
    table = read_table(path)
    for column in COLUMNS:
        if column not in table.columns:
            raise DataError(
                f"{path}: no column {column!r}; start again from the written proposals."
            )
    sorted_out: dict[bool | None, list[Proposal]] = {True: [], False: [], None: []}
    for line, row in enumerate(table.fillna("").to_dict("records"), start=2):
        cell = str(row["decision"]).strip().lower()
        if cell not in DECISIONS:
            raise DataError(
                f"{path}, line {line}: the decision is {row['decision']!r}; "
                "write accept or refuse, or leave it empty."
            )
        sorted_out[DECISIONS[cell]].append(_proposal(row, f"{path}, line {line}"))
    return Decisions(*(tuple(sorted_out[choice]) for choice in (True, False, None)))


def apply_proposals(tree: Tree, accepted: Iterable[Proposal]) -> Applied:
    """Make the changes of accepted proposals, each wholly or not at all.

    One that cannot be made, since an earlier one took its node away or since it names no change,
    is returned with the reason; the others are made all the same.
    """
    made: list[Change] = []
    failed: list[tuple[Proposal, str]] = []
    for proposal in accepted:
        if not proposal.changes:
            failed.append((proposal, "names no change: decide what to do, and edit the tree."))
            continue
        try:
            tree = replay(tree, proposal.changes)
            made += proposal.changes
        except DataError as error:
            failed.append((proposal, str(error)))
    return Applied(tree, tuple(made), tuple(failed))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _changes(changes: Iterable[Change]) -> str:
    return _json([as_record(change) for change in changes])


def _proposal(row: Mapping[Any, Any], where: str) -> Proposal:
    nodes = _cell(row, "nodes", where)
    evidence = _cell(row, "evidence", where)
    if not isinstance(nodes, list) or not all(isinstance(node, list) for node in nodes):
        raise DataError(f"{where}, column 'nodes': not a list of paths; undo the edit.")
    if not isinstance(evidence, dict):
        raise DataError(f"{where}, column 'evidence': not a JSON object; undo the edit.")
    try:
        score, changes = float(row["score"]), from_json(row["changes"])
    except ValueError as error:
        raise DataError(f"{where}, column 'score' or 'changes': {error}; undo the edit.") from None
    return Proposal(str(row["kind"]), tuple(map(tuple, nodes)), evidence, score, changes)


def _cell(row: Mapping[Any, Any], column: str, where: str) -> object:
    try:
        return json.loads(row[column])
    except (json.JSONDecodeError, RecursionError):
        raise DataError(f"{where}, column {column!r}: not JSON; undo the edit.") from None
