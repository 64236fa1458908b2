"""The routes: each asks a model or the state, and says what it did without naming a customer."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPBearer

from catalogkit.serving import schemas
from catalogkit.serving.histories import Listed, Personal
from catalogkit.serving.refusals import Refused
from catalogkit.serving.service import Service
from catalogkit.serving.state import Condition, Event, State, StateError

_BEARER = HTTPBearer(auto_error=False, description="a key of the shop")  # the door looks at it
_KEY = [Security(_BEARER)]


def watching(service: Service) -> APIRouter:
    """Make /health, for whoever starts and stops services, and /metrics, for Prometheus."""
    router = APIRouter(tags=["watching"])

    def condition() -> Condition:
        return Condition() if service.state is None else service.state.condition()

    @router.get("/health")
    async def health() -> schemas.Health:
        return schemas.Health(status="degraded" if condition().degraded else "ok")

    @router.get("/metrics", dependencies=_KEY, response_class=Response)
    async def metrics() -> Response:
        service.metrics.condition(condition())
        return Response(service.metrics.exposition(), media_type="text/plain; version=0.0.4")

    return router


def recommending(service: Service) -> APIRouter:
    """Make /recommend and /events, where there is a recommender."""
    router = APIRouter(tags=["recommending"], dependencies=_KEY)
    personal, state = service.models.personal, service.state
    if personal is None or state is None:
        return router

    @router.post("/recommend")
    def recommend(asked: schemas.RecommendationAsked, request: Request) -> schemas.Recommendation:
        user = str(asked.user)
        _note(request, user=service.mask(user), k=asked.k)
        _limit("k", asked.k, service.limits.k)
        events, degraded = state.recent(user)
        listed = personal.ranked(user, asked.k, asked.exclude_bought, events)
        known = bool(events) or personal.knows(user)
        _note(request, known=known, degraded=degraded)
        items = _products(listed)
        return schemas.Recommendation(items=items, known=known, degraded=degraded)

    @router.post("/events", status_code=202)
    def events(sent: schemas.EventsSent, request: Request) -> schemas.Kept:
        _note(request, events=len(sent.events))
        _limit("events", len(sent.events), service.limits.events)
        return _keep(service, state, _known(sent, personal))

    return router


def searching(service: Service) -> APIRouter:
    """Make /search, where there is an engine; by POST, so that no log of URLs holds a query.

    A search takes milliseconds, so waking another thread counts: only the engine is called there,
    where FastAPI would have another call for the route and one more to check its answer.
    """
    router = APIRouter(tags=["searching"], dependencies=_KEY)
    engine = service.models.searching
    if engine is None:
        return router

    @router.post("/search")
    async def find(asked: schemas.SearchAsked, request: Request) -> schemas.Found:
        _note(request, query=service.mask(asked.query), k=asked.k)
        _limit("k", asked.k, service.limits.k)
        listed = await run_in_threadpool(engine.found, asked.query, asked.k)
        return schemas.Found(items=_products(listed))

    return router


def annotating(service: Service) -> APIRouter:
    """Make /annotate, where there is an annotator."""
    router = APIRouter(tags=["annotating"], dependencies=_KEY)
    annotator = service.models.annotator
    if annotator is None:
        return router

    @router.post("/annotate")
    def annotate(asked: schemas.AnnotationAsked, request: Request) -> schemas.Annotation:
        _note(request, texts=len(asked.texts))
        _limit("texts", len(asked.texts), service.limits.texts)
        found = annotator.annotate(asked.texts)
        sure = found.confidence(annotator.threshold).tolist()
        pairs = zip(found.paths(annotator.threshold), sure, strict=True)
        listed = [schemas.PathFound(path=list(path), probability=p) for path, p in pairs]
        return schemas.Annotation(annotations=listed)

    return router


def _note(request: Request, **fields: object) -> None:
    """Add to what the door will log of this request."""
    request.scope["fields"].update(fields)


def _limit(what: str, given: int, most: int) -> None:
    if given > most:
        raise Refused(422, "too-much", f"{what}: {given:,} asked for, at most {most:,} are given")


def _products(listed: Listed) -> list[schemas.Product]:
    pairs = zip(listed.products, listed.scores, strict=True)
    return [schemas.Product(product=product, score=score) for product, score in pairs]


def _known(sent: schemas.EventsSent, personal: Personal) -> list[Event]:
    """Read events; of a product that is not in the catalog nobody would ever hear again."""
    events = [
        Event(each.id, str(each.user), str(each.product), each.milliseconds())
        for each in sent.events
    ]
    unknown = personal.unknown([event.product for event in events])
    if unknown:
        raise Refused(
            422,
            "unknown-product",
            f"events.{unknown[0]}.product: is not in the catalog ({len(unknown)} such events); "
            "none of these events was taken",
        )
    return events


def _keep(service: Service, state: State, events: list[Event]) -> schemas.Kept:
    """Keep events, or say that the client must."""
    try:
        receipt = state.add(events)
    except StateError:
        service.metrics.refused(len(events))
        message = "events cannot be kept now and none of these was; send them again later"
        raise Refused(503, "not-kept", message, {"retry-after": "5"}) from None
    service.metrics.kept(receipt)
    return schemas.Kept(
        accepted=receipt.accepted,
        duplicates=receipt.duplicates,
        late=receipt.late,
        degraded=receipt.degraded,
    )
