"""Frames: every value travels, and nothing that is not exactly one of them is taken."""

import msgspec
import pytest

from chattor.errors import LocalError, ProtocolViolation
from chattor.protocol import channel_frames, frames
from chattor.protocol.frames import CODECS, PLAIN, Frame, FrameType, decode, encode
from chattor.protocol.limits import CAPABILITIES_MAX, CAPABILITY_MAX, NAME_MAX, NOTE_MAX, SEQ_MAX

OP = bytes(range(16))
HASH = bytes(range(32))

EXAMPLES: list[Frame] = [
    frames.Hello(version=1, capabilities=0, r_high=7, r_hash=HASH, choice=2, confirm=HASH[::-1]),
    frames.Ping(),
    frames.Pong(),
    frames.Bye(),
    frames.Ready(),
    frames.Ack(r_high=SEQ_MAX - 1, r_hash=HASH),
    frames.Done(op_id=OP),
    frames.Request(op_id=OP, name="Ana", note="we met in Köln"),
    frames.Accept(op_id=OP, name="Борис"),
    frames.Reject(op_id=OP),
    frames.Remove(op_id=OP),
    frames.Rotate(op_id=OP, certificate=bytes(237), signature=bytes(64), consent=bytes(64)),
    channel_frames.Unsubscribe(channel=HASH),
    channel_frames.Channels(),
    channel_frames.ChannelList(channels=[channel_frames.Listing("public", channel_frames.Access.PUBLIC)]),
    channel_frames.Sync(channel=HASH, incarnation=SEQ_MAX - 1, seq=3, post_id=HASH),
    channel_frames.Post(HASH, 1, 2, 3, HASH, 4, 5, 6, HASH, HASH * 2, b"the body"),
    channel_frames.Posts(channel=HASH, incarnation=1, seq=2, post_id=HASH, more=1, oldest=HASH),
    channel_frames.Seen(channel=HASH, post_id=HASH),
    frames.Msg(seq=1, msg_id=OP, prev=HASH, rest=b"rest"),
    frames.Tombstone(seq=2, msg_id=OP, prev=HASH, rest_hash=HASH),
    frames.Read(msg_id=OP),
    frames.Presence(sign=frames.Sign.TYPING),
    frames.Profile(being=frames.Being.AGENT, capabilities=("search", "translate")),
]


def test_there_is_an_example_of_every_frame() -> None:
    assert {type(frame) for frame in EXAMPLES} == {value for value, _ in CODECS.values()}


@pytest.mark.parametrize("frame", EXAMPLES, ids=lambda frame: type(frame).__name__)
def test_a_frame_arrives_as_it_was_sent(frame: Frame) -> None:
    kind, body = encode(frame)
    assert CODECS[kind][0] is type(frame)
    assert decode(kind, body) == frame


@pytest.mark.parametrize("frame", EXAMPLES, ids=lambda frame: type(frame).__name__)
def test_a_byte_more_or_less_is_refused(frame: Frame) -> None:
    kind, body = encode(frame)
    longer = decode(kind, body + b"\0") if isinstance(frame, frames.Msg | channel_frames.Post) else None
    if longer is None:
        with pytest.raises(ProtocolViolation):
            decode(kind, body + b"\0")
    if body and not isinstance(frame, frames.Msg | channel_frames.Post):
        with pytest.raises(ProtocolViolation):
            decode(kind, body[:-1])


def test_the_bytes_of_a_message_are_pinned() -> None:
    assert encode(EXAMPLES[-5]) == (FrameType.MSG, bytes(7) + b"\x01" + OP + HASH + b"rest")
    assert encode(EXAMPLES[7]) == (FrameType.REQUEST, b"\x93\xc4\x10" + OP + b"\xa3Ana\xafwe met in K\xc3\xb6ln")


def test_a_message_may_be_empty_but_not_without_its_fixed_part() -> None:
    assert decode(FrameType.MSG, bytes(56)) == frames.Msg(seq=0, msg_id=bytes(16), prev=bytes(32), rest=b"")
    with pytest.raises(ProtocolViolation, match="55 bytes"):
        decode(FrameType.MSG, bytes(55))


@pytest.mark.parametrize("kind", [0x00, 0x08, 0x15, 0x35, 0x7F])
def test_input_08_an_unknown_type_is_refused(kind: int) -> None:
    with pytest.raises(ProtocolViolation, match="unknown type"):
        decode(kind, b"")


@pytest.mark.parametrize("kind", [0x84, 0x90, 0xFF])
def test_input_08_an_unknown_type_that_may_be_ignored_is_skipped(kind: int) -> None:
    assert decode(kind, b"whatever") is None


@pytest.mark.parametrize("high", [SEQ_MAX, 2**64 - 1], ids=["2^63", "2^64-1"])
@pytest.mark.parametrize("frame", [f for f in EXAMPLES if hasattr(f, "r_high") or hasattr(f, "seq")], ids=repr)
def test_input_44_a_number_beyond_all_reason_is_refused(frame: Frame, high: int) -> None:
    field = "seq" if hasattr(frame, "seq") else "r_high"
    kind, body = encode(msgspec.structs.replace(frame, **{field: high}))
    with pytest.raises(ProtocolViolation, match="beyond all reason"):
        decode(kind, body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x92\xc4\x10" + OP + b"\xa1a",
        b"\x94\xc4\x10" + OP + b"\xa1a\xa1b\xa1c",
        b"\x93\xc4\x0f" + OP[:15] + b"\xa1a\xa1b",
        b"\x93\xc4\x11" + OP + b"!\xa1a\xa1b",
        b"\x93\xb0" + OP + b"\xa1a\xa1b",
        b"\x93\xc4\x10" + OP + b"\xc4\x01a\xa1b",
        b"\x93\xc4\x10" + OP + b"\xc0\xa1b",
        b"\x83\xc4\x10" + OP + b"\xa1a\xa1b",
        b"\x93\xc4\x10" + OP + b"\xdb\xff\xff\xff\xff",
    ],
    ids=["empty", "two", "four", "short id", "long id", "text id", "bytes name", "nil name", "map", "huge"],
)
def test_a_request_of_another_shape_is_refused(body: bytes) -> None:
    with pytest.raises(ProtocolViolation, match=r"a malformed Request|shortest form"):
        decode(FrameType.REQUEST, body)


@pytest.mark.parametrize(
    "name", [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"], ids=["byte", "overlong", "surrogate", "range"]
)
def test_input_41_text_that_is_not_utf8_is_refused(name: bytes) -> None:
    body = b"\x92\xc4\x10" + OP + bytes([0xA0 + len(name)]) + name
    with pytest.raises(ProtocolViolation, match="malformed Accept"):
        decode(FrameType.ACCEPT, body)


@pytest.mark.parametrize("body", [b"\x92\xc5\x00\x10" + OP + b"\xa1a", b"\x92\xc4\x10" + OP + b"\xd9\x01a"])
def test_one_value_has_one_encoding(body: bytes) -> None:
    with pytest.raises(ProtocolViolation, match="shortest form"):
        decode(FrameType.ACCEPT, body)


def test_names_and_notes_have_limits_in_characters() -> None:
    longest = frames.Request(op_id=OP, name="😀" * NAME_MAX, note="é" * NOTE_MAX)
    assert decode(*encode(longest)) == longest
    for name, note in [("a" * (NAME_MAX + 1), ""), ("a", "b" * (NOTE_MAX + 1))]:
        with pytest.raises(LocalError):
            encode(frames.Request(op_id=OP, name=name, note=note))
        too_long = msgspec.msgpack.encode([OP, name, note])
        with pytest.raises(ProtocolViolation, match="malformed Request"):
            decode(FrameType.REQUEST, too_long)


@pytest.mark.parametrize(
    "frame",
    [
        frames.Done(op_id=OP[:15]),
        frames.Done(op_id=OP + b"!"),
        frames.Ack(r_high=-1, r_hash=HASH),
        frames.Ack(r_high=2**64, r_hash=HASH),
        frames.Accept(op_id=OP, name="\ud800"),
    ],
    ids=["short", "long", "negative", "overflow", "surrogate"],
)
def test_our_own_mistake_is_a_local_error(frame: Frame) -> None:
    with pytest.raises(LocalError):
        encode(frame)


def test_six_frames_are_not_ratchet_ciphertext() -> None:
    assert sorted(kind.name for kind in PLAIN) == ["ACK", "BYE", "DONE", "HELLO", "PING", "PONG"]


def test_no_frame_shows_what_it_carries() -> None:
    assert repr(EXAMPLES[-5]) == "Msg(seq=1, 4 bytes)"
    assert "Ana" not in repr(EXAMPLES[7])
    assert all("the body" not in repr(example) and "public" not in repr(example) for example in EXAMPLES[11:-5])
    assert "Борис" not in repr(EXAMPLES[8])
    assert HASH.hex() not in repr(EXAMPLES[0])
    assert str(HASH) not in repr(EXAMPLES[0])
    assert repr(EXAMPLES[-1]) == "Profile(1)"


def test_a_profile_has_bounds() -> None:
    full = frames.Profile(255, ("é" * CAPABILITY_MAX,) * CAPABILITIES_MAX)
    assert decode(*encode(full)) == full
    for wrong in ([256, []], [1, ["a" * (CAPABILITY_MAX + 1)]], [1, ["a"] * (CAPABILITIES_MAX + 1)], [1], [1, [], 0]):
        with pytest.raises(ProtocolViolation, match=r"malformed Profile|shortest form"):
            decode(FrameType.PROFILE, msgspec.msgpack.encode(wrong))
