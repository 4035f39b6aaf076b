"""A flipped bit is never accepted (R8): whichever bit of whichever flight, the link closes and nothing counts.

A dialogue is five flights of the handshake and HELLOs, then a message of three sizes each way. The one that
receives the flipped bit must close in silence, and what it had reported until then is all it ever reports.
"""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chattor.errors import RemoteError
from chattor.protocol.frames import Msg
from chattor.protocol.link import End, Link
from tests.support.links import Pair, Side, answer, dial, person

SIZES = (100, 1500, 9000)
FLIGHTS = 5 + 2 * len(SIZES)
ANA, BEN = person("ana"), person("ben")


def dialogue(pair: Pair) -> Iterator[tuple[Side, bytes]]:
    """Every flight in turn: who receives it, and its bytes, not yet delivered."""
    for side in (pair.ana, pair.ben, pair.ana, pair.ben, pair.ana):
        yield pair.other(side), side.link.data_to_send()
    for size in SIZES:
        for side in (pair.ana, pair.ben):
            side.link.send([Msg(seq=size, msg_id=bytes(16), prev=bytes(32), rest=bytes(size))])
            yield pair.other(side), side.link.data_to_send()


def dialogue_until(pair: Pair, flight: int) -> Iterator[tuple[Side, bytes]]:
    """The dialogue up to a flight; all but the last are delivered."""
    for number, (receiver, data) in enumerate(dialogue(pair)):
        yield receiver, data
        if number == flight:
            return
        receiver.hear(data, 0.0)


def flip(data: bytes, bit: int) -> bytes:
    """The bytes with one bit turned."""
    at = bit // 8
    return data[:at] + bytes([data[at] ^ 1 << bit % 8]) + data[at + 1 :]


def refuses(link: Link, data: bytes) -> None:
    """The link closes, reports nothing, says nothing."""
    with pytest.raises(RemoteError):
        link.receive(data, 0.0)
    assert link.ended is End.FAULT
    assert link.data_to_send() == b""
    assert link.receive(data, 0.0) == []


@given(flight=st.integers(0, FLIGHTS - 1), where=st.floats(0, 1, exclude_max=True))
@settings(max_examples=200, deadline=None)
def test_a_flipped_bit_in_any_flight_closes_the_link(flight: int, where: float) -> None:
    *_, (receiver, data) = dialogue_until(Pair(), flight)
    refuses(receiver.link, flip(data, int(where * len(data) * 8)))


@given(flight=st.integers(0, FLIGHTS - 1), junk=st.binary(min_size=1, max_size=64), where=st.floats(0, 1))
@settings(max_examples=100, deadline=None)
def test_bytes_slipped_in_anywhere_never_become_an_event(flight: int, junk: bytes, where: float) -> None:
    *_, (receiver, data) = dialogue_until(Pair(), flight)
    before = len(receiver.heard)
    at = int(where * (len(data) - 1))
    changed = data[:at] + junk + data[at:]
    if not changed.startswith(data):
        with suppress(RemoteError):
            receiver.hear(changed, 0.0)
        assert len(receiver.heard) == before


def test_every_bit_of_a_first_message() -> None:
    data = dial(ANA, BEN.target).data_to_send()
    for bit in range(8 * len(data)):
        refuses(answer(BEN), flip(data, bit))


@pytest.mark.slow
def test_every_bit_of_a_second_message() -> None:
    ben = answer(BEN)
    ben.receive(dial(ANA, BEN.target).data_to_send(), 0.0)
    data = ben.data_to_send()
    for bit in range(8 * len(data)):
        refuses(dial(ANA, BEN.target), flip(data, bit))
    assert dial(ANA, BEN.target).receive(data, 0.0), "the same dice make the same keys: only the bit was wrong"


@pytest.mark.slow
@pytest.mark.parametrize("flight", range(2, 7))
def test_every_byte_of_every_other_flight(flight: int) -> None:
    size = len([data for _, data in dialogue_until(Pair(), flight)][-1])
    for at in range(size):
        receiver, data = list(dialogue_until(Pair(), flight))[-1]
        refuses(receiver.link, flip(data, 8 * at + at % 8))
