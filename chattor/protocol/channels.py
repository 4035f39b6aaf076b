"""Channels (protocol §7): names of channels and posts, what is signed, and what a post's place in its chain says.

Pure: posts in, verdicts out. `handlers.fetching` asks the store and obeys.
"""

import hashlib
import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from msgspec.structs import replace

from chattor.crypto import certificate as certificates
from chattor.crypto.certificate import Certificate
from chattor.crypto.keys import SIGNATURE, SigningKey, verify
from chattor.errors import PostTooLong, ProtocolViolation
from chattor.protocol.channel_frames import Post
from chattor.protocol.content import measure
from chattor.protocol.limits import POST_MAX
from chattor.protocol.pins import succession

BUILT_IN: Final = {"public": False, "friends": True}
"""The channels everybody has, and whether they are for friends only."""
NO_POST: Final = bytes(32)
"""Stands where a post id would, before the first."""
SALT_SIZE: Final = 16
_SIGNED: Final = struct.Struct(">32s32sIQQ32sQQB32s")
_LABEL: Final = b"chattor/1 post"


class PostKind(IntEnum):
    """What a post is. Numbers are the wire's; later ones keep their place and are not shown."""

    TEXT = 1
    RETRACTION = 2
    SUCCESSION = 3


def channel_id(ik_sig: bytes, name: str) -> bytes:
    """The 32 bytes by which frames name a channel."""
    return hashlib.sha256(b"chattor/1 channel" + ik_sig + name.encode()).digest()


def signed_bytes(ik_sig: bytes, post: Post) -> bytes:
    """What the signature is over: everything but the body, of which the hash stands there."""
    return _LABEL + _SIGNED.pack(
        post.channel,
        ik_sig,
        post.epoch,
        post.incarnation,
        post.seq,
        post.prev,
        post.created_ms,
        post.expires_ms,
        post.kind,
        post.body_hash,
    )


def post_id(ik_sig: bytes, post: Post) -> bytes:
    """The 32 bytes by which posts name each other."""
    return hashlib.sha256(signed_bytes(ik_sig, post)).digest()


def sign(key: SigningKey, post: Post) -> Post:
    """The same post with the hash of its body and its signature."""
    hashed = replace(post, body_hash=hashlib.sha256(post.body).digest(), signature=bytes(SIGNATURE))
    return replace(hashed, signature=key.sign(signed_bytes(key.public, hashed)))


def check(ik_sig: bytes, post: Post) -> None:
    """Whether a post is its channel owner's and whole. Raises BadSignature, ProtocolViolation."""
    if post.seq == 0 or (post.expires_ms and post.expires_ms < post.created_ms):
        raise ProtocolViolation("a post that contradicts itself")
    if post.body and hashlib.sha256(post.body).digest() != post.body_hash:
        raise ProtocolViolation("a post with another body than the one signed")
    if post.kind == PostKind.RETRACTION and len(post.body) != len(NO_POST):
        raise ProtocolViolation("a retraction of nothing")
    verify(ik_sig, post.signature, signed_bytes(ik_sig, post))


def body_of(salt: bytes, text: str) -> bytes:
    """The body of a text. The salt dies with it: a short retracted text cannot be guessed from its hash."""
    return salt + text.encode()


def read_body(body: bytes) -> tuple[bytes, str]:
    """Salt and text. Raises ProtocolViolation for what no honest owner posts."""
    try:
        text = body[SALT_SIZE:].decode()
    except UnicodeDecodeError as error:
        raise ProtocolViolation("a post that is not UTF-8") from error
    if not text or len(body) > SALT_SIZE + POST_MAX:
        raise ProtocolViolation("a post of a forbidden size")
    return body[:SALT_SIZE], text


def check_text(text: str) -> None:
    """Raise BadInput or PostTooLong for what may not be posted."""
    if (size := measure(text)) > POST_MAX:
        raise PostTooLong(f"the text has {size:,} bytes, {POST_MAX:,} are allowed")


def read_succession(former: bytes, post: Post) -> Certificate:
    """Whom the last post of a channel of `former` names: both keys signed it. Raises RemoteError for any other."""
    new = successor(post.body)
    verify(new.ik_sig, post.body[certificates.SIZE :], succession(former, new.raw))
    if new.epoch <= post.epoch or new.id_commit == former:
        raise ProtocolViolation("a successor that is none")
    return new


def successor(body: bytes) -> Certificate:
    """The certificate in the body of a SUCCESSION. Raises HandshakeRefused if it is none."""
    return certificates.parse(body[: certificates.SIZE])


class Verdict(StrEnum):
    """What an arriving post is to a reader."""

    NEW = "new"
    REPEAT = "repeat"
    CONTRADICTION = "contradiction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """What a reader holds around a place of an incarnation: ids there and just before, and what those just after
    say came before them."""

    here: Collection[bytes] = ()
    before: Collection[bytes] = ()
    claimed_by_next: Collection[bytes] = ()


def judge(own_id: bytes, prev: bytes, held: Neighbours) -> Verdict:
    """A CONTRADICTION proves that two posts were signed for one place (equivocation): shown and alarmed, both kept."""
    if own_id in held.here:
        return Verdict.REPEAT
    others = bool(held.here)
    branches_off = bool(held.before) and prev not in held.before
    is_passed_over = bool(held.claimed_by_next) and own_id not in held.claimed_by_next
    return Verdict.CONTRADICTION if others or branches_off or is_passed_over else Verdict.NEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a post stands. `starts`: its owner keeps nothing older."""

    incarnation: int
    seq: int
    post_id: bytes
    prev: bytes
    starts: bool = False


def gaps(places: Sequence[Place]) -> list[int]:
    """How many posts are missing right before each, oldest first; at least 1 where it cannot be told.

    Before the oldest we keep nothing is missing, nor before the oldest its owner keeps.
    """
    known = {NO_POST, *(place.post_id for place in places)}
    last: dict[int, int] = {}
    missing: list[int] = []
    for number, place in enumerate(places):
        before = last.get(place.incarnation, place.seq)
        last[place.incarnation] = max(before, place.seq)
        follows = number == 0 or place.starts or place.prev in known
        missing.append(0 if follows else max(1, place.seq - before - 1))
    return missing
