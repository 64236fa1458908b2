"""What the ledger decides, and what it refuses."""

import ast
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from catalogkit import ledger
from catalogkit.evaluation.intervals import Interval
from catalogkit.ledger import LedgerError, decide, holds, record

ABOVE = Interval(0.02, 0.01, 0.03, n=100)
ACROSS = Interval(0.01, -0.01, 0.03, n=100)
BELOW = Interval(-0.02, -0.03, -0.01, n=100)


@pytest.mark.parametrize(
    ("effects", "outcome"),
    [
        ([ABOVE, ABOVE], "supported"),
        ([ABOVE, ACROSS], "mixed"),
        ([ACROSS, BELOW], "not supported"),
    ],
)
def test_the_outcome_follows_from_how_many_effects_satisfy_the_rule(
    effects: list[Interval], outcome: str
) -> None:
    """All is supported, none is not supported, some is mixed."""
    assert decide("low > 0", effects) == outcome


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("low > 0.005 and high < 0.05", True),
        ("high < 0 or value >= 0.02", True),
        ("abs(value) < 0.02", False),
        ("low > -0.01", True),
    ],
)
def test_a_rule_is_read_as_written(rule: str, expected: bool) -> None:
    """Comparisons, `and`, `or`, `abs` and signs mean what they mean in Python."""
    assert holds(rule, ABOVE) is expected


@pytest.mark.parametrize(
    "rule", ["__import__('os')", "low.real > 0", "low > p", "low ** 9 > 0", "'a' < low"]
)
def test_a_rule_can_do_nothing_but_compare(rule: str) -> None:
    """Anything else in a rule is refused by name, never evaluated."""
    with pytest.raises(LedgerError, match="not understood"):
        holds(rule, ABOVE)


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_low_above_zero_is_the_same_as_an_interval_right_of_zero(low: float, width: float) -> None:
    """The commonest rule agrees with plain arithmetic for every interval, to twelve decimals."""
    assert holds("low > 0", Interval(low, low, low + width, n=2)) == (round(low, 12) > 0)


def test_a_zero_that_a_sum_rounded_is_not_above_zero() -> None:
    """Sums of accuracies leave dust of 1e-18, which a rule does not see."""
    assert not holds("low > 0", Interval(0.02, 1.7e-18, 0.04, n=2))
    assert holds("low > 0", Interval(0.02, 1e-9, 0.04, n=2))


def test_a_claim_without_effects_is_refused() -> None:
    """A verdict needs evidence."""
    with pytest.raises(LedgerError, match="no effect"):
        record("T-C05", {}, seeds=3)


def test_an_unknown_claim_is_refused_with_the_file_to_edit() -> None:
    """The message says where the rule has to be written first."""
    with pytest.raises(LedgerError, match=r"claims\.yml"):
        record("T-C99", ABOVE, seeds=3)


def test_every_rule_in_the_ledger_can_be_evaluated() -> None:
    """A rule with a slip of the pen would otherwise surface only when its chapter runs."""
    for claim, entry in ledger.entries("claims").items():
        assert holds(entry["rule"], ABOVE) in (True, False), claim


def test_a_record_leaves_card_table_and_glued_numbers_in_the_notebook() -> None:
    """Executed notebooks carry the evidence: the tools read it from there."""
    InteractiveShell.instance()
    try:
        with capture_output() as captured:
            record("T-C05", {"stop words": BELOW}, seeds=3)
    finally:
        InteractiveShell.clear_instance()
    card = json.loads(json.dumps(captured.outputs[0].data[ledger.RECORD_MIME]))
    glued = {o.metadata["scrapbook"]["name"]: o.data for o in captured.outputs[1:]}
    assert card["verdict"] == "not supported"
    assert card["effects"]["stop words"]["high"] == -0.01
    assert list(glued["T-C05-stop words"].values()) == ["'−0.020 (−0.030 to −0.010)'"]


def test_zero_is_written_without_a_sign() -> None:
    """An effect that is exactly nothing should not look like a gain."""
    assert ledger.signed(0.0) == ledger.signed(-0.0001) == "0.000"


@pytest.mark.parametrize(("value", "read"), [("1,600", "1,600"), (np.float64(0.5), 0.5), (3, 3)])
def test_what_is_glued_is_what_the_page_evaluates(value: object, read: object) -> None:
    """myst-nb evaluates the text it finds: a number in words must not come out as a tuple."""
    InteractiveShell.instance()
    try:
        with capture_output() as captured:
            ledger.glue("key", value)
    finally:
        InteractiveShell.clear_instance()
    [text] = captured.outputs[0].data.values()
    assert ast.literal_eval(text) == read
