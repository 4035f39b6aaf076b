"""Hostile inputs 1 to 13 and 45 to 47: a record that is not exactly right ends the link, and nothing of it counts."""

from collections.abc import Callable

import pytest

from chattor.crypto.ratchet import Ratchet
from chattor.errors import ProtocolViolation, RemoteError
from chattor.protocol import frames
from chattor.protocol.frames import FrameType, Msg, encode
from chattor.protocol.link import End, Greeted, Proved, State
from chattor.protocol.records import pack
from tests.support.links import Pair, Side
from tests.support.rogues import LOW_ORDER, pretending


def message(seq: int = 1) -> Msg:
    return Msg(seq=seq, msg_id=bytes(16), prev=bytes(32), rest=b"salt and text")


def opened() -> Pair:
    return Pair().talk()


def refused(side: Side, data: bytes, match: str = ".", error: type[RemoteError] = ProtocolViolation) -> None:
    """The link refuses these bytes, is closed by it, reported nothing and says nothing."""
    before = list(side.heard)
    with pytest.raises(error, match=match):
        side.hear(data, 0.0)
    assert side.heard == before
    assert side.link.ended is End.FAULT
    assert side.link.data_to_send() == b""
    assert side.link.receive(bytes(5000), 1.0) == []


def ratchet(side: Side) -> Ratchet:
    """The ratchet inside a link."""
    assert side.link._tunnel is not None
    return side.link._tunnel._ratchet


def record(pair: Pair, source: Side, *packed: tuple[int, bytes]) -> bytes:
    """One record with these frames, bodies as they are."""
    (payload,) = pack(packed)
    return pair.forge(source, payload)


@pytest.mark.parametrize("length", [0, 1, 1039, 1041, 2063, 16_401, 65_535])
def test_input_01_a_wrong_length_closes_before_the_body_is_there(length: int) -> None:
    refused(opened().ben, length.to_bytes(2, "big"), f"a record of {length} bytes")


@pytest.mark.parametrize("missing", [1, 500, 1041])
def test_input_02_a_record_cut_by_the_end_of_the_stream_is_nothing(missing: int) -> None:
    pair = opened()
    pair.ana.link.send([message()])
    whole = pair.ana.link.data_to_send()
    pair.ben.hear(whole[:-missing], 0.0)
    pair.ben.link.abandon(End.EOF)
    assert pair.ben.frames == []
    assert pair.ben.link.receive(whole[-missing:], 1.0) == []


def test_input_03_a_record_that_comes_too_slowly_closes() -> None:
    pair = opened()
    pair.ana.link.send([message()])
    whole = pair.ana.link.data_to_send()
    for number in range(7):
        assert pair.ben.link.state is State.OPEN
        pair.ben.hear(whole[number : number + 1], 10.0 * number)
        pair.ben.heard += pair.ben.link.tick(10.0 * number)
    assert pair.ben.link.ended is End.SLOW
    assert pair.ben.frames == []


def test_a_slow_record_has_a_minute_of_its_own() -> None:
    pair = opened()
    for seq in range(3):
        pair.ana.link.send([message(seq)])
        whole = pair.ana.link.data_to_send()
        pair.ben.hear(whole[:1000], 59.0 * seq)
        pair.ben.hear(whole[1000:], 59.0 * seq + 50)
    assert len(pair.ben.frames) == 3
    assert pair.ben.link.state is State.OPEN


def test_input_04_a_record_that_was_already_heard_closes() -> None:
    pair = opened()
    pair.ana.link.send([message()])
    whole = pair.carry(pair.ana)
    assert pair.ben.frames == [message()]
    refused(pair.ben, whole, "authenticate")


def test_input_05_swapped_records_close() -> None:
    pair = opened()
    records = []
    for seq in (1, 2):
        pair.ana.link.send([message(seq)])
        records.append(pair.ana.link.data_to_send())
    refused(pair.ben, records[1] + records[0], "authenticate")


def test_a_record_left_out_closes() -> None:
    pair = opened()
    pair.ana.link.send([message(1)])
    pair.ana.link.data_to_send()
    pair.ana.link.send([message(2)])
    refused(pair.ben, pair.ana.link.data_to_send(), "authenticate")


def test_a_record_brought_back_to_its_sender_closes() -> None:
    pair = opened()
    pair.ana.link.send([message()])
    refused(pair.ana, pair.ana.link.data_to_send(), "authenticate")


@pytest.mark.parametrize("size", [1022, 2000, 65_535])
def test_input_06_a_frame_longer_than_its_record_closes(size: int) -> None:
    pair = opened()
    payload = bytes([FrameType.MSG]) + size.to_bytes(2, "big")
    refused(pair.ben, pair.forge(pair.ana, payload.ljust(1024, b"\0")), "longer than its record")


def test_input_07_padding_that_is_not_zero_closes() -> None:
    pair = opened()
    payload = bytearray(next(pack([encode(frames.Ping())])))
    payload[-1] = 1
    refused(pair.ben, pair.forge(pair.ana, bytes(payload)), "padding")


@pytest.mark.parametrize("kind", [0x08, 0x17, 0x3F, 0x7F])
def test_input_08_an_unknown_frame_closes(kind: int) -> None:
    pair = opened()
    body = ratchet(pair.ana).encrypt(b"from a later version")
    refused(pair.ben, record(pair, pair.ana, (kind, body)), "unknown type")


@pytest.mark.parametrize("kind", [0x90, 0xA0, 0xFF])
def test_input_08_an_unknown_frame_that_may_be_ignored_is_skipped_and_the_ratchet_goes_on(kind: int) -> None:
    pair = opened()
    body = ratchet(pair.ana).encrypt(b"from a later version")
    pair.ben.hear(record(pair, pair.ana, (kind, body)), 0.0)
    assert pair.ben.frames == []
    assert pair.send(pair.ana, message()) == [message()]


def test_an_ignorable_frame_is_ratchet_ciphertext_too() -> None:
    pair = opened()
    refused(pair.ben, record(pair, pair.ana, (0x80, bytes(200))), "ratchet header")


@pytest.mark.parametrize("count", [65, 5461])
def test_input_09_more_than_64_frames_in_a_record_close(count: int) -> None:
    pair = opened()
    payload = (bytes([FrameType.PING, 0, 0]) * count).ljust(16384, b"\0")
    refused(pair.ben, pair.forge(pair.ana, payload), "too many frames")


def test_an_empty_record_closes() -> None:
    pair = opened()
    refused(pair.ben, pair.forge(pair.ana, bytes(1024)), "empty record")


FIRST_FRAMES: list[tuple[int, bytes]] = [
    (FrameType.PING, b""),
    (FrameType.BYE, b""),
    (FrameType.ACK, bytes(40)),
    (FrameType.DONE, bytes(16)),
    (FrameType.READY, bytes(200)),
    (FrameType.MSG, bytes(200)),
    (FrameType.REQUEST, bytes(200)),
    (0x80, b""),
]


@pytest.mark.parametrize("packed", FIRST_FRAMES, ids=lambda packed: f"{packed[0]:#x}")
def test_input_12_the_first_frame_must_be_a_hello(packed: tuple[int, bytes]) -> None:
    pair = Pair()
    pair.ana.greets = False
    pair.talk()
    refused(pair.ben, record(pair, pair.ana, packed), "while greeted")
    pair = Pair()
    pair.ben.greets = False
    pair.talk()
    refused(pair.ana, record(pair, pair.ben, packed), "while proved")


@pytest.mark.parametrize("between", ["ping", "input_13_a_second_hello"])
def test_input_12_nothing_comes_between_hello_and_ready(between: str) -> None:
    pair = Pair()
    pair.ana.greets = False
    pair.talk()
    tunnel = pair.ana.link._tunnel
    assert tunnel is not None
    hello = encode(tunnel.hello(0, bytes(32)))
    something = encode(frames.Ping()) if between == "ping" else hello
    refused(pair.ben, record(pair, pair.ana, hello, something), "while confirmed")
    assert [type(event) for event in pair.ben.heard] == [Proved], "without READY nobody is greeted"


def test_a_responder_that_was_not_asked_to_greet_hears_nothing() -> None:
    pair = Pair()
    pair.ben.greets = False
    pair.talk()
    refused(pair.ben, record(pair, pair.ana, encode(frames.Ping())), "while proved")


def test_input_13_a_second_hello_closes() -> None:
    for pick in ("ana", "ben"):
        pair = opened()
        source: Side = getattr(pair, pick)
        tunnel = source.link._tunnel
        assert tunnel is not None
        refused(pair.other(source), record(pair, source, encode(tunnel.hello(0, bytes(32)))), "unexpected HELLO")


def test_a_second_ready_closes() -> None:
    pair = opened()
    refused(pair.ben, record(pair, pair.ana, (FrameType.READY, ratchet(pair.ana).encrypt(b""))), "unexpected READY")
    pair = opened()
    refused(pair.ana, record(pair, pair.ben, (FrameType.READY, ratchet(pair.ben).encrypt(b""))), "unexpected READY")


@pytest.mark.parametrize("kind", [FrameType.ACK, FrameType.DONE, FrameType.PING, FrameType.BYE])
def test_a_body_of_a_wrong_length_closes(kind: FrameType) -> None:
    pair = opened()
    refused(pair.ben, record(pair, pair.ana, (kind, bytes(17))), "17 bytes")


def test_input_44_a_position_beyond_all_reason_closes() -> None:
    pair = opened()
    refused(pair.ben, record(pair, pair.ana, (FrameType.ACK, b"\xff" * 40)), "beyond all reason")
    pair = Pair()
    pair.ana.greets = False
    pair.talk()
    tunnel = pair.ana.link._tunnel
    assert tunnel is not None
    kind, body = encode(tunnel.hello(0, bytes(32)))
    refused(pair.ben, record(pair, pair.ana, (kind, body[:5] + b"\xff" * 8 + body[13:])), "beyond all reason")


def skip_one(pair: Pair) -> bytes:
    ratchet(pair.ana).encrypt(b"never sent")
    return ratchet(pair.ana).encrypt(encode(message())[1])


def repeat_one(pair: Pair) -> bytes:
    body = ratchet(pair.ana).encrypt(encode(message())[1])
    pair.ben.hear(record(pair, pair.ana, (FrameType.MSG, body)), 0.0)
    return body


def from_an_earlier_link(pair: Pair) -> bytes:
    return ratchet(opened().ana).encrypt(encode(message())[1])


def flipped(pair: Pair) -> bytes:
    body = ratchet(pair.ana).encrypt(encode(message())[1])
    return body[:-1] + bytes([body[-1] ^ 1])


@pytest.mark.parametrize(
    ("make", "match"),
    [
        pytest.param(skip_one, "was expected", id="input_45_a_number_left_out"),
        pytest.param(repeat_one, "twice", id="input_45_a_number_again"),
        pytest.param(from_an_earlier_link, "no chain in use", id="input_47_a_header_from_an_earlier_link"),
        pytest.param(flipped, "authenticate", id="a_flipped_bit"),
        pytest.param(lambda pair: b"short", "too short", id="too_short"),
        pytest.param(lambda pair: encode(message())[1], "too short|no chain", id="not_encrypted"),
    ],
)
def test_a_ratchet_message_that_is_not_the_very_next_closes(make: Callable[[Pair], bytes], match: str) -> None:
    pair = opened()
    body = make(pair)
    refused(pair.ben, record(pair, pair.ana, (FrameType.MSG, body)), match)


@pytest.mark.parametrize("key", LOW_ORDER, ids=lambda key: key.hex()[:8])
def test_input_46_a_ratchet_key_of_low_order_closes(key: bytes) -> None:
    pair = Pair()
    for side in (pair.ana, pair.ben, pair.ana, pair.ben):
        pair.carry(side)
    ratchet(pair.ana)._dh = pretending(key)
    refused(pair.ben, pair.ana.link.data_to_send(), "low order")
    assert not any(isinstance(event, Greeted) for event in pair.ben.heard)


def test_a_bad_record_takes_the_good_ones_of_the_same_read_with_it() -> None:
    pair = opened()
    pair.ana.link.send([message()])
    refused(pair.ben, pair.ana.link.data_to_send() + b"\x00\x00", "a record of 0 bytes")
