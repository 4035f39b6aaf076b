"""The stream engine: what extends a chain, what is seen again, what a HELLO asks for."""

import pytest

from chattor.errors import ProtocolViolation
from chattor.protocol.limits import EPHEMERAL_MAX, SEQ_MAX
from chattor.protocol.stream import (
    GENESIS,
    START,
    Found,
    Match,
    Position,
    Rest,
    Resume,
    Verdict,
    direction,
    extend,
    judge,
    rest_hash,
    resume,
)

REST = Rest(salt=b"s" * 16, kind=1, sent_ms=1_700_000_000_000, ttl=0, body=b"hello")
ID = b"i" * 16
WAY = b"\x00"


def test_rest_survives_the_wire_to_the_byte() -> None:
    assert Rest.decode(REST.encode()) == REST


def test_a_rest_cut_short_is_refused() -> None:
    with pytest.raises(ProtocolViolation):
        Rest.decode(REST.encode()[:28])


@pytest.mark.parametrize("sent_ms", [-(1 << 63), 0, (1 << 63) - 1])
def test_input_42_any_clock_of_the_author_is_taken(sent_ms: int) -> None:
    raw = Rest(salt=b"s" * 16, kind=1, sent_ms=sent_ms, ttl=0, body=b"").encode()

    assert Rest.decode(raw).sent_ms == sent_ms


def test_input_43_a_ttl_beyond_a_year_is_a_year() -> None:
    raw = Rest(salt=b"s" * 16, kind=1, sent_ms=0, ttl=(1 << 32) - 1, body=b"").encode()

    assert Rest.decode(raw).ttl == EPHEMERAL_MAX


def test_the_text_does_not_show_in_a_repr() -> None:
    assert "hello" not in repr(REST)


def test_two_directions_are_two_chains() -> None:
    low, high = b"\x01" * 32, b"\x02" * 32

    assert direction(low, high) != direction(high, low)
    assert extend(b"\x00", START, ID, rest_hash(b"x")) != extend(b"\x01", START, ID, rest_hash(b"x"))


def test_every_part_of_an_item_moves_the_chain() -> None:
    one = extend(WAY, START, ID, rest_hash(b"x"))

    assert one.seq == 1
    assert extend(WAY, START, b"j" * 16, rest_hash(b"x")).hash != one.hash
    assert extend(WAY, START, ID, rest_hash(b"y")).hash != one.hash
    assert extend(WAY, one, ID, rest_hash(b"x")).hash != one.hash


def test_a_receiver_takes_only_what_extends_his_chain() -> None:
    high = extend(WAY, START, ID, rest_hash(b"x"))

    assert judge(high, 2, high.hash) is Verdict.NEXT
    assert judge(high, 1, GENESIS) is Verdict.REPEAT
    assert judge(high, 3, high.hash) is Verdict.BROKEN
    assert judge(high, 2, GENESIS) is Verdict.BROKEN


def test_a_known_position_resumes_there() -> None:
    assert resume(START, Match(Found.CURRENT, 0)) == Resume(0, fork=False)
    assert resume(Position(3, b"h"), Match(Found.CURRENT, 7)) == Resume(7, fork=False)


def test_a_position_of_an_earlier_run_forks_from_there() -> None:
    assert resume(Position(4, b"h"), Match(Found.OLDER, 4)) == Resume(4, fork=True)


def test_an_unknown_position_trusts_no_acknowledgement() -> None:
    assert resume(Position(4, b"?"), Match(Found.UNKNOWN)) == Resume(0, fork=True)


def test_input_44_a_position_beyond_all_reason_closes() -> None:
    with pytest.raises(ProtocolViolation):
        resume(Position(SEQ_MAX + 1, b"?"), Match(Found.UNKNOWN))
