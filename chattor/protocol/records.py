"""Records (protocol §4): `length u16 | ciphertext` in three sizes, frames packed inside, the rest zero.

Packing and unpacking of payloads, the cipher of one direction with its rekeying, and the incremental reader of
what arrives. No record is ever larger than it may be, and no length is waited for that is not allowed.
"""

import struct
from collections.abc import Iterable, Iterator
from typing import Final

from chattor.crypto.noise import CipherState
from chattor.errors import LocalError, ProtocolViolation
from chattor.protocol.limits import (
    FRAME_BODY_MAX,
    FRAME_HEADER,
    FRAMES_PER_RECORD,
    RECORD_PAYLOADS,
    RECORD_TAG,
    REKEY_EVERY,
)

Packed = tuple[int, bytes]
"""A frame as it lies in a record: its type and its body, already ratchet ciphertext where it must be."""

_FRAME: Final = struct.Struct(">BH")
_LENGTH: Final = struct.Struct(">H")
_LARGEST: Final = RECORD_PAYLOADS[-1]
_ALLOWED: Final = frozenset(size + RECORD_TAG for size in RECORD_PAYLOADS)


def pack(frames: Iterable[Packed]) -> Iterator[bytes]:
    """Payloads that carry the frames in order: as few as can be, each of the smallest size that holds it.

    Raises LocalError for a body over FRAME_BODY_MAX.
    """
    parts: list[bytes] = []
    used = count = 0
    for kind, body in frames:
        if len(body) > FRAME_BODY_MAX:
            raise LocalError(f"a frame body of {len(body)} bytes")
        if used + FRAME_HEADER + len(body) > _LARGEST or count == FRAMES_PER_RECORD:
            yield _padded(parts, used)
            parts, used, count = [], 0, 0
        parts += (_FRAME.pack(kind, len(body)), body)
        used += FRAME_HEADER + len(body)
        count += 1
    if parts:
        yield _padded(parts, used)


def unpack(payload: bytes) -> list[Packed]:
    """The frames of a payload; raises ProtocolViolation unless it is packed exactly as `pack` may pack."""
    frames: list[Packed] = []
    at = 0
    while at + FRAME_HEADER <= len(payload) and payload[at]:
        kind, size = _FRAME.unpack_from(payload, at)
        at += FRAME_HEADER
        if at + size > len(payload):
            raise ProtocolViolation("a frame longer than its record")
        if len(frames) == FRAMES_PER_RECORD:
            raise ProtocolViolation("too many frames in a record")
        frames.append((kind, payload[at : at + size]))
        at += size
    if payload.count(0, at) != len(payload) - at:
        raise ProtocolViolation("padding that is not zero")
    if not frames:
        raise ProtocolViolation("an empty record")
    return frames


def _padded(parts: list[bytes], used: int) -> bytes:
    size = next(size for size in RECORD_PAYLOADS if used <= size)
    return b"".join([*parts, bytes(size - used)])


class RecordCipher:
    """One direction of a link's records; a fresh key every REKEY_EVERY of them."""

    __slots__ = ("_cipher", "_count")

    def __init__(self, cipher: CipherState) -> None:
        self._cipher = cipher
        self._count = 0

    def seal(self, payload: bytes) -> bytes:
        """The record as it travels."""
        ciphertext = self._cipher.encrypt(b"", payload)
        self._advance()
        return _LENGTH.pack(len(ciphertext)) + ciphertext

    def open(self, ciphertext: bytes) -> bytes:
        """The payload of the next record; raises ProtocolViolation."""
        payload = self._cipher.decrypt(b"", ciphertext)
        self._advance()
        return payload

    def _advance(self) -> None:
        self._count += 1
        if self._count % REKEY_EVERY == 0:
            self._cipher.rekey()


class Inbox:
    """Bytes that arrived and are not yet a whole handshake message or record."""

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    def __len__(self) -> int:
        return len(self._buffer)

    def feed(self, data: bytes) -> None:
        """Take what arrived."""
        self._buffer += data

    def take(self, size: int) -> bytes | None:
        """The next `size` bytes once they are there."""
        if len(self._buffer) < size:
            return None
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def record(self) -> bytes | None:
        """The next record's ciphertext once it is there; raises ProtocolViolation as soon as a length is wrong."""
        if len(self._buffer) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._buffer)
        if length not in _ALLOWED:
            raise ProtocolViolation(f"a record of {length} bytes")
        whole = self.take(_LENGTH.size + length)
        return whole[_LENGTH.size :] if whole else None

    def clear(self) -> None:
        """Forget everything."""
        self._buffer.clear()
