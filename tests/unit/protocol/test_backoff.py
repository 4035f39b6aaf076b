"""When to dial."""

from itertools import pairwise

import pytest

from chattor.protocol.backoff import delay, spread


def test_the_wait_doubles_from_half_a_minute_to_a_quarter_of_an_hour() -> None:
    assert [delay(attempts, 0.0) for attempts in range(7)] == [30, 60, 120, 240, 480, 900, 900]
    assert delay(10_000, 0.0) == 900


@pytest.mark.parametrize(("jitter", "least"), [(-1.0, 24.0), (0.5, 33.0), (1.0, 36.0)])
def test_jitter_moves_it_by_up_to_a_fifth(jitter: float, least: float) -> None:
    assert delay(0, jitter) == pytest.approx(least)


def test_a_few_friends_are_dialled_a_second_apart() -> None:
    assert [spread(index, 3) for index in range(3)] == [0, 1, 2]


def test_many_friends_are_spread_over_twenty_seconds() -> None:
    starts = [spread(index, 200) for index in range(200)]
    assert starts[0] == 0
    assert starts[-1] < 20
    assert all(later - sooner == pytest.approx(0.1) for sooner, later in pairwise(starts))
