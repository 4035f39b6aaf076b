"""The token bucket."""

import pytest

from chattor.protocol.limits import UNSOLICITED_BURST, UNSOLICITED_RATE
from chattor.protocol.ratelimit import TokenBucket


def test_a_burst_passes_and_then_the_rate() -> None:
    bucket = TokenBucket(UNSOLICITED_RATE, UNSOLICITED_BURST, now=0.0)
    assert bucket.spend(20, now=0.0) == 0
    assert bucket.spend(1, now=0.0) == pytest.approx(0.2)
    assert bucket.spend(9, now=0.0) == pytest.approx(2.0)
    assert bucket.spend(1, now=2.0) == pytest.approx(0.2), "who waited is out of debt, not rich"


def test_rest_fills_it_to_the_brim_and_no_higher() -> None:
    bucket = TokenBucket(5.0, 20, now=0.0)
    assert bucket.spend(20, now=0.0) == 0
    assert bucket.spend(20, now=1_000_000.0) == 0
    assert bucket.spend(1, now=1_000_000.0) > 0


def test_over_the_limit_is_discarded_one_by_one() -> None:
    bucket = TokenBucket(1.0, 2, now=0.0)
    assert [bucket.allow(now) for now in (0.0, 0.0, 0.0, 0.5, 1.0, 1.5, 2.0)] == [
        True,
        True,
        False,
        False,
        True,
        False,
        True,
    ]


def test_a_clock_that_steps_back_gives_nothing_away() -> None:
    bucket = TokenBucket(1.0, 1, now=100.0)
    assert bucket.allow(100.0)
    assert not bucket.allow(50.0)
    assert not bucket.allow(100.5), "the time between was not counted twice"
    assert bucket.allow(101.0)


def test_it_shows_how_full_it_is() -> None:
    bucket = TokenBucket(5.0, 20, now=0.0)
    bucket.spend(5, now=0.0)
    assert repr(bucket) == "TokenBucket(15.0 of 20)"
