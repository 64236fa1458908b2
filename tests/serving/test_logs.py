"""Logs: JSON lines that name no customer."""

from __future__ import annotations

import io
import json
import logging

from catalogkit.serving.logs import LOGGER, JsonFormatter, Mask, log_to


def test_a_mask_is_the_same_for_the_same_and_tells_nothing() -> None:
    """Twelve digits; another secret gives others."""
    mask = Mask(b"secret")
    assert mask("household 7") == mask("household 7") != mask("household 8")
    assert Mask(b"other")("household 7") != mask("household 7")
    assert len(mask("household 7")) == 12


def test_an_error_is_logged_without_its_message() -> None:
    """Messages may quote what a customer sent."""
    try:
        {}["household 7"]
    except KeyError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", None, info)
    line = json.loads(JsonFormatter().format(record))
    assert line["error"] == "KeyError"
    assert "test_logs.py" in line["where"]
    assert "household" not in str(line)


def test_a_record_is_one_line_with_its_fields() -> None:
    """A machine reads it line by line."""
    stream = io.StringIO()
    log_to(stream)
    logging.getLogger(LOGGER).info("answered", extra={"fields": {"route": "/search", "ms": 2}})
    [line] = stream.getvalue().splitlines()
    known = json.loads(line)
    assert (known["message"], known["route"], known["ms"]) == ("answered", "/search", 2)
