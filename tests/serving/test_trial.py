"""A notebook tries a service: it answers, it is looked at, it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalogkit.evaluation.load import ask, send
from catalogkit.recommenders.base import Fitted
from catalogkit.search.engine import Search
from catalogkit.serving.alerts import firing
from catalogkit.serving.histories import Personal
from catalogkit.serving.journal import Journal
from catalogkit.serving.limits import Limits
from catalogkit.serving.models import Models
from catalogkit.serving.redis_state import Shared, connected
from catalogkit.serving.searching import Searching
from catalogkit.serving.trial import trial
from tests.serving.conftest import sent, until


def test_it_answers_and_can_be_looked_at(fitted: Fitted) -> None:
    """An event, a list, two looks, and no alert; afterwards nobody is at home."""
    with trial(Models(Personal(fitted))) as shop:
        before = shop.look()
        assert shop.post("/events", {"events": [sent(1, user="new")]})[1]["accepted"] == 1
        assert shop.post("/recommend", {"user": "new"})[1]["known"]
        assert before is not None
        assert firing(before, shop.look()) == []
        assert len(ask(shop.address, [b'{"user": 1}'] * 4, 2, path="/recommend",
                       headers=shop.headers)) == 4  # fmt: skip
    assert send(shop.address, "/health", b"") == (0, "")


def test_logs_can_be_read_and_name_nobody(fitted: Fitted) -> None:
    """One line a request; the user is masked."""
    with trial(Models(Personal(fitted))) as shop:
        shop.post("/recommend", {"user": "household-7"})
        until(lambda: "/recommend" in "".join(shop.logs()))  # written after the answer
        [line] = [line for line in shop.logs() if "/recommend" in line]
    assert json.loads(line)["status"] == 200
    assert "household-7" not in line


def test_strangers_and_nonsense_are_refused(engine: Search) -> None:
    """Another key can be tried, and bytes that are no JSON."""
    with trial(Models(searching=Searching(engine)), workers=2) as shop:
        assert shop.post("/search", {"query": "tea"}, key="ck_wrong")[0] == 403
        assert shop.post("/search", b"{")[1]["error"]["code"] == "malformed"


def test_the_watcher_is_not_held_up_by_a_wild_client(fitted: Fitted) -> None:
    """Each key has its own rate."""
    with trial(Models(Personal(fitted)), limits=Limits(rate=0.1, burst=2)) as shop:
        before = shop.look()
        statuses = [shop.post("/recommend", {"user": 1})[0] for _ in range(5)]
        assert statuses == [200, 200, 429, 429, 429]
        assert before is not None
        assert firing(before, shop.look()) == ["TooManyRequests"]


def test_state_can_be_out_of_reach(fitted: Fitted) -> None:
    """A Redis where nobody listens: answers come, and an alert fires."""

    def away(folder: Path) -> Shared:
        return Shared(connected("redis://127.0.0.1:1"), Journal(folder / "j"))

    with trial(Models(Personal(fitted)), state=away) as shop:
        assert shop.post("/recommend", {"user": 1})[1]["degraded"]
        assert firing({}, shop.look()) == ["StateOutOfReach"]


def test_a_service_that_cannot_start_says_so_at_once(fitted: Fitted) -> None:
    """Two workers cannot share a journal; nobody waits for them."""
    with (
        pytest.raises(RuntimeError, match="did not start"),
        trial(Models(Personal(fitted)), workers=2),
    ):
        pass
