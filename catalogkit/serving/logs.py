"""Logs that a machine can read and that name no customer: JSON lines, masked."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

LOGGER = "catalogkit.serving"
_HEX = 12


class Mask:
    """Replace customers' data by a keyed hash: the same again is seen, what it was is not.

    Without the secret the few million user ids of a shop cannot be tried one after the other.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def __call__(self, text: str) -> str:
        """Return twelve hexadecimal digits."""
        digest = hmac.new(self._secret, text.encode(), hashlib.sha256)
        return digest.hexdigest()[:_HEX]


class JsonFormatter(logging.Formatter):
    """One JSON object a record, with the fields given as `extra={"fields": …}`.

    Of an exception its class and where it was raised: messages may quote what a customer sent.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": at, "level": record.levelname.lower()}
        line["message"] = record.getMessage()
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1]:
            line |= where(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def where(error: BaseException) -> dict[str, str]:
    """Say of which class an error is and where it was raised, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno} {frames[-1].name}" if frames else "?"
    return {"error": type(error).__name__, "where": place}


def log_to(stream: TextIO) -> None:
    """Send the service's and the server's records to a stream as JSON lines."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    for name in (LOGGER, "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO)
