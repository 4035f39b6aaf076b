"""The Double Ratchet with header encryption (Signal specification, revision 4, sections 3 to 5; protocol §4).

One session between two sides, in memory, for the life of a link. Everything is computed on copies and assigned
only once the message has authenticated: a refused message changes nothing. The initiator speaks first; a link sees
to that with READY.

A message is `nonce 24 | header 40 + tag 16 | body + tag 16`; the header is `dh 32 | pn u32 | n u32`.
"""

import hashlib
import struct
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from chattor.crypto.header import NONCE, SEALED, HeaderBox
from chattor.crypto.keys import KEY, DhKey, Rng, hkdf
from chattor.crypto.session import RatchetKeys
from chattor.errors import LocalError, ProtocolViolation

OVERHEAD: Final = SEALED + 16
MAX_SKIP: Final = 512
"""Message keys kept for one chain; each is a message that may still come. A link, which is ordered, keeps none."""
MAX_SKIPPED: Final = 1_024
"""The same for all chains together."""
MAX_CHAINS: Final = 5
_FIELDS: Final = struct.Struct(">32sII")
_ONCE: Final = bytes(12)  # a message key encrypts one message
_INNER_PAD: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER_PAD: Final = bytes(byte ^ 0x5C for byte in range(256))
_INNER_REST: Final = b"\x36" * 32
_OUTER_REST: Final = b"\x5c" * 32
_sha256 = hashlib.sha256


def chain_step(chain_key: bytes) -> tuple[bytes, bytes]:
    """The next chain key and the message key: HMAC-SHA256 of two labels, with the pads hashed once for both."""
    inner = _sha256(chain_key.translate(_INNER_PAD) + _INNER_REST)
    outer = _sha256(chain_key.translate(_OUTER_PAD) + _OUTER_REST)
    inner_message, outer_message = inner.copy(), outer.copy()
    inner.update(b"chattor/1 ck")
    inner_message.update(b"chattor/1 mk")
    outer.update(inner.digest())
    outer_message.update(inner_message.digest())
    return outer.digest(), outer_message.digest()


def root_step(root: bytes, shared: bytes) -> tuple[bytes, bytes, bytes]:
    """The next root key, the new chain's key, and the header key of the chain after it."""
    keys = hkdf(shared, b"chattor/1 rk", salt=root, length=3 * KEY)
    return keys[:32], keys[32:64], keys[64:]


class _Chain:
    """A chain of one direction: its header key, its chain key, and the number of the next message."""

    __slots__ = ("header_key", "key", "n")

    def __init__(self, header_key: bytes, key: bytes, n: int = 0) -> None:
        self.header_key = header_key
        self.key = key
        self.n = n


class Ratchet:
    """One side of a session. `max_skip` 0 refuses everything that is not the very next message."""

    __slots__ = (
        "_ad",
        "_box",
        "_dh",
        "_max_skip",
        "_next_receiving",
        "_next_sending",
        "_previous",
        "_receiving",
        "_rng",
        "_root",
        "_sending",
        "_skipped",
    )

    _dh: DhKey
    _root: bytes
    _sending: _Chain | None
    _receiving: _Chain | None
    _next_sending: bytes
    _next_receiving: bytes

    def __init__(self, ad: bytes, rng: Rng, max_skip: int) -> None:
        self._ad = ad
        self._rng = rng
        self._max_skip = max_skip
        self._box = HeaderBox()
        self._previous = 0
        self._skipped: dict[bytes, dict[int, bytes]] = {}

    @classmethod
    def initiator(
        cls, keys: RatchetKeys, remote_ratchet_key: bytes, ad: bytes, rng: Rng, *, max_skip: int = MAX_SKIP
    ) -> "Ratchet":
        """The side that dialled; raises ProtocolViolation if the responder's key has low order."""
        ratchet = cls(ad, rng, max_skip)
        ratchet._dh, ratchet._root, key, ratchet._next_sending = ratchet._turn_sending(keys.root, remote_ratchet_key)
        ratchet._sending = _Chain(keys.header_initiator, key)
        ratchet._receiving, ratchet._next_receiving = None, keys.header_responder
        return ratchet

    @classmethod
    def responder(
        cls, keys: RatchetKeys, ratchet_key: DhKey, ad: bytes, rng: Rng, *, max_skip: int = MAX_SKIP
    ) -> "Ratchet":
        """The side that was dialled and sent the public half of `ratchet_key` in the handshake."""
        ratchet = cls(ad, rng, max_skip)
        ratchet._dh, ratchet._root = ratchet_key, keys.root
        ratchet._sending = ratchet._receiving = None
        ratchet._next_sending, ratchet._next_receiving = keys.header_responder, keys.header_initiator
        return ratchet

    def encrypt(self, plaintext: bytes) -> bytes:
        """The next message, OVERHEAD bytes longer than the plaintext.

        Raises LocalError while the responder has not read the initiator's first message.
        """
        chain = self._sending
        if chain is None:
            raise LocalError("the initiator speaks first")
        key, message_key = chain_step(chain.key)
        header = _FIELDS.pack(self._dh.public, self._previous, chain.n)
        sealed = self._box.seal(chain.header_key, self._rng(NONCE), header)
        body = ChaCha20Poly1305(message_key).encrypt(_ONCE, plaintext, self._ad + sealed)
        chain.key = key
        chain.n += 1
        return sealed + body

    def decrypt(self, message: bytes) -> bytes:
        """The plaintext of a message; raises ProtocolViolation, and then nothing has changed."""
        if len(message) < OVERHEAD:
            raise ProtocolViolation("too short for a ratchet message")
        sealed = message[:SEALED]
        chain = self._receiving
        if chain and (header := self._box.open(chain.header_key, sealed)):
            return self._receive(chain, _FIELDS.unpack(header)[2], message)
        if header := self._box.open(self._next_receiving, sealed):
            return self._turn(_FIELDS.unpack(header), message)
        for header_key in self._skipped:
            if header := self._box.open(header_key, sealed):
                return self._receive_late(header_key, _FIELDS.unpack(header)[2], message)
        raise ProtocolViolation("a ratchet header of no chain in use")

    def __repr__(self) -> str:
        return "Ratchet(…)"

    def _receive(self, chain: _Chain, n: int, message: bytes) -> bytes:
        """A message of the chain being received."""
        if n < chain.n:
            return self._receive_late(chain.header_key, n, message)
        key, skipped = self._skip(chain, n) if n > chain.n else (chain.key, None)
        key, message_key = chain_step(key)
        plaintext = self._open(message_key, message)
        chain.key, chain.n = key, n + 1
        if skipped:
            self._remember(chain.header_key, skipped)
        return plaintext

    def _receive_late(self, header_key: bytes, n: int, message: bytes) -> bytes:
        """A message that others overtook; its key works once."""
        kept = self._skipped.get(header_key, {})
        if n not in kept:
            raise ProtocolViolation("a ratchet message came twice or far too late")
        plaintext = self._open(kept[n], message)
        del kept[n]
        if not kept:
            del self._skipped[header_key]
        return plaintext

    def _turn(self, header: tuple[bytes, int, int], message: bytes) -> bytes:
        """The first message seen of the other side's next chain: both chains turn to fresh keys."""
        remote, previous, n = header
        old = self._receiving
        _, missed = self._skip(old, previous) if old else (b"", {})
        root, key, next_receiving = root_step(self._root, self._dh.exchange(remote))
        chain = _Chain(self._next_receiving, key)
        key, skipped = self._skip(chain, n)
        chain.key, message_key = chain_step(key)
        chain.n = n + 1
        plaintext = self._open(message_key, message)
        dh, root, key, next_sending = self._turn_sending(root, remote)
        if old:
            self._remember(old.header_key, missed)
        self._remember(chain.header_key, skipped)
        self._dh, self._root = dh, root
        self._previous = self._sending.n if self._sending else 0
        self._sending, self._next_sending = _Chain(self._next_sending, key), next_sending
        self._receiving, self._next_receiving = chain, next_receiving
        return plaintext

    def _turn_sending(self, root: bytes, remote: bytes) -> tuple[DhKey, bytes, bytes, bytes]:
        dh = DhKey(self._rng(KEY))
        return dh, *root_step(root, dh.exchange(remote))

    def _open(self, message_key: bytes, message: bytes) -> bytes:
        try:
            return ChaCha20Poly1305(message_key).decrypt(_ONCE, message[SEALED:], self._ad + message[:SEALED])
        except InvalidTag as error:
            raise ProtocolViolation("a ratchet message does not authenticate") from error

    def _skip(self, chain: _Chain, until: int) -> tuple[bytes, dict[int, bytes]]:
        """The chain key at `until` and the message keys passed over, as a copy."""
        room = self._max_skip - len(self._skipped.get(chain.header_key, ()))
        if not 0 <= until - chain.n <= room:
            raise ProtocolViolation(f"ratchet message {until} where {chain.n} was expected")
        key, skipped = chain.key, {}
        for n in range(chain.n, until):
            key, skipped[n] = chain_step(key)
        return key, skipped

    def _remember(self, header_key: bytes, skipped: dict[int, bytes]) -> None:
        """Keep skipped message keys within the limits, the oldest go first."""
        if not skipped:
            return
        kept = self._skipped
        kept.setdefault(header_key, {}).update(skipped)
        if len(kept) > MAX_CHAINS:
            del kept[next(iter(kept))]
        while (surplus := sum(map(len, kept.values())) - MAX_SKIPPED) > 0:
            oldest = next(iter(kept))
            for n in list(kept[oldest])[:surplus]:
                del kept[oldest][n]
            if not kept[oldest]:
                del kept[oldest]
