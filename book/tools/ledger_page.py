"""Write the ledger, the errata and the picture of all verdicts as HTML, from ids and cards.

Everything is text first: without scripts a reader sees every entry; `ledger.js` adds filters.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from catalogkit import ledger
from catalogkit.evaluation.intervals import Interval

Labels = Mapping[str, str]
"""Id to the page that treats it, such as "notebooks/taxonomy/03_text.html"."""
Records = Mapping[str, Mapping[str, Any]]
"""Claim id to what the last run recorded of it."""

SIGNS = {
    "supported": "✓",
    "mixed": "◐",
    "not supported": "✗",
    "untestable here": "?",
    "planned": "·",
}
_THRESHOLD = re.compile(r"(?:low|high|value)\W*[<>]=?\s*(-?[\d.]+)")
_WIDTH, _HEIGHT, _EDGE = 200, 16, 6  # of a row's drawing, in its own units


def claims(labels: Labels, records: Records) -> str:
    """Return one article a claim: statement, verdict, intervals drawn and written, rule."""
    known = ledger.entries("claims")
    verdicts = [name for name in SIGNS if any(name == verdict(known, records, k) for k in known)]
    articles = "\n".join(_claim(key, known, records, labels) for key in known)
    return _raw(_filters("claims", "verdict", verdicts, sort=True) + articles)


def errata(labels: Labels) -> str:
    """Return one article a defect: kind, what is wrong, what the book does instead."""
    known = ledger.entries("errata")
    kinds = sorted({entry["kind"] for entry in known.values()})
    return _raw(
        _filters("errata", "kind", kinds, sort=False)
        + "\n".join(
            f'<article class="entry" id="{key.lower()}-entry" data-document="{key[0]}" '
            f'data-value="{entry["kind"]}"><p class="entry-head">{_link(key, labels)}'
            f'<span class="badge">{entry["kind"]}</span>{"" if key in labels else _PLANNED}</p>'
            f"<p>{escape(entry['what'])}</p>"
            f'<p class="instead"><strong>Instead</strong> {escape(entry["fix"])}</p></article>'
            for key, entry in known.items()
        )
    )


def verdicts(records: Records) -> str:
    """Return all claims as one picture: a row a document, a square a claim, its verdict a sign."""
    known = ledger.entries("claims")
    counts = dict.fromkeys(SIGNS, 0)
    rows = []
    for letter, document in ledger.entries("documents").items():
        keys = [key for key in known if key.startswith(f"{letter}-")]
        for key in keys:
            counts[verdict(known, records, key)] += 1
        squares = "".join(_square(key, known, records) for key in keys)
        rows.append(
            f'<li><span class="row-name">{letter} · {escape(document["en"])}</span>'
            f'<span class="squares">{squares}</span></li>'
        )
    key_line = "".join(
        f'<li><span class="square {_slug(name)}" aria-hidden="true">{SIGNS[name]}</span> '
        f"{number} {name}</li>"
        for name, number in counts.items()
        if number
    )
    return _raw(
        f'<ul class="verdict-key">{key_line}</ul><ul class="verdict-rows">{"".join(rows)}</ul>'
    )


def verdict(known: Mapping[str, Any], records: Records, key: str) -> str:
    """Return a claim's verdict: as recorded, untestable here with its reason, or planned."""
    if key in records:
        return str(records[key]["verdict"])
    return "untestable here" if known[key].get("untestable") else "planned"


def as_json(records: Records) -> str:
    """Return every claim with its rule, verdict and effects as JSON."""
    known = ledger.entries("claims")
    rows = [
        {"claim": key, **entry, "verdict": verdict(known, records, key),
         "effects": records.get(key, {}).get("effects", {})}
        for key, entry in known.items()
    ]  # fmt: skip
    return json.dumps(rows, indent=1, ensure_ascii=False, default=str) + "\n"


def as_csv(records: Records) -> str:
    """Return one row an effect; a claim without evidence has one row with empty numbers."""
    known = ledger.entries("claims")
    numbers = ("value", "low", "high", "n", "level", "comparisons")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["claim", "says", "rule", "verdict", "effect", *numbers])
    for key, entry in known.items():
        head = [key, entry["says"], entry["rule"], verdict(known, records, key)]
        effects = records.get(key, {}).get("effects", {}) or {"": {}}
        for name, effect in effects.items():
            writer.writerow([*head, name, *(effect.get(number, "") for number in numbers)])
    return out.getvalue()


def errata_csv(labels: Labels) -> str:
    """Return one row a defect."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "section", "kind", "what", "fix", "shown"])
    for key, entry in ledger.entries("errata").items():
        row = [entry[column] for column in ("section", "kind", "what", "fix")]
        writer.writerow([key, *row, "yes" if key in labels else "planned"])
    return out.getvalue()


def errata_json(labels: Labels) -> str:
    """Return every defect as JSON."""
    rows = [
        {"id": key, **entry, "shown": key in labels}
        for key, entry in ledger.entries("errata").items()
    ]
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


def _claim(key: str, known: Mapping[str, Any], records: Records, labels: Labels) -> str:
    entry, found = known[key], verdict(known, records, key)
    effects = {
        name: Interval(**effect) for name, effect in records.get(key, {}).get("effects", {}).items()
    }
    how = "how it was decided" if effects else "how it will be decided"
    details = "".join(
        f"<dt>{name}</dt><dd>{escape(str(entry[name]))}</dd>"
        for name in ("measure", "baseline", "rule", "note", "untestable")
        if entry.get(name)
    )
    return (
        f'<article class="entry" id="{key.lower()}-entry" data-document="{key[0]}" '
        f'data-value="{found}" data-clear="{_clear(effects.values(), entry["rule"]):.3f}">'
        f'<p class="entry-head">{_link(key, labels)}<span class="badge {_slug(found)}">'
        f"{SIGNS[found]} {found}</span></p><p>{escape(entry['says'])}</p>"
        + _effects(effects, entry["rule"])
        + f"<details><summary>{how}: <code>{escape(entry['rule'])}</code></summary>"
        f"<dl>{details}</dl></details></article>"
    )


def _square(key: str, known: Mapping[str, Any], records: Records) -> str:
    found = verdict(known, records, key)
    title = escape(f"{key}, {found}: {known[key]['says'].strip()}")
    return (
        f'<a class="square {_slug(found)}" href="claims.html#{key.lower()}-entry" '
        f'title="{title}" aria-label="{title}">{SIGNS[found]}</a>'
    )


def _effects(effects: Mapping[str, Interval], rule: str) -> str:
    """Draw each effect's interval on one scale for the claim, the rule's threshold as a line."""
    if not effects:
        return ""
    threshold = _threshold(rule)
    ends = [threshold, *(end for i in effects.values() for end in (i.low, i.high, i.value))]
    low, span = min(ends), (max(ends) - min(ends)) or 1.0

    def at(number: float) -> str:
        return f"{_EDGE + (number - low) / span * (_WIDTH - 2 * _EDGE):.1f}"

    middle = _HEIGHT / 2
    rows = []
    for name, i in effects.items():
        drawing = (
            f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-hidden="true" focusable="false">'
            f'<line class="rule" x1="{at(threshold)}" x2="{at(threshold)}" y1="0" y2="{_HEIGHT}"/>'
            f'<line x1="{at(i.low)}" x2="{at(i.high)}" y1="{middle}" y2="{middle}"/>'
            f'<circle cx="{at(i.value)}" cy="{middle}" r="4" '
            f'class="{"yes" if ledger.holds(rule, i) else "no"}"/></svg>'
        )
        rows.append(
            f'<tr><th scope="row">{escape(name)}</th><td class="drawing">{drawing}</td>'
            f"<td>{ledger.describe(i)}</td></tr>"
        )
    return f'<table class="effects"><tbody>{"".join(rows)}</tbody></table>'


def _filters(name: str, attribute: str, values: Iterable[str], *, sort: bool) -> str:
    """Return the controls; they stay hidden until `ledger.js` can serve them."""
    documents = ledger.entries("documents")
    options = "".join(
        f'<option value="{letter}">{letter} · {escape(document["en"])}</option>'
        for letter, document in documents.items()
    )
    chosen = "".join(f'<option value="{value}">{value}</option>' for value in values)
    order = (
        '<label>order <select name="order"><option value="">as in the documents</option>'
        '<option value="-1">most clearly supported first</option>'
        '<option value="1">most clearly refuted first</option></select></label>'
    )
    files = " ".join(
        f'<a download href="../_static/{name}.{kind}">{kind.upper()}</a>'
        for kind in ("csv", "json")
    )
    return (
        '<form class="filters" hidden><label>document <select name="document">'
        f'<option value="">all</option>{options}</select></label>'
        f'<label>{attribute} <select name="value"><option value="">all</option>{chosen}</select>'
        f'</label>{order if sort else ""}<output aria-live="polite"></output></form>'
        f'<p class="downloads">Download: {files}</p>'
    )


def _clear(effects: Iterable[Interval], rule: str) -> float:
    """Return how far the weakest effect is from the threshold, in half widths of its interval."""
    threshold, sign = _threshold(rule), -1 if "high" in rule and "<" in rule else 1
    margins = [sign * (i.value - threshold) / max((i.high - i.low) / 2, 1e-9) for i in effects]
    return min(max(min(margins), -999), 999) if margins else float("nan")


def _threshold(rule: str) -> float:
    found = _THRESHOLD.search(rule)
    return float(found[1]) if found else 0.0


_PLANNED = '<span class="badge planned">· planned</span>'


def _link(key: str, labels: Labels) -> str:
    if key not in labels:
        return f'<span class="id">{key}</span>'
    return f'<a class="id" href="../{labels[key]}#{key.lower()}">{key}</a>'


def _slug(found: str) -> str:
    return found.replace(" ", "-")


def _raw(html: str) -> str:
    return f"```{{raw}} html\n{html}\n```"
