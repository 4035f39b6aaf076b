"""The key objects of chattor/1 (protocol §1, §3): signing, agreement, encapsulation, derivation, our identity.

Thin frozen wrappers around `cryptography` that keep the prepared key (building one costs as much as using it),
speak bytes at the border, hide secrets from `repr`, and turn every refusal of a library into one of our errors.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.bindings import crypto_core_ed25519_is_valid_point

from chattor.errors import BadSignature, ProtocolViolation

try:
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey

    MLKEM768PrivateKey.generate()
except (ImportError, UnsupportedAlgorithm) as error:  # pragma: no cover - tested in a process of its own
    raise ImportError("chattor needs cryptography 50 or newer, built with ML-KEM-768") from error

Rng = Callable[[int], bytes]
"""Gives so many random bytes."""

KEY: Final = 32
SIGNATURE: Final = 64
COMMITMENT: Final = 16
KEM_PUBLIC: Final = 1184
KEM_CIPHERTEXT: Final = 1088
_KEM_SEED: Final = 64
_SHA256: Final = SHA256()


class SigningKey:
    """An Ed25519 key of a 32-byte seed."""

    __slots__ = ("_key", "public", "seed")

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.seed = seed
        self.public: bytes = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of a message."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"SigningKey(public={self.public.hex()[:16]}…)"


class DhKey:
    """An X25519 key of a 32-byte seed."""

    __slots__ = ("_key", "public", "seed")

    def __init__(self, seed: bytes) -> None:
        self._key = X25519PrivateKey.from_private_bytes(seed)
        self.seed = seed
        self.public: bytes = self._key.public_key().public_bytes_raw()

    def exchange(self, remote: bytes) -> bytes:
        """The 32-byte shared secret; raises ProtocolViolation for a key of low order or of a wrong length."""
        try:
            return self._key.exchange(X25519PublicKey.from_public_bytes(remote))
        except ValueError as error:
            raise ProtocolViolation("the key of the other side has low order") from error

    def __repr__(self) -> str:
        return f"DhKey(public={self.public.hex()[:16]}…)"


class KemKey:
    """An ML-KEM-768 decapsulation key of a 64-byte seed (FIPS 203)."""

    __slots__ = ("_key", "public")

    def __init__(self, seed: bytes) -> None:
        self._key = MLKEM768PrivateKey.from_seed_bytes(seed)
        self.public: bytes = self._key.public_key().public_bytes_raw()

    @classmethod
    def generate(cls, rng: Rng) -> "KemKey":
        """A fresh key."""
        return cls(rng(_KEM_SEED))

    def decapsulate(self, ciphertext: bytes) -> bytes:
        """The 32-byte secret; a forged ciphertext gives another secret, a wrong length raises ProtocolViolation."""
        try:
            return self._key.decapsulate(ciphertext)
        except ValueError as error:
            raise ProtocolViolation("not an ML-KEM-768 ciphertext") from error

    def __repr__(self) -> str:
        return "KemKey(…)"


def encapsulate(public: bytes) -> tuple[bytes, bytes]:
    """A fresh 32-byte secret and its ciphertext for the owner of `public`; raises ProtocolViolation (FIPS 203 §7.2)."""
    try:
        return MLKEM768PublicKey.from_public_bytes(public).encapsulate()
    except ValueError as error:
        raise ProtocolViolation("not an ML-KEM-768 key") from error


def valid_point(public: bytes) -> bool:
    """Whether an Ed25519 key is canonical and of prime order: forgeries verify under the eight small-order ones."""
    return len(public) == KEY and crypto_core_ed25519_is_valid_point(public)


def verify(public: bytes, signature: bytes, message: bytes) -> None:
    """Check an Ed25519 signature by a key that came from outside; raises BadSignature."""
    if not valid_point(public):
        raise BadSignature("the signing key is not a valid point")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature as error:
        raise BadSignature("the signature does not fit") from error


def hkdf(key: bytes, info: bytes, *, salt: bytes = b"", length: int = 32) -> bytes:
    """HKDF-SHA256 (RFC 5869) of a key, for the purpose named by `info`."""
    return HKDF(_SHA256, length, salt, info).derive(key)


def expanded_onion_key(seed: bytes) -> bytes:
    """The 64 bytes tor's ADD_ONION wants for a seed: clamped scalar and prefix (RFC 8032 §5.1.5)."""
    digest = bytearray(hashlib.sha512(seed).digest())
    digest[0] &= 248
    digest[31] = digest[31] & 63 | 64
    return bytes(digest)


def id_commit(ik_sig: bytes, ik_dh: bytes) -> bytes:
    """The 16 bytes by which a friend code names an identity (§1)."""
    return hashlib.sha256(b"chattor/1 identity" + ik_sig + ik_dh).digest()[:COMMITMENT]


def knock_key(onion_pk: bytes, commitment: bytes) -> bytes:
    """The pre-shared key of a link to whoever a friend code names (§3): without it not one byte is answered."""
    return hkdf(onion_pk + commitment, b"chattor/1 knock")


def onion_auth(own: DhKey, other: bytes, onion_pk: bytes) -> DhKey:
    """The key by which one of two friends enters the onion of the other (§6); both can make it, nobody else.

    `other` is the `ik_dh` of the other one. Raises ProtocolViolation for one of low order.
    """
    return DhKey(hkdf(own.exchange(other), b"chattor/1 onion auth" + onion_pk))


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Our three secrets (§1): the onion's key, and the identity's two, which are apart from the address."""

    onion: SigningKey
    sig: SigningKey
    dh: DhKey

    @classmethod
    def generate(cls, rng: Rng) -> "Identity":
        """A new identity."""
        return cls.from_bytes(rng(3 * KEY))

    @classmethod
    def from_bytes(cls, seeds: bytes) -> "Identity":
        """Read back what `to_bytes` gave; raises ValueError unless it is 96 bytes."""
        if len(seeds) != 3 * KEY:
            raise ValueError("an identity is 96 bytes")
        return cls(onion=SigningKey(seeds[:32]), sig=SigningKey(seeds[32:64]), dh=DhKey(seeds[64:]))

    def to_bytes(self) -> bytes:
        """The three seeds, 96 bytes, secret."""
        return self.onion.seed + self.sig.seed + self.dh.seed

    @property
    def id_commit(self) -> bytes:
        """The commitment in our friend code."""
        return id_commit(self.sig.public, self.dh.public)
