"""What goes in and out of the routes, as the OpenAPI page shows it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=64)] | Whole
"""An id as the shop writes it; 7 and "7" are the same."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class Asked(BaseModel):
    """Refuses fields that no route knows."""

    model_config = ConfigDict(extra="forbid")


class RecommendationAsked(Asked):
    """Ask for a list."""

    user: Id = Field(examples=["1001"])
    k: int = Field(10, ge=1, strict=True, description="products in the list, at most")
    exclude_bought: bool = Field(False, strict=True, description="only what is new to the user")


class Product(BaseModel):
    """A product and its score, whose scale is the model's own."""

    product: str | int
    score: float


class Recommendation(BaseModel):
    """A list, best first."""

    items: list[Product]
    known: bool = Field(description="false: this user has no history; what most people buy")
    degraded: bool = Field(description="the latest events may be missing")


class SearchAsked(Asked):
    """Ask for products."""

    query: Text = Field(examples=["orange juice"])
    k: int = Field(10, ge=1, strict=True, description="products in the list, at most")


class Found(BaseModel):
    """Products, best first."""

    items: list[Product]


class AnnotationAsked(Asked):
    """Ask where in the tree texts belong."""

    texts: list[Text] = Field(min_length=1, examples=[["SDRINK 2L COLA"]])


class PathFound(BaseModel):
    """A path, top first, down to where it is sure enough; empty abstains."""

    path: list[str]
    probability: float


class Annotation(BaseModel):
    """One for each text."""

    annotations: list[PathFound]


class EventSent(Asked):
    """Something that a user did; the same id again is the same event."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    user: Id
    product: Id
    time: datetime = Field(description="ISO 8601; without a zone UTC")

    def milliseconds(self) -> int:
        """Return the time since 1970, UTC."""
        aware = self.time if self.time.tzinfo else self.time.replace(tzinfo=UTC)
        return int(aware.timestamp() * 1000)


class EventsSent(Asked):
    """Events, all of which are kept or none."""

    events: list[EventSent] = Field(min_length=1)


class Kept(BaseModel):
    """What became of them; all are on disk, or in Redis, by now."""

    accepted: int
    duplicates: int
    late: int
    degraded: bool


class Health(BaseModel):
    """ok, or degraded: answers come, but the state is out of reach."""

    status: str


class Fault(BaseModel):
    """What was wrong, and the id under which the logs know of it."""

    code: str
    message: str
    request_id: str


class Refusal(BaseModel):
    """The body of every answer from 400 up."""

    error: Fault
