"""The key schedule after the handshake (protocol §3 "Continuity", §4): from ck and h to everything a link uses.

Pure functions of secrets. Which secret a friend row keeps, and when it may change, is the link's business.
"""

import hmac
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from chattor.crypto.keys import hkdf

HINT: Final = 8
_NO_HINT: Final = bytes(HINT)
_NO_SECRET: Final = bytes(32)
_PADDING: Final = b"\xff" * 32


class Role(StrEnum):
    """Who dialled the link."""

    INITIATOR = "I"
    RESPONDER = "R"


@dataclass(frozen=True, slots=True, repr=False)
class RatchetKeys:
    """What both ratchets start from; 32 secret bytes each."""

    root: bytes
    header_initiator: bytes
    header_responder: bytes


def hint(secret: bytes | None, h: bytes) -> bytes:
    """Eight bytes that tell only who shares the secret which one we hold; zeros without one."""
    return hmac.digest(secret, h, "sha256")[:HINT] if secret else _NO_HINT


def choose(
    hints: tuple[bytes, bytes], own_cur: bytes | None, own_prev: bytes | None, h: bytes
) -> tuple[int, bytes | None]:
    """The responder's choice and the shared secret, given the initiator's (cur, prev) hints.

    The choice names the initiator's hint: 1 his cur, 2 his prev, 0 nothing is shared.
    """
    for choice, seen in enumerate(hints, start=1):
        for secret in (own_cur, own_prev):
            if secret and hmac.compare_digest(hint(secret, h), seen):
                return choice, secret
    return 0, None


def session_key(ck: bytes, h: bytes, secret: bytes | None) -> bytes:
    """SK of a link: the handshake's keys, its transcript and the continuity secret both chose."""
    return hkdf((secret or _NO_SECRET) + _PADDING, b"chattor/1 session" + h, salt=ck)


def next_secret(sk: bytes) -> bytes:
    """The continuity secret for the next link, to be committed once the other side confirmed."""
    return hkdf(sk, b"chattor/1 continuity")


def confirm(sk: bytes, role: Role) -> bytes:
    """The 32 bytes by which `role` proves in its HELLO that it holds SK."""
    return hmac.digest(sk, b"chattor/1 confirm " + role.value.encode(), "sha256")


def confirmed(sk: bytes, role: Role, tag: bytes) -> bool:
    """Whether `tag` is what `role` had to send; takes the same time either way."""
    return hmac.compare_digest(confirm(sk, role), tag)


def ratchet_keys(sk: bytes) -> RatchetKeys:
    """What the two ratchets of a link start from (§4)."""
    return RatchetKeys(
        root=hkdf(sk, b"chattor/1 root"),
        header_initiator=hkdf(sk, b"chattor/1 hk I"),
        header_responder=hkdf(sk, b"chattor/1 hk R"),
    )
