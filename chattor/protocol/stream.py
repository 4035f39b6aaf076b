"""One ordered stream of messages per friend and direction (protocol §5): hash chain, receiving, resuming.

Pure: positions and frames in, verdicts out. `handlers.stream` asks the store and obeys.
The chain is load-bearing: counters alone lose messages when a store is rolled back.
"""

import hashlib
import struct
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from chattor.errors import ProtocolViolation
from chattor.protocol.limits import EPHEMERAL_MAX, EPHEMERAL_MIN, SEQ_MAX

GENESIS = bytes(32)
SALT_SIZE = 16
_REST = struct.Struct(">16sBqI")


class Kind(IntEnum):
    """What a message does. Numbers are the wire's; later ones are set aside by those who do not know them."""

    TEXT = 1
    EDIT = 2
    DELETE = 3
    REACTION = 4
    TIMER = 5


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a chain: the number of the last message and the hash over everything up to it."""

    seq: int
    hash: bytes


START = Position(0, GENESIS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """The part of a MSG that dies with its text; its exact bytes are hashed.

    salt: 16 random bytes, so that a short deleted text cannot be guessed from its hash. kind: see Kind.
    sent_ms: the author's clock, for display. ttl: seconds, 0 for none. body: layout by kind.
    """

    salt: bytes
    kind: int
    sent_ms: int
    ttl: int
    body: bytes

    def encode(self) -> bytes:
        """The exact bytes that are hashed, stored and sent."""
        return _REST.pack(self.salt, self.kind, self.sent_ms, self.ttl) + self.body

    @classmethod
    def decode(cls, raw: bytes) -> "Rest":
        """Raises ProtocolViolation when the fixed part is cut short; a ttl below 5 s is 5 s, beyond a year a year."""
        if len(raw) < _REST.size:
            raise ProtocolViolation("message without its fixed part")
        salt, kind, sent_ms, ttl = _REST.unpack_from(raw)
        lives = min(max(ttl, EPHEMERAL_MIN), EPHEMERAL_MAX) if ttl else 0
        return cls(salt=salt, kind=kind, sent_ms=sent_ms, ttl=lives, body=raw[_REST.size :])

    def __repr__(self) -> str:
        return f"Rest(kind={self.kind}, {len(self.body)} bytes)"


def direction(sender_ik_sig: bytes, receiver_ik_sig: bytes) -> bytes:
    """Which of the two chains: one byte, the same on both sides."""
    return b"\x00" if sender_ik_sig < receiver_ik_sig else b"\x01"


def rest_hash(rest: bytes) -> bytes:
    """SHA-256 of the exact bytes; stays when they die."""
    return hashlib.sha256(rest).digest()


def extend(way: bytes, last: Position, msg_id: bytes, digest: bytes) -> Position:
    """The position after one more message (protocol §5, H_n)."""
    seq = last.seq + 1
    material = b"chattor/1 chain" + way + last.hash + seq.to_bytes(8, "big") + msg_id + digest
    return Position(seq, hashlib.sha256(material).digest())


class Verdict(StrEnum):
    """What an arriving item is to the receiver."""

    NEXT = "next"
    REPEAT = "repeat"
    BROKEN = "broken"


def judge(high: Position, seq: int, prev: bytes) -> Verdict:
    """NEXT extends the chain; REPEAT is acknowledged again; BROKEN stores nothing and closes."""
    if seq <= high.seq:
        return Verdict.REPEAT
    if seq == high.seq + 1 and prev == high.hash:
        return Verdict.NEXT
    return Verdict.BROKEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Our side of a stream as stored. `pos` orders our items as they were written, whatever their number.

    Items after `base_pos` are numbered from base.seq + 1 without a hole; items up to `acked_pos` are acknowledged
    on the peer's present chain.
    """

    base: Position = START
    base_pos: int = 0
    acked_pos: int = 0
    acked_seq: int = 0
    last: Position = START


class Found(StrEnum):
    """Where the peer's position lies in what we remember."""

    CURRENT = "in the present run of numbers"
    OLDER = "in an earlier run"
    UNKNOWN = "nowhere"


@dataclass(frozen=True, slots=True)
class Match:
    """The peer's position, looked up: `pos` is our item there (0 before the first)."""

    found: Found
    pos: int = 0


@dataclass(frozen=True, slots=True)
class Resume:
    """What a HELLO asks of the sender: everything after `after_pos` travels again.

    With `fork` those items are first renumbered from the peer's position.
    """

    after_pos: int
    fork: bool


def resume(peer: Position, match: Match) -> Resume:
    """Decide what a HELLO means (protocol §5, a and b). Raises ProtocolViolation beyond any honest position.

    When the position is unknown, a store was rolled back, ours or both, and no acknowledgement can be trusted: the
    peer may stand in a past that never had what it once acknowledged. Everything we still have goes again; `seen`
    on the other side absorbs what was shown (docs/adr/0005).
    """
    if peer.seq > SEQ_MAX:
        raise ProtocolViolation("position beyond all reason")
    if match.found is Found.CURRENT:
        return Resume(match.pos, fork=False)
    return Resume(match.pos if match.found is Found.OLDER else 0, fork=True)
