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


def test_a_clock_that_steps_back_gives_nothing_away() -> None:
    bucket = TokenBucket(1.0, 1, now=100.0)
    assert bucket.spend(1, now=100.0) == 0
    assert bucket.spend(1, now=50.0) == 1
    assert bucket.spend(0, now=100.5) == pytest.approx(0.5), "the time between was not counted twice"
    assert bucket.spend(0, now=101.0) == 0


def test_what_may_be_dropped_is_taken_while_there_are_tokens_and_makes_no_debt() -> None:
    bucket = TokenBucket(2.0, 3, now=0.0)
    assert [bucket.afford(0.0) for _ in range(5)] == [True, True, True, False, False]
    assert [bucket.afford(now) for now in (0.4, 0.5, 0.6)] == [False, True, False]


def test_it_shows_how_full_it_is() -> None:
    bucket = TokenBucket(5.0, 20, now=0.0)
    bucket.spend(5, now=0.0)
    assert repr(bucket) == "TokenBucket(15.0 of 20)"
