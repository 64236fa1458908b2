"""Rules for result cards: a re-run agrees with what is published, within its budget."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from book.tools.rules.problems import Problem
from book.tools.rules.reading import Json
from catalogkit.evaluation.intervals import Interval
from catalogkit.ledger import holds

CPU_SECONDS = 90
MEMORY_MB = 4096
EXERCISE_SECONDS = 20
# A noisy machine does not fail an honest chapter: the gate closes at twice the goal.
TOLERANCE = 2
PUBLISH = "run `make publish` if the change is intended, and say why in the changelog"
RERUN = "run `make book`"


def read_cards(folder: Path) -> dict[str, Json]:
    """Return the cards below a folder, chapter name to card; raises ValueError naming a bad file.

    A chapter's card stands one folder deep, as <part>/<name>.json.
    """
    cards = {}
    for path in sorted(folder.glob("*/*.json")):
        try:
            card = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{path.name} is no result card ({error}): {RERUN} again") from error
        cards[path.relative_to(folder).with_suffix("").as_posix()] = card
    return cards


def executed_names(folder: Path) -> list[str]:
    """Return the chapters whose executed notebook is in a folder."""
    return sorted(p.relative_to(folder).with_suffix("").as_posix() for p in folder.rglob("*.ipynb"))


def check_complete(
    chapters: Iterable[str], executed: Iterable[str], fresh: Mapping[str, Json]
) -> list[Problem]:
    """Demand that each chapter on disk was executed and left a card, and that no other did."""
    chapters, executed = set(chapters), set(executed)
    found = [Problem(name, "has not been executed", RERUN) for name in sorted(chapters - executed)]
    found += [Problem(name, "was executed and left no result card", f"{RERUN} again")
              for name in sorted((chapters & executed) - set(fresh))]  # fmt: skip
    return found + [Problem(name, "was executed and is no chapter any more", RERUN)
                    for name in sorted((executed | set(fresh)) - chapters)]  # fmt: skip


def check_against_published(
    fresh: Mapping[str, Json],
    published: Mapping[str, Json],
    of_machine: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> list[Problem]:
    """Demand that each effect of a re-run lies in its published interval, with the same verdict.

    of_machine: effects, by claim, that measure a machine's time or memory. Their numbers may
    differ from one machine and one hour to the next; the verdict may not, unless such an effect
    changed sides within its intervals.
    """
    found = []
    for chapter, card in sorted(fresh.items()):
        if chapter not in published:
            remedy = f"run `make publish` and commit book/results/{chapter}.json"
            found.append(Problem(chapter, "has no published card", remedy))
            continue
        before = published[chapter]["claims"]
        for claim in sorted({*before, *card["claims"]}):
            cards = card["claims"].get(claim), before.get(claim)
            found += _compare(f"{chapter}, {claim}", *cards, of_machine.get(claim, ()))
    return found


def check_published_are_recorded(
    published: Mapping[str, Json], recorded: Mapping[str, str]
) -> list[Problem]:
    """Demand that a chapter still records what is published of it.

    recorded: each claim that a source notebook records, to the name of its chapter.
    """
    return [
        Problem(
            f"book/results/{chapter}.json",
            f"publishes {claim}, which the chapter does not record",
            "put the record back, or run `make publish`",
        )
        for chapter, card in sorted(published.items())
        for claim in sorted(card["claims"])
        if recorded.get(claim) != chapter
    ]


def check_recorded_have_evidence(
    fresh: Mapping[str, Json], recorded: Mapping[str, str]
) -> list[Problem]:
    """Demand that what a chapter's source records came out of its run."""
    return [
        Problem(chapter, f"records {claim}, but its run left no such record",
                "call ledger.record where the `laptop` profile reaches it, and run `make book`")
        for claim, chapter in sorted(recorded.items())
        if chapter in fresh and claim not in fresh[chapter]["claims"]
    ]  # fmt: skip


def check_budget(cards: Mapping[str, Json]) -> list[Problem]:
    """Hold each chapter to twice the goal in CPU seconds and in memory."""
    limits = [("cpu_seconds", "CPU seconds", CPU_SECONDS), ("memory_mb", "MB of memory", MEMORY_MB)]
    return [
        Problem(
            chapter,
            f"used {card[key]:,.0f} {unit}: the goal is {goal:,}, the gate fails above "
            f"{TOLERANCE * goal:,}",
            "use less data or fewer settings, cache embeddings, or split the chapter",
        )
        for chapter, card in sorted(cards.items())
        for key, unit, goal in limits
        if not card[key] <= TOLERANCE * goal
    ]


def check_exercises(cards: Mapping[str, Json]) -> list[Problem]:
    """Hold the solution of each exercise to twice its goal in CPU seconds."""
    return [
        Problem(
            chapter,
            f"its {name} used {seconds:.0f} CPU seconds: the goal is {EXERCISE_SECONDS}, the gate "
            f"fails above {TOLERANCE * EXERCISE_SECONDS}",
            "use fewer seeds or less data, or what the chapter has computed",
        )
        for chapter, card in sorted(cards.items())
        for name, seconds in card["exercises"].items()
        if not seconds <= TOLERANCE * EXERCISE_SECONDS
    ]


def _compare(
    where: str, now: Json | None, before: Json | None, of_machine: Collection[str]
) -> list[Problem]:
    """Compare one claim of a re-run with what is published of it."""
    if before is None or now is None:
        what = "is not published" if before is None else "is published, but the re-run lacks it"
        return [Problem(where, what, PUBLISH)]
    found = []
    if now["verdict"] != before["verdict"] and not _undecided(now, before, of_machine):
        what = f"the verdict is now {now['verdict']!r}, published is {before['verdict']!r}"
        found.append(Problem(where, what, PUBLISH))
    if set(now["effects"]) != set(before["effects"]):
        names = [", ".join(sorted(effects)) for effects in (now["effects"], before["effects"])]
        found.append(Problem(where, f"has the effects {names[0]}; published: {names[1]}", PUBLISH))
    for name in sorted(set(now["effects"]) & set(before["effects"]) - set(of_machine)):
        value, interval = now["effects"][name]["value"], before["effects"][name]
        if not _inside(value, interval["low"], interval["high"]):
            what = (f"the effect {name!r} is now {value:.6g}, outside its published interval "
                    f"[{interval['low']:.6g}, {interval['high']:.6g}]")  # fmt: skip
            found.append(Problem(where, what, PUBLISH))
    return found


def _undecided(now: Json, before: Json, of_machine: Collection[str]) -> bool:
    """Tell whether all effects that changed sides are a machine's, with intervals that overlap."""
    pairs = {name: [card["effects"].get(name) for card in (now, before)]
             for name in {*now["effects"], *before["effects"]}}  # fmt: skip
    if not all(all(pair) for pair in pairs.values()):
        return False
    sides = {name: [holds(now["rule"], _interval(effect)) for effect in pair]
             for name, pair in pairs.items()}  # fmt: skip
    turned = [name for name, (new, old) in sides.items() if new != old]
    overlap = (max(e["low"] for e in pairs[n]) <= min(e["high"] for e in pairs[n]) for n in turned)
    return bool(turned) and set(turned) <= set(of_machine) and all(overlap)


def _interval(effect: Json) -> Interval:
    return Interval(effect["value"], effect["low"], effect["high"], n=effect["n"])


def _inside(value: float, low: float, high: float) -> bool:
    """Tell whether a value lies in an interval, up to the rounding of a sum."""
    slack = 1e-9 * max(1.0, abs(low), abs(high)) if math.isfinite(low + high) else 0.0
    return low - slack <= value <= high + slack
