"""The routes as a client sees them: answers, refusals, and what stands in the logs."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from catalogkit.datasets.errors import DataError
from catalogkit.search.engine import Search
from catalogkit.serving.auth import read_keys
from catalogkit.serving.in_process import InProcess
from catalogkit.serving.journal import Journal
from catalogkit.serving.limits import Limits
from catalogkit.serving.logs import LOGGER, JsonFormatter
from catalogkit.serving.models import Models
from catalogkit.serving.redis_state import Shared, connected
from catalogkit.serving.searching import Searching
from catalogkit.serving.service import Service
from catalogkit.taxonomy.annotation import Annotator
from tests.serving.conftest import Make, RedisServer, sent

ASKED = {"user": "u1", "k": 3}


class Kept(logging.Handler):
    """Keeps lines as they would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(JsonFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append(self.format(record))


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Keep the lines that the service logs."""
    handler, logger = Kept(), logging.getLogger(LOGGER)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler.lines
    logger.removeHandler(handler)


class Failing:
    """An annotator that fails, and quotes what it was asked."""

    threshold = 0.5

    def annotate(self, texts: list[str]) -> None:
        """Fail."""
        raise RuntimeError(f"cannot annotate {texts}")


def test_a_known_user_gets_products_of_their_kind(client: Make) -> None:
    """Odd users buy odd products; a list is as long as asked."""
    answer = client().post("/recommend", json=ASKED | {"exclude_bought": True})
    assert answer.status_code == 200
    assert answer.json()["items"][0]["product"] == "p01"
    assert (answer.json()["known"], answer.json()["degraded"]) == (True, False)


def test_an_event_changes_the_next_list(client: Make) -> None:
    """A product that was bought is no longer new."""
    shop = client()
    assert shop.post("/events", json={"events": [sent(1, product="p01")]}).json() == {
        "accepted": 1, "duplicates": 0, "late": 0, "degraded": False,
    }  # fmt: skip
    again = shop.post("/recommend", json=ASKED | {"exclude_bought": True}).json()
    assert "p01" not in [each["product"] for each in again["items"]]


def test_an_unknown_user_gets_what_most_people_buy(client: Make) -> None:
    """Never an error; the answer says so."""
    answer = client().post("/recommend", json={"user": "stranger", "k": 2}).json()
    assert (len(answer["items"]), answer["known"]) == (2, False)


def test_a_number_and_its_text_are_the_same_id(client: Make) -> None:
    """Clients write ids either way."""
    shop = client()
    shop.post("/events", json={"events": [sent(1, user=7)]})
    assert shop.post("/recommend", json={"user": "7"}).json()["known"]


def test_a_query_finds_products(client: Make) -> None:
    """Both juices, the orange one first."""
    answer = client().post("/search", json={"query": "orange juice", "k": 2})
    assert [each["product"] for each in answer.json()["items"]] == ["a", "b"]


def test_texts_are_annotated(client: Make) -> None:
    """Each gets a path and a probability."""
    annotator = Annotator("tf-idf").fit(["red tea", "blue rum"] * 4, [("hot",), ("strong",)] * 4)
    shop = client(models=Models(annotator=annotator))
    [found] = shop.post("/annotate", json={"texts": ["green tea"]}).json()["annotations"]
    assert found["path"] in (["hot"], [])
    assert 0 <= found["probability"] <= 1


def test_a_service_has_only_the_routes_of_its_models(client: Make, engine: Search) -> None:
    """Without a recommender nobody is recommended anything, and the page shows it."""
    shop = client(models=Models(searching=Searching(engine)))
    assert shop.post("/recommend", json=ASKED).status_code == 404
    paths = shop.get("/openapi.json").json()["paths"]
    assert sorted(paths) == ["/health", "/metrics", "/search"]


# ---- refusals


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Authorization": ""}, 401, "no-key"),
        ({"Authorization": "Basic abc"}, 401, "no-key"),
        ({"Authorization": "Bearer ck_wrong"}, 403, "wrong-key"),
        ({"Authorization": "Bearer kéy".encode("latin-1")}, 403, "wrong-key"),
    ],
)
@pytest.mark.parametrize("path", ["/recommend", "/search", "/events", "/metrics", "/nowhere"])
def test_without_a_right_key_nothing_is_answered(
    client: Make, path: str, headers: dict, status: int, code: str
) -> None:
    """Whether a route exists, or a body is right, a stranger does not learn."""
    answer = client().post(path, content=b"{", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("/recommend", b'{"user": "u1"', 400, "not JSON"),
        ("/recommend", b"\xff\xfe", 400, ""),
        ("/recommend", b"[]", 422, "body: "),
        ("/recommend", b"", 422, "body: "),
        ("/recommend", b'{"k": 3}', 422, "user: field required"),
        ("/recommend", b'{"user": "u1", "k": 0}', 422, "k: "),
        ("/recommend", b'{"user": "u1", "k": "3"}', 422, "k: "),
        ("/recommend", b'{"user": "u1", "k": 101}', 422, "at most 100"),
        ("/recommend", b'{"user": {"name": "u1"}}', 422, "user: "),
        ("/recommend", b'{"user": "u1", "customer secret": 1}', 422, "does not know"),
        ("/search", b'{"query": ""}', 422, "query: "),
        ("/events", b'{"events": []}', 422, "events: "),
        ("/events", b'{"events": [{"id": "1"}]}', 422, "events.0.user: field required"),
    ],
)
def test_a_bad_body_gets_a_clear_answer(
    client: Make, path: str, body: bytes, status: int, says: str
) -> None:
    """It says where and what, and quotes nothing that was sent."""
    answer = client().post(path, content=body, headers={"Content-Type": "application/json"})
    fault = answer.json()["error"]
    assert answer.status_code == status
    assert says in fault["message"]
    assert "secret" not in answer.text
    assert fault["request_id"] == answer.headers["x-request-id"]


def test_an_unknown_product_is_refused_and_nothing_of_the_batch_is_taken(
    client: Make, state: InProcess
) -> None:
    """The position is named; the good event beside it can be sent again."""
    answer = client().post("/events", json={"events": [sent(1), sent(2, product="x")]})
    assert answer.status_code == 422
    assert "events.1.product: is not in the catalog" in answer.json()["error"]["message"]
    assert len(state) == 0


def test_an_oversized_body_is_refused_before_it_is_read(client: Make) -> None:
    """By its announced length."""
    answer = client(Limits(body=100)).post("/search", content=b"x" * 101)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too-large")


def test_a_body_that_hides_its_size_is_refused_when_it_exceeds_it(client: Make) -> None:
    """Sent in pieces without a length, it is read up to the limit."""
    answer = client(Limits(body=100)).post("/search", content=iter([b"x" * 60] * 3))
    assert answer.status_code == 413


def test_a_key_that_asks_too_often_is_told_when_to_come_back(client: Make) -> None:
    """Two at once, the third waits."""
    shop = client(Limits(rate=0.5, burst=2))
    answers = [shop.post("/recommend", json=ASKED) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[-1].headers["retry-after"] == "2"


def test_too_many_events_at_once_are_refused(client: Make) -> None:
    """The limit is said."""
    answer = client(Limits(events=1)).post("/events", json={"events": [sent(1), sent(2)]})
    assert "events: 2 asked for, at most 1" in answer.json()["error"]["message"]


def test_a_full_disk_is_said_and_loses_nothing(
    client: Make, state: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 and try again; the same events are accepted when there is room."""
    shop = client()
    with monkeypatch.context() as full:
        full.setattr("os.write", lambda *_: 0)
        answer = shop.post("/events", json={"events": [sent(1)]})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert shop.get("/health").json() == {"status": "degraded"}
    assert shop.post("/events", json={"events": [sent(1)]}).json()["accepted"] == 1
    assert len(state) == 1


def test_a_failing_model_is_an_error_that_tells_nothing(client: Make, logged: list[str]) -> None:
    """500 with an id; the logs know under that id where it was, not what was asked."""
    shop = client(models=Models(annotator=Failing()))  # type: ignore[arg-type]
    answer = shop.post("/annotate", json={"texts": ["secret text"]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
    failed = json.loads(logged[0])
    assert failed["error"] == "RuntimeError"
    assert failed["request_id"] == answer.headers["x-request-id"]
    assert "secret text" not in answer.text + "".join(logged)


# ---- logs and ids


def test_logs_name_no_customer(client: Make, logged: list[str], secret: str) -> None:
    """Neither user, query, product nor key; the same user is the same mask."""
    shop = client()
    shop.post("/recommend", json={"user": "household-4711"})
    shop.post("/recommend", json={"user": "household-4711"})
    shop.post("/search", json={"query": "medicine"})
    shop.post("/events", json={"events": [sent(1, user="household-4711", product="x")]})
    shop.post("/household-4711/lists")
    whole = "".join(logged)
    assert not any(word in whole for word in ("4711", "medicine", secret))
    first, second = (json.loads(line) for line in logged[:2])
    assert first["user"] == second["user"]
    assert {first["route"], first["key"], first["status"]} == {"/recommend", "shop", 200}


def test_a_request_id_is_taken_only_when_it_can_do_no_harm(client: Make) -> None:
    """A line end in an id would write lines into the log."""
    shop = client()
    taken = shop.get("/health", headers={"X-Request-ID": "order-7"})
    assert taken.headers["x-request-id"] == "order-7"
    other = shop.get("/health", headers={"X-Request-ID": 'x" {injected}'})
    assert other.headers["x-request-id"].isalnum()


def test_health_needs_no_key_and_says_little(client: Make) -> None:
    """Whoever starts services asks it."""
    shop = client()
    assert shop.get("/health", headers={"Authorization": ""}).json() == {"status": "ok"}


def test_metrics_are_counted(client: Make) -> None:
    """An answer is there at the next look."""
    shop = client()
    shop.post("/recommend", json=ASKED)
    text = shop.get("/metrics").text
    assert 'catalogkit_requests_total{route="/recommend",status="200"} 1.0' in text


def test_answers_go_on_without_redis_and_say_so(
    client: Make, redis: RedisServer, tmp_path: Path
) -> None:
    """Degraded, with the events that this worker knows of."""
    shop = client(state=Shared(connected(redis.url), Journal(tmp_path / "waiting")))
    shop.post("/events", json={"events": [sent(1, user="new")]})
    redis.kill()
    answer = shop.post("/recommend", json={"user": "new"}).json()
    assert (answer["known"], answer["degraded"]) == (True, True)
    assert shop.post("/events", json={"events": [sent(2)]}).json()["degraded"]
    assert shop.get("/health").json() == {"status": "degraded"}
    assert "catalogkit_events_waiting 1.0" in shop.get("/metrics").text


def test_a_recommender_needs_a_state(tmp_path: Path, secret: str) -> None:
    """Else its events would go nowhere."""
    with pytest.raises(DataError, match="give the service a state"):
        Service(Models(personal=object()), read_keys(tmp_path / "keys.json"))  # type: ignore[arg-type]


def test_the_page_shows_where_a_key_goes(client: Make) -> None:
    """OpenAPI, and a page to try it."""
    shop: TestClient = client()
    scheme = shop.get("/openapi.json").json()["components"]["securitySchemes"]
    assert scheme["HTTPBearer"]["scheme"] == "bearer"
    assert shop.get("/docs").status_code == 200
