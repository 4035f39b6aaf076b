"""A Tor v3 onion address: 32 public key bytes and back (rend-spec-v3 §6, encoding onion addresses)."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

ONION_PORT = 9735
_VERSION = b"\x03"


@dataclass(frozen=True, slots=True)
class OnionAddress:
    """An onion service's 32-byte Ed25519 public key, printed as 56 characters and `.onion`."""

    public_key: bytes

    def __post_init__(self) -> None:
        if len(self.public_key) != 32:
            raise ValueError("an onion public key is 32 bytes")

    @classmethod
    def parse(cls, text: str) -> "OnionAddress":
        """Read `….onion`; raises ValueError on a wrong length, version or checksum."""
        label = text.strip().lower().removesuffix(".onion")
        try:
            raw = base64.b32decode(label.upper()) if len(label) == 56 else b""
        except (binascii.Error, ValueError):
            raw = b""
        if len(raw) != 35 or raw[34:] != _VERSION or raw[32:34] != _checksum(raw[:32]):
            raise ValueError("not a v3 onion address")
        return cls(raw[:32])

    def __str__(self) -> str:
        raw = self.public_key + _checksum(self.public_key) + _VERSION
        return base64.b32encode(raw).decode().lower() + ".onion"

    def short(self) -> str:
        """The first 8 characters, for a narrow column; never for a decision."""
        return str(self)[:8] + "…"


def _checksum(public_key: bytes) -> bytes:
    return hashlib.sha3_256(b".onion checksum" + public_key + _VERSION).digest()[:2]
