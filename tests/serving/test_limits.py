"""How often a key may ask, whatever the clock does."""

from __future__ import annotations

from catalogkit.serving.limits import Buckets


def test_a_key_waits_when_its_bucket_is_empty() -> None:
    """Two at once, then one every half second; another key has its own bucket."""
    now = [0.0]
    buckets = Buckets(rate=2, burst=2, clock=lambda: now[0])
    assert [buckets.wait("a") for _ in range(3)] == [0, 0, 0.5]
    assert buckets.wait("b") == 0
    now[0] = 0.5
    assert buckets.wait("a") == 0


def test_a_clock_that_goes_backwards_starves_nobody() -> None:
    """An hour back: the bucket neither overflows nor stays empty longer than its rate."""
    now = [7200.0]
    buckets = Buckets(rate=1, burst=1, clock=lambda: now[0])
    assert buckets.wait("a") == 0
    now[0] = 3600
    assert buckets.wait("a") == 1
    now[0] = 3601
    assert buckets.wait("a") == 0
