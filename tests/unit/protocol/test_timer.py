"""Two friends' decisions about a timer: whatever arrives in whatever order, the same one counts."""

from functools import reduce
from itertools import permutations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chattor.errors import ProtocolViolation
from chattor.protocol.content import TIMER, Timer, decode_timer
from chattor.protocol.limits import EPHEMERAL_MAX, ROUND_MAX
from chattor.protocol.timer import Decision

_DECISIONS = st.builds(Decision, st.integers(0, 3), st.sampled_from([0, 5, 60, EPHEMERAL_MAX]))


def _heard(ours: Decision, theirs: Decision) -> Decision:
    return theirs if theirs.outdoes(ours) else ours


@given(st.lists(_DECISIONS, min_size=1, max_size=4))
def test_the_order_of_arrival_does_not_matter(decisions: list[Decision]) -> None:
    assert len({reduce(_heard, order) for order in permutations(decisions)}) == 1


@given(_DECISIONS, st.sampled_from([0, 5, 60]))
def test_who_knows_a_decision_outdoes_it(known: Decision, seconds: int) -> None:
    assert known.next(seconds).outdoes(known)


def test_of_two_that_crossed_the_shorter_time_counts_and_any_is_shorter_than_for_ever() -> None:
    assert Decision(1, 60).outdoes(Decision(1, 3600))
    assert Decision(1, 3600).outdoes(Decision(1, 0))
    assert not Decision(1, 60).outdoes(Decision(1, 60))


def test_a_friend_at_the_last_round_cannot_stop_the_count() -> None:
    assert Decision(ROUND_MAX, 60).next(5) == Decision(ROUND_MAX, 5)


@pytest.mark.parametrize("timer", [[4, 1], [EPHEMERAL_MAX + 1, 1], [-1, 1], [60, ROUND_MAX + 1], [60, -1], [60], 60])
def test_what_no_honest_friend_sends_is_a_fault(timer: object) -> None:
    with pytest.raises(ProtocolViolation):
        decode_timer(msgspec.msgpack.encode(timer))
    assert decode_timer(TIMER.encode(Timer(60, 1))) == Timer(60, 1)
