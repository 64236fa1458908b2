"""Decide the documents' claims by rules that were written down before anything ran.

The rules stand in ``book/ledger/claims.yml`` (inside the wheel: ``catalogkit/_ledger``).
`record` reads the rule, applies it to the measured intervals and shows the verdict in the
chapter; the same numbers become text keys for the prose (`glue`) and a result card.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any, Literal

import yaml

from catalogkit.evaluation.intervals import Interval

RECORD_MIME = "application/vnd.catalogkit.record+json"
GLUE_PREFIX = "application/papermill.record/"
Outcome = Literal["supported", "not supported", "mixed"]


class LedgerError(ValueError):
    """A claim is unknown, or its rule or its evidence cannot be used."""


@dataclass(frozen=True)
class Verdict:
    """What a rule says of the measured effects of one claim."""

    claim: str
    says: str
    rule: str
    outcome: Outcome
    effects: Mapping[str, Interval]
    seeds: int

    def card(self) -> dict[str, Any]:
        """Return the record as plain JSON values."""
        effects = {name: asdict(interval) for name, interval in self.effects.items()}
        return {"claim": self.claim, "verdict": self.outcome, "rule": self.rule,
                "seeds": self.seeds, "effects": effects}  # fmt: skip

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(name)}</td><td>{signed(i.value)}</td>"
            f"<td>{signed(i.low)} to {signed(i.high)}</td><td>{i.n:,}</td></tr>"
            for name, i in self.effects.items()
        )
        return (
            f'<div class="verdict"><p><strong>{self.claim}: {self.outcome}.</strong> '
            f"{escape(self.says)} <span>Rule: <code>{escape(self.rule)}</code></span></p>"
            '<table class="dataframe"><thead><tr><th>effect</th><th>estimate</th>'
            f"<th>interval</th><th>n</th></tr></thead><tbody>{rows}</tbody></table></div>"
        )


def record(claim: str, effects: Interval | Mapping[str, Interval], *, seeds: int) -> None:
    """Apply a claim's rule to its measured effects, show the verdict and glue its numbers.

    effects: one interval, or one for each named effect; seeds: how many training or split seeds
    the intervals stand on. Glues ``<claim>-verdict`` and, for each effect, ``<claim>-<name>`` as
    "+0.012 (−0.003 to +0.027)". Raises LedgerError for an unknown claim or no effect at all.
    """
    entry = _claim(claim)
    named = {"effect": effects} if isinstance(effects, Interval) else dict(effects)
    verdict = Verdict(
        claim, entry["says"], entry["rule"], decide(entry["rule"], named.values()), named, seeds
    )
    _publish({RECORD_MIME: verdict.card(), "text/html": verdict._repr_html_(),
              "text/plain": f"{claim}: {verdict.outcome}"})  # fmt: skip
    glue(f"{claim}-verdict", verdict.outcome)
    for name, interval in named.items():
        glue(f"{claim}-{name}", describe(interval))


def decide(rule: str, effects: Iterable[Interval]) -> Outcome:
    """Return the outcome of a rule: all effects satisfy it, none does, or some do."""
    satisfied = [holds(rule, interval) for interval in effects]
    if not satisfied:
        raise LedgerError("no effect was given: pass at least one Interval to ledger.record")
    if all(satisfied):
        return "supported"
    return "mixed" if any(satisfied) else "not supported"


def holds(rule: str, interval: Interval) -> bool:
    """Evaluate a rule such as ``low > 0 and abs(value) < 0.1`` for one interval.

    Only `value`, `low`, `high`, numbers, `abs`, comparisons, signs, `and` and `or` are understood.
    Beyond the twelfth decimal nothing counts: a zero that a sum rounded to 2e-18 is not above zero.
    """
    named = {"value": interval.value, "low": interval.low, "high": interval.high}
    known = {name: round(number, 12) for name, number in named.items()}
    return bool(_evaluate(ast.parse(rule, mode="eval").body, known, rule))


def entries(
    kind: Literal["documents", "sections", "claims", "errata"],
) -> dict[str, dict[str, Any]]:
    """Return one of the ledger's tables, id to entry."""
    name = "sections" if kind == "documents" else kind
    loaded = yaml.safe_load((_directory() / f"{name}.yml").read_text(encoding="utf-8"))
    table: dict[str, dict[str, Any]] = loaded.get(kind, loaded)
    return table


def glue(key: str, value: object) -> None:
    """Keep a value of this cell for the prose: ``{glue:text}`key:.2f```.

    Writes what myst-nb's own `glue` writes, so that a reader's notebook need not install Sphinx.
    """
    plain = getattr(value, "item", lambda: value)()
    _publish(
        # The representation: myst-nb evaluates what it finds, and "1,600" is a tuple.
        {f"{GLUE_PREFIX}text/plain": repr(plain)},
        {"scrapbook": {"name": key, "mime_prefix": GLUE_PREFIX}},
    )


def describe(interval: Interval) -> str:
    """Write an interval as prose does: "+0.012 (−0.003 to +0.027)"."""
    return f"{signed(interval.value)} ({signed(interval.low)} to {signed(interval.high)})"


def signed(number: float) -> str:
    """Write a number with three decimals and a true minus sign; zero carries none."""
    text = f"{number:+.3f}".replace("-", "−")
    return text[1:] if float(f"{number:.3f}") == 0 else text


def _claim(claim: str) -> dict[str, Any]:
    try:
        return entries("claims")[claim]
    except KeyError:
        raise LedgerError(
            f"claim {claim!r} is not in book/ledger/claims.yml: add it there, with its rule, first"
        ) from None


def _directory() -> Path:
    """Return where the tables are: in the installed wheel, or in a source checkout."""
    packaged = Path(__file__).parent / "_ledger"
    return packaged if packaged.is_dir() else Path(__file__).parents[1] / "book" / "ledger"


def _publish(bundle: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
    """Show a MIME bundle where a notebook listens; do nothing elsewhere."""
    from IPython.core.getipython import get_ipython

    if get_ipython() is not None:
        from IPython.display import publish_display_data

        publish_display_data(bundle, metadata or {})


_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip


def _evaluate(node: ast.expr, known: Mapping[str, float], rule: str) -> Any:  # noqa: ANN401
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_evaluate(value, known, rule) for value in values)
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_evaluate(value, known, rule) for value in values)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            return _COMPARE[type(op)](_evaluate(left, known, rule), _evaluate(right, known, rule))
        case ast.Call(func=ast.Name(id="abs"), args=[argument]):
            return abs(_evaluate(argument, known, rule))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_evaluate(operand, known, rule)
        case ast.Name(id=name) if name in known:
            return known[name]
        case ast.Constant(value=bool() | int() | float() as number):
            return number
    raise LedgerError(f"rule {rule!r}: {ast.unparse(node)!r} is not understood; see ledger.holds")
