"""The Noise protocol framework, revision 34, for 25519, ML-KEM-768, ChaChaPoly and SHA256 (protocol §3).

One token-driven handshake and its two transport ciphers; patterns are data. chattor speaks HYBRID_XX only, the
tests run the published patterns through the same engine. `e1` and `ekem1` follow the hfs extension: both travel
through EncryptAndHash, the encapsulated secret is mixed into the chaining key.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from chattor.crypto.keys import KEM_CIPHERTEXT, KEM_PUBLIC, KEY, DhKey, KemKey, Rng, encapsulate, hkdf
from chattor.errors import HandshakeRefused, Internal, ProtocolViolation

T = TypeVar("T")
TAG: Final = 16
_NONCE_MAX: Final = (1 << 64) - 1  # reserved for rekey (Noise §4.2)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A handshake pattern: the tokens of each message, and whose static key is known beforehand."""

    protocol: str
    messages: tuple[tuple[str, ...], ...]
    initiator_known: bool = False
    responder_known: bool = False

    @property
    def has_psk(self) -> bool:
        """Whether a pre-shared key is mixed in; ephemeral keys are then mixed into the chaining key too."""
        return any("psk" in tokens for tokens in self.messages)


HYBRID_XX: Final = Pattern(
    "Noise_XXhfs+psk0_25519+MLKEM768_ChaChaPoly_SHA256",
    (("psk", "e", "e1"), ("e", "ee", "ekem1", "s", "es"), ("s", "se")),
)


class CipherState:
    """One direction of a Noise transport: a key and the number of the next message."""

    __slots__ = ("_aead", "_key", "_nonce")

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._aead = ChaCha20Poly1305(key)
        self._nonce = 0

    def encrypt(self, ad: bytes, plaintext: bytes) -> bytes:
        """The ciphertext, 16 bytes longer than the plaintext."""
        ciphertext = self._aead.encrypt(_nonce(self._nonce), plaintext, ad)
        self._nonce += 1
        return ciphertext

    def decrypt(self, ad: bytes, ciphertext: bytes) -> bytes:
        """The plaintext of the next message; raises ProtocolViolation, and then still expects the same message."""
        try:
            plaintext = self._aead.decrypt(_nonce(self._nonce), ciphertext, ad)
        except InvalidTag as error:
            raise ProtocolViolation("what was received does not authenticate") from error
        self._nonce += 1
        return plaintext

    def rekey(self) -> None:
        """Replace the key by its successor (Noise §4.2); the numbering goes on."""
        self._key = self._aead.encrypt(b"\0\0\0\0" + _NONCE_MAX.to_bytes(8, "little"), bytes(KEY), b"")[:KEY]
        self._aead = ChaCha20Poly1305(self._key)

    def __repr__(self) -> str:
        return f"CipherState(nonce={self._nonce})"


def _nonce(number: int) -> bytes:
    if number >= _NONCE_MAX:
        raise Internal("a cipher ran out of nonces")
    return b"\0\0\0\0" + number.to_bytes(8, "little")


class SymmetricState:
    """The chaining key, the transcript hash, and the cipher once there is a key (Noise §5.2)."""

    __slots__ = ("_cipher", "ck", "h")

    def __init__(self, protocol: bytes) -> None:
        self.h = protocol.ljust(32, b"\0") if len(protocol) <= 32 else hashlib.sha256(protocol).digest()
        self.ck = self.h
        self._cipher: CipherState | None = None

    @property
    def overhead(self) -> int:
        """What `encrypt_and_hash` adds now, in bytes."""
        return TAG if self._cipher else 0

    def mix_hash(self, data: bytes) -> None:
        """Bind data to the transcript."""
        self.h = hashlib.sha256(self.h + data).digest()

    def mix_key(self, secret: bytes) -> None:
        """Bind a secret to every later key."""
        self.ck, key = self._derive(secret, 2)
        self._cipher = CipherState(key)

    def mix_key_and_hash(self, secret: bytes) -> None:
        """Bind a pre-shared key to every later key and to the transcript."""
        self.ck, shared, key = self._derive(secret, 3)
        self.mix_hash(shared)
        self._cipher = CipherState(key)

    def encrypt_and_hash(self, plaintext: bytes) -> bytes:
        """Encrypt under the transcript so far if there is a key; the result joins the transcript."""
        data = self._cipher.encrypt(self.h, plaintext) if self._cipher else plaintext
        self.mix_hash(data)
        return data

    def decrypt_and_hash(self, data: bytes) -> bytes:
        """Undo `encrypt_and_hash`; raises ProtocolViolation."""
        plaintext = self._cipher.decrypt(self.h, data) if self._cipher else data
        self.mix_hash(data)
        return plaintext

    def split(self) -> tuple[CipherState, CipherState]:
        """The ciphers from initiator to responder and back."""
        first, second = self._derive(b"", 2)
        return CipherState(first), CipherState(second)

    def _derive(self, secret: bytes, count: int) -> list[bytes]:
        keys = hkdf(secret, b"", salt=self.ck, length=count * KEY)
        return [keys[at : at + KEY] for at in range(0, count * KEY, KEY)]


class Handshake:
    """One side of a handshake. Messages are written and read in turn; a refused one ends it."""

    __slots__ = ("_initiator", "_keys", "_next", "_pattern", "_psk", "_rng", "_symmetric")

    def __init__(
        self,
        pattern: Pattern,
        *,
        initiator: bool,
        prologue: bytes,
        static: DhKey | None,
        psk: bytes | None,
        rng: Rng,
        remote_static: bytes | None = None,
    ) -> None:
        self._pattern, self._initiator, self._next = pattern, initiator, 0
        self._keys, self._psk, self._rng = _Keys(s=static, rs=remote_static), psk, rng
        self._symmetric = SymmetricState(pattern.protocol.encode())
        self._symmetric.mix_hash(prologue)
        for known, own in ((pattern.initiator_known, initiator), (pattern.responder_known, not initiator)):
            if known:
                self._symmetric.mix_hash(_known(static).public if own else _known(remote_static))

    @property
    def remote_static(self) -> bytes | None:
        """The other side's static key, once it was read; it is proven when the handshake is complete."""
        return self._keys.rs

    @property
    def remote_ephemeral(self) -> bytes | None:
        """The other side's ephemeral key, once it was read."""
        return self._keys.re

    @property
    def complete(self) -> bool:
        """Whether the last message was written or read."""
        return self._next == len(self._pattern.messages)

    @property
    def hash(self) -> bytes:
        """The transcript hash h; after the last message it names the link."""
        return self._symmetric.h

    @property
    def chaining_key(self) -> bytes:
        """The chaining key ck; after the last message every secret of the handshake is in it."""
        return self._symmetric.ck

    def write_message(self, payload: bytes) -> bytes:
        """Our next message, with `payload` inside; raises HandshakeRefused if a key received cannot be used."""
        with self._refusing():
            parts = [self._write(token) for token in self._turn(writing=True)]
            return b"".join([*parts, self._symmetric.encrypt_and_hash(payload)])

    def read_message(self, message: bytes) -> bytes:
        """The payload of the other side's next message; raises HandshakeRefused."""
        with self._refusing():
            for token in self._turn(writing=False):
                message = message[self._read(token, message) :]
            return self._symmetric.decrypt_and_hash(message)

    def split(self) -> tuple[CipherState, CipherState]:
        """Our ciphers for sending and for receiving, after the last message."""
        if not self.complete:
            raise Internal("the handshake is not complete")
        first, second = self._symmetric.split()
        return (first, second) if self._initiator else (second, first)

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except ProtocolViolation as error:
            raise HandshakeRefused(f"handshake message {self._next} refused: {error}") from error

    def _turn(self, *, writing: bool) -> tuple[str, ...]:
        if self.complete or writing != (self._initiator == (self._next % 2 == 0)):
            raise Internal("the handshake is not at this step")
        self._next += 1
        return self._pattern.messages[self._next - 1]

    def _write(self, token: str) -> bytes:
        symmetric, keys = self._symmetric, self._keys
        match token:
            case "e":
                keys.e = DhKey(self._rng(KEY))
                self._mix_ephemeral(keys.e.public)
                return keys.e.public
            case "s":
                return symmetric.encrypt_and_hash(_known(keys.s).public)
            case "e1":
                keys.e1 = KemKey.generate(self._rng)
                return symmetric.encrypt_and_hash(keys.e1.public)
            case "ekem1":
                secret, ciphertext = encapsulate(_known(keys.re1))
                sealed = symmetric.encrypt_and_hash(ciphertext)
                symmetric.mix_key(secret)
                return sealed
        self._mix(token)
        return b""

    def _read(self, token: str, message: bytes) -> int:
        """Take a token's part from the front of the message; gives its length."""
        keys = self._keys
        match token:
            case "e":
                keys.re, size = _front(message, KEY)
                self._mix_ephemeral(keys.re)
            case "s":
                keys.rs, size = self._opened(message, KEY)
            case "e1":
                keys.re1, size = self._opened(message, KEM_PUBLIC)
            case "ekem1":
                ciphertext, size = self._opened(message, KEM_CIPHERTEXT)
                self._symmetric.mix_key(_known(keys.e1).decapsulate(ciphertext))
            case _:
                self._mix(token)
                size = 0
        return size

    def _opened(self, message: bytes, size: int) -> tuple[bytes, int]:
        sealed, size = _front(message, size + self._symmetric.overhead)
        return self._symmetric.decrypt_and_hash(sealed), size

    def _mix(self, token: str) -> None:
        """The tokens that put nothing on the wire: psk, and the exchanges, which name the initiator's key first."""
        if token.startswith("psk"):
            self._symmetric.mix_key_and_hash(_known(self._psk))
            return
        own, remote = (token[0], token[1]) if self._initiator else (token[1], token[0])
        local = _known(self._keys.e if own == "e" else self._keys.s)
        self._symmetric.mix_key(local.exchange(_known(self._keys.re if remote == "e" else self._keys.rs)))

    def _mix_ephemeral(self, public: bytes) -> None:
        self._symmetric.mix_hash(public)
        if self._pattern.has_psk:
            self._symmetric.mix_key(public)


@dataclass(slots=True, repr=False)
class _Keys:
    """The keys of one handshake, named as in the specification: r is the other side's, 1 the KEM's."""

    s: DhKey | None = None
    e: DhKey | None = None
    e1: KemKey | None = None
    rs: bytes | None = None
    re: bytes | None = None
    re1: bytes | None = None


def _known(value: T | None) -> T:
    if value is None:
        raise Internal("the pattern uses a key that was not given")
    return value


def _front(message: bytes, size: int) -> tuple[bytes, int]:
    if len(message) < size:
        raise ProtocolViolation("too short")
    return message[:size], size
