"""How a value becomes bytes: fixed layouts, and MessagePack arrays where a length varies (protocol §4).

Both codecs are strict: one value has one encoding, and whatever else arrives is a ProtocolViolation. What the
fields mean is said where the values are defined.
"""

import re
import struct
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from chattor.errors import LocalError, ProtocolViolation
from chattor.protocol.limits import SEQ_MAX

V = TypeVar("V", bound=Struct)


class Fixed(Generic[V]):
    """The fields one after the other as `layout` says (`struct` format, big-endian).

    u64 fields number things and stay below 2^63, which is all a store holds. With `tail` the last field is bytes
    and takes what is left. With `size` zeros fill up to so many bytes, and must be zeros when read.
    """

    def __init__(self, kind: type[V], layout: str, *, tail: bool = False, size: int | None = None) -> None:
        self._kind = kind
        self._head = struct.Struct(">" + layout)
        self._numbers = [at for at, code in enumerate(re.findall(r"\d*[a-zA-Z]", layout)) if code == "Q"]
        self._tail = tail
        self._size = size

    def encode(self, value: V) -> bytes:
        """The exact bytes; raises LocalError when a field does not fit."""
        fields = msgspec.structs.astuple(value)
        head, rest = (fields[:-1], fields[-1]) if self._tail else (fields, b"")
        try:
            body = self._head.pack(*head)
        except struct.error as error:
            raise LocalError(f"{self._kind.__name__}: {error}") from error
        if self._head.unpack(body) != head:  # `struct` cuts bytes that are too long and fills those too short
            raise LocalError(f"{self._kind.__name__}: a field has the wrong length")
        return (body + rest).ljust(self._size or 0, b"\0")

    def decode(self, body: bytes) -> V:
        """Raises ProtocolViolation on a wrong length, a number out of reach or padding that is not zero."""
        used = self._head.size
        if len(body) < used if self._tail else len(body) != (self._size or used):
            raise ProtocolViolation(f"a {self._kind.__name__} of {len(body)} bytes")
        fields = self._head.unpack_from(body)
        if any(fields[at] >= SEQ_MAX for at in self._numbers):
            raise ProtocolViolation(f"a {self._kind.__name__} with a number beyond all reason")
        if self._tail:
            return self._kind(*fields, body[used:])
        if body.count(0, used) != len(body) - used:
            raise ProtocolViolation(f"a {self._kind.__name__} with padding that is not zero")
        return self._kind(*fields)


class Listed(Generic[V]):
    """A MessagePack array of the fields; the struct is `array_like` and its annotations carry the limits."""

    def __init__(self, kind: type[V]) -> None:
        self._kind = kind
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(kind)

    def encode(self, value: V) -> bytes:
        """The exact bytes; raises LocalError when a field breaks its limits."""
        try:
            body = self._encoder.encode(value)
            self._decoder.decode(body)
        except ValueError as error:
            raise LocalError(f"{self._kind.__name__}: {error}") from error
        return body

    def decode(self, body: bytes) -> V:
        """Raises ProtocolViolation on another shape, a broken limit, bad UTF-8 or a longer encoding than needed."""
        try:
            value = self._decoder.decode(body)
        except ValueError as error:
            raise ProtocolViolation(f"a malformed {self._kind.__name__}: {error}") from error
        if self._encoder.encode(value) != body:
            raise ProtocolViolation(f"a {self._kind.__name__} that is not in its shortest form")
        return value
