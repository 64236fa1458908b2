"""What happens to every request before its route and after: who, how much, how long, what of it."""

from __future__ import annotations

import asyncio
import logging
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from catalogkit.serving.limits import Buckets
from catalogkit.serving.logs import LOGGER, where
from catalogkit.serving.refusals import Refused
from catalogkit.serving.service import Service

OPEN = ("/health", "/docs", "/openapi.json")
"""What needs no key: nothing there says anything of a customer."""
SECONDS = 10.0
"""A client has to send its body within these."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_LOG = logging.getLogger(LOGGER)


@dataclass
class Visit:
    """A request and what is known of it so far."""

    scope: Scope
    headers: Mapping[str, str]
    request_id: str
    started: float
    status: int = 500
    begun: bool = False
    fields: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, scope: Scope) -> Visit:
        """Begin; a client's own request id is taken when it can do no harm in a log."""
        headers = {name.decode("latin-1"): v.decode("latin-1") for name, v in scope["headers"]}
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        visit = cls(scope, headers, request_id, time.perf_counter())
        scope["fields"] = visit.fields
        return visit


class Door:
    """ASGI middleware around the routes.

    In this order: a key is asked for, its rate looked at, the body read as far as it may go; then
    the route. Whatever is wrong, also within the route, is answered with a `Refusal`, counted,
    timed and logged.
    """

    def __init__(self, app: ASGIApp, *, service: Service, routes: frozenset[str]) -> None:
        self._app, self._service, self._routes = app, service, routes
        self._buckets = Buckets(service.limits.rate, service.limits.burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = Visit.of(scope)
        try:
            await self._enter(visit, receive, send)
        except Refused as refused:
            await _answer(visit, refused, send)
        except Exception as error:
            _LOG.exception("failed", extra={"fields": self._line(visit) | where(error)})
            await _answer(visit, Refused(500, "internal", "the service failed"), send)
        finally:
            self._leave(visit)

    async def _enter(self, visit: Visit, receive: Receive, send: Send) -> None:
        """Check and pass on."""
        if visit.scope["path"] not in OPEN:
            self._let_in(visit)
        body = await self._read(visit, receive)

        async def replay() -> Message:
            return body.pop() if body else await receive()

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                visit.status, visit.begun = message["status"], True
                message["headers"] = [*message.get("headers", []), *_named(visit)]
            await send(message)

        await self._app(visit.scope, replay, note)

    def _let_in(self, visit: Visit) -> None:
        """Find out whose key it is, and whether it may ask now."""
        kind, _, secret = visit.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not secret:
            challenge = {"www-authenticate": "Bearer"}
            raise Refused(401, "no-key", "send a key: Authorization: Bearer …", challenge)
        owner = self._service.keys.owner(secret.strip())
        if owner is None:
            raise Refused(403, "wrong-key", "this key is not known")
        visit.fields["key"] = owner
        if wait := self._buckets.wait(owner):
            later = {"retry-after": str(int(wait) + 1)}
            raise Refused(429, "too-many", "this key asks too often; try again later", later)

    async def _read(self, visit: Visit, receive: Receive) -> list[Message]:
        """Read the body before anything looks into it, up to the limit and no longer than allowed.

        Returns the one message that holds it.
        """
        most = self._service.limits.body
        too_large = Refused(413, "too-large", f"a body may have {most} bytes")
        told = visit.headers.get("content-length", "0")
        if not told.isdecimal() or int(told) > most:
            raise too_large
        parts, size, more = [], 0, True
        try:
            async with asyncio.timeout(SECONDS):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Refused(400, "gone", "the client left before its body was here")
                    more = message.get("more_body", False)
                    parts.append(message.get("body", b""))
                    size += len(parts[-1])
                    if size > most:
                        raise too_large
        except TimeoutError:
            raise Refused(408, "too-slow", "the body did not arrive in time") from None
        return [{"type": "http.request", "body": b"".join(parts), "more_body": False}]

    def _leave(self, visit: Visit) -> None:
        """Count, time and log."""
        seconds = time.perf_counter() - visit.started
        line = self._line(visit)
        self._service.metrics.answered(line["route"], visit.status, seconds)
        line |= {"status": visit.status, "ms": round(1000 * seconds, 2)}
        _LOG.info("answered", extra={"fields": line})

    def _line(self, visit: Visit) -> dict[str, Any]:
        """Say what was asked; a path that is no route's may hold anything and is left out."""
        path = visit.scope["path"]
        route = path if path in self._routes else "other"
        return {"request_id": visit.request_id, "route": route, **visit.fields}


async def _answer(visit: Visit, refused: Refused, send: Send) -> None:
    """Send an error, unless an answer has begun already."""
    if visit.begun:
        return
    visit.status = refused.status
    body = refused.body(visit.request_id)
    headers = {"content-type": "application/json", "content-length": str(len(body))}
    listed = [(name.encode(), v.encode()) for name, v in (headers | refused.headers).items()]
    start = {"type": "http.response.start", "status": refused.status}
    await send(start | {"headers": [*listed, *_named(visit)]})
    await send({"type": "http.response.body", "body": body})


def _named(visit: Visit) -> list[tuple[bytes, bytes]]:
    return [(b"x-request-id", visit.request_id.encode())]
