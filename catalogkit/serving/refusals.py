"""Answers to what cannot be done: clear to the client, and silent about customers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Refused(Exception):  # noqa: N818 (what happens to a request, not a fault of ours)
    """A request that is answered with an error. message: never quotes what was sent."""

    status: int
    code: str
    message: str
    headers: dict[str, str] = field(default_factory=dict)

    def body(self, request_id: str) -> bytes:
        """Write the answer."""
        fault = {"code": self.code, "message": self.message, "request_id": request_id}
        return json.dumps({"error": fault}, ensure_ascii=False).encode()


def from_validation(errors: Sequence[Mapping[str, Any]]) -> Refused:
    """Say where a body is wrong and what belongs there, without quoting what stands there."""
    first = errors[0]
    if first["type"] == "json_invalid":
        return Refused(400, "malformed", "the body is not JSON")
    place = ".".join(str(part) for part in first["loc"][1:] if not _is_kind(part))
    if first["type"] == "extra_forbidden":
        place, message = "body", "has a field that this route does not know"
    else:
        place, message = place or "body", first["msg"].lower()
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return Refused(422, "invalid", f"{place}: {message}{more}")


def _is_kind(part: str | int) -> bool:
    """Tell pydantic's names of types, as they stand among those of fields."""
    return part in ("str", "int") or str(part).startswith("constrained")
