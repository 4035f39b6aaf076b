"""What travels inside records (protocol §4, the table of frames): one frozen value per frame, one registry.

A later frame is one number in `FrameType` (the page reserves some), one value (those of channels have a module of
their own), one row in `CODECS`. Types from 0x80 on may be ignored by those who do not know them; anything unknown
below closes the link. Frames in `PLAIN` are protected by the Noise transport alone, every other body, known or not, is
ratchet ciphertext as well. Type 0 is padding, never a frame.
"""

from enum import IntEnum
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

from chattor.crypto import certificate
from chattor.crypto.keys import SIGNATURE
from chattor.errors import ProtocolViolation
from chattor.protocol.channel_frames import (
    ChannelFrame,
    ChannelList,
    Channels,
    Post,
    Posts,
    Seen,
    Sync,
    Unsubscribe,
)
from chattor.protocol.limits import CAPABILITIES_MAX, CAPABILITY_MAX, NAME_MAX, NOTE_MAX, STATUS_MAX
from chattor.protocol.wire import Fixed, Listed

IGNORABLE: Final = 0x80

OpId = Annotated[bytes, Meta(min_length=16, max_length=16)]
Name = Annotated[str, Meta(max_length=NAME_MAX)]
Note = Annotated[str, Meta(max_length=NOTE_MAX)]


class FrameType(IntEnum):
    """The numbers on the wire."""

    HELLO = 0x01
    PING = 0x02
    PONG = 0x03
    BYE = 0x04
    ACK = 0x05
    DONE = 0x06
    READY = 0x07
    REQUEST = 0x10
    ACCEPT = 0x11
    REJECT = 0x12
    REMOVE = 0x13
    ROTATE = 0x14
    UNSUBSCRIBE = 0x16
    MSG = 0x20
    TOMBSTONE = 0x21
    CHANNELS = 0x30
    CHANNEL_LIST = 0x31
    SYNC = 0x32
    POST = 0x33
    POSTS = 0x34
    READ = 0x80
    PRESENCE = 0x81
    SEEN = 0x82
    PROFILE = 0x83


PLAIN: Final = frozenset(
    {FrameType.HELLO, FrameType.PING, FrameType.PONG, FrameType.BYE, FrameType.ACK, FrameType.DONE}
)


class Hello(Struct, frozen=True):
    """Where we stand in the peer's stream and which continuity secret the link uses; kept inside the link."""

    version: int
    capabilities: int
    r_high: int
    r_hash: bytes
    choice: int
    confirm: bytes

    def __repr__(self) -> str:
        return f"Hello(r_high={self.r_high}, choice={self.choice})"


class Ping(Struct, frozen=True):
    """Are you there?"""


class Pong(Struct, frozen=True):
    """Yes."""


class Bye(Struct, frozen=True):
    """This link ends on purpose."""


class Ready(Struct, frozen=True):
    """The initiator's first ratchet message: it gives the responder its sending chain; kept inside the link."""


class Ack(Struct, frozen=True):
    """Everything up to number `r_high` of the peer's stream, ending in hash `r_hash`, is committed."""

    r_high: int
    r_hash: bytes


class Done(Struct, frozen=True):
    """The operation `op_id` is committed, now or long ago."""

    op_id: bytes


class Request(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Let us be friends: at most 32 characters of name, 280 of note; not sanitised yet."""

    op_id: OpId
    name: Name
    note: Note = ""

    def __repr__(self) -> str:
        return f"Request(op_id={self.op_id.hex()})"


class Accept(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Yes, and this is what I call myself."""

    op_id: OpId
    name: Name

    def __repr__(self) -> str:
        return f"Accept(op_id={self.op_id.hex()})"


class Reject(Struct, frozen=True):
    """No."""

    op_id: bytes


class Remove(Struct, frozen=True):
    """We are friends no longer."""

    op_id: bytes


class Rotate(Struct, frozen=True):
    """I am somebody else from now on: the new certificate, the old identity's word and the new one's consent (§6)."""

    op_id: bytes
    certificate: bytes
    signature: bytes
    consent: bytes

    def __repr__(self) -> str:
        return f"Rotate(op_id={self.op_id.hex()})"


class Msg(Struct, frozen=True):
    """Item `seq` of a stream; `rest` is hashed as it is (protocol §5)."""

    seq: int
    msg_id: bytes
    prev: bytes
    rest: bytes

    def __repr__(self) -> str:
        return f"Msg(seq={self.seq}, {len(self.rest)} bytes)"


class Tombstone(Struct, frozen=True):
    """Item `seq` of a stream, whose bytes are gone; only their SHA-256 is left."""

    seq: int
    msg_id: bytes
    prev: bytes
    rest_hash: bytes


class Read(Struct, frozen=True):
    """Your message `msg_id`, and all before it, was looked at."""

    msg_id: bytes


class Sign(IntEnum):
    """What a PRESENCE says; one nobody knows says nothing."""

    ONLINE = 0
    TYPING = 1
    STOPPED = 2


class Presence(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A sign of the person, not of the link; `status` says with ONLINE what he does, as `presence` reads it."""

    sign: Annotated[int, Meta(ge=0, le=255)]
    status: Annotated[str, Meta(max_length=STATUS_MAX)] = ""

    def __repr__(self) -> str:
        return f"Presence({self.sign})"


class Being(IntEnum):
    """Who speaks, as a PROFILE says; a number nobody knows is taken for a person."""

    PERSON = 0
    AGENT = 1


class Profile(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Whether a program speaks here and what it can do, in its own words; not sanitised yet."""

    being: Annotated[int, Meta(ge=0, le=255)]
    capabilities: Annotated[
        tuple[Annotated[str, Meta(max_length=CAPABILITY_MAX)], ...], Meta(max_length=CAPABILITIES_MAX)
    ] = ()

    def __repr__(self) -> str:
        return f"Profile({self.being})"


Whisper = Read | Presence | Seen | Profile
"""Best effort: said on a link that stands or not at all, and dropped when there are too many."""


Frame = (
    Hello | Ping | Pong | Bye | Ready | Ack | Done | Request | Accept | Reject | Remove | Rotate | Msg | Tombstone
    | ChannelFrame | Whisper
)  # fmt: skip

_Codec = Fixed[Any] | Listed[Any]

CODECS: Final[dict[FrameType, tuple[type[Frame], _Codec]]] = {
    FrameType.HELLO: (Hello, Fixed(Hello, "BIQ32sB32s")),
    FrameType.PING: (Ping, Fixed(Ping, "")),
    FrameType.PONG: (Pong, Fixed(Pong, "")),
    FrameType.BYE: (Bye, Fixed(Bye, "")),
    FrameType.READY: (Ready, Fixed(Ready, "")),
    FrameType.ACK: (Ack, Fixed(Ack, "Q32s")),
    FrameType.DONE: (Done, Fixed(Done, "16s")),
    FrameType.REQUEST: (Request, Listed(Request)),
    FrameType.ACCEPT: (Accept, Listed(Accept)),
    FrameType.REJECT: (Reject, Fixed(Reject, "16s")),
    FrameType.REMOVE: (Remove, Fixed(Remove, "16s")),
    FrameType.ROTATE: (Rotate, Fixed(Rotate, f"16s{certificate.SIZE}s{SIGNATURE}s{SIGNATURE}s")),
    FrameType.MSG: (Msg, Fixed(Msg, "Q16s32s", tail=True)),
    FrameType.TOMBSTONE: (Tombstone, Fixed(Tombstone, "Q16s32s32s")),
    FrameType.UNSUBSCRIBE: (Unsubscribe, Fixed(Unsubscribe, "32s")),
    FrameType.CHANNELS: (Channels, Fixed(Channels, "")),
    FrameType.CHANNEL_LIST: (ChannelList, Listed(ChannelList)),
    FrameType.SYNC: (Sync, Fixed(Sync, "32sQQ32s")),
    FrameType.POST: (Post, Fixed(Post, "32sIQQ32sQQB32s64s", tail=True)),
    FrameType.POSTS: (Posts, Fixed(Posts, "32sQQ32sB32s")),
    FrameType.SEEN: (Seen, Fixed(Seen, "32s32s")),
    FrameType.READ: (Read, Fixed(Read, "16s")),
    FrameType.PRESENCE: (Presence, Listed(Presence)),
    FrameType.PROFILE: (Profile, Listed(Profile)),
}
_BY_VALUE: Final = {value: (kind, codec) for kind, (value, codec) in CODECS.items()}
_BY_NUMBER: Final[dict[int, _Codec]] = {int(kind): codec for kind, (_, codec) in CODECS.items()}


def encode(frame: Frame) -> tuple[FrameType, bytes]:
    """Its type and its body, not yet encrypted. Raises LocalError when a field does not fit."""
    kind, codec = _BY_VALUE[type(frame)]
    return kind, codec.encode(frame)


def decode(kind: int, body: bytes) -> Frame | None:
    """Read a decrypted body; None for a type that may be ignored. Raises ProtocolViolation."""
    codec = _BY_NUMBER.get(kind)
    if codec is not None:
        frame: Frame = codec.decode(body)
        return frame
    if kind >= IGNORABLE:
        return None
    raise ProtocolViolation(f"a frame of unknown type {kind:#04x}")
