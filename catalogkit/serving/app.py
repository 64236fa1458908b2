"""The service: its door, its routes and how it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from catalogkit import __version__
from catalogkit.serving.door import Door
from catalogkit.serving.refusals import Refused, from_validation
from catalogkit.serving.routes import annotating, recommending, searching, watching
from catalogkit.serving.schemas import Refusal
from catalogkit.serving.service import Service

_ERRORS: dict[int | str, dict[str, Any]] = {
    code: {"model": Refusal} for code in (400, 401, 403, 413, 422, 429, 500, 503)
}


def create_app(service: Service) -> FastAPI:
    """Build the ASGI application; when it ends, the service is closed."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        service.close()

    app = FastAPI(
        title="catalogkit", version=__version__, lifespan=life, redoc_url=None, responses=_ERRORS
    )
    for router in (watching, recommending, searching, annotating):
        app.include_router(router(service))
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_impossible)
    app.add_middleware(Door, service=service, routes=frozenset(app.openapi()["paths"]))
    return app


async def _invalid(_: Request, error: RequestValidationError) -> None:
    raise from_validation(error.errors())


async def _impossible(_: Request, error: HTTPException) -> None:
    """Answer what no route does; FastAPI's own words, which quote nothing."""
    raise Refused(error.status_code, "not-possible", str(error.detail).lower())
