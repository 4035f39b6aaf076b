"""The cipher of a backup file (protocol §9): its head, its key, and chunks that cannot be cut, swapped or left out.

Layout: `magic 4 | version u8 | salt 32 | keyfile 107 | stream header 24`, then chunks of 65,536 bytes, the last one
shorter and marked as the last. The key comes from the store's data key and the salt, so the passphrase of the keyfile
inside opens a backup and a node can make one without asking for it. The chunks are libsodium's secretstream
(XChaCha20-Poly1305); the nonce in its header is libsodium's own randomness.
"""

import struct
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.bindings import (
    crypto_secretstream_xchacha20poly1305_ABYTES,
    crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    crypto_secretstream_xchacha20poly1305_init_pull,
    crypto_secretstream_xchacha20poly1305_init_push,
    crypto_secretstream_xchacha20poly1305_pull,
    crypto_secretstream_xchacha20poly1305_push,
    crypto_secretstream_xchacha20poly1305_state,
    crypto_secretstream_xchacha20poly1305_TAG_FINAL,
    crypto_secretstream_xchacha20poly1305_TAG_MESSAGE,
)

from chattor.crypto import passphrase
from chattor.crypto.keys import KEY
from chattor.errors import BackupDamaged, StoreTooNew

SALT: Final = 32
CHUNK: Final = 64 * 1024
"""Bytes of plain text in a chunk, the last one excepted."""
SEALED: Final = CHUNK + crypto_secretstream_xchacha20poly1305_ABYTES
"""Bytes of a whole chunk in the file."""
STREAM_HEADER: Final = crypto_secretstream_xchacha20poly1305_HEADERBYTES
_MAGIC: Final = b"ctbk"
_VERSION: Final = 1
_HEAD: Final = struct.Struct(f">4sB{SALT}s{passphrase.SIZE}s")
HEAD: Final = _HEAD.size
"""Bytes before the stream header."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the beginning, readable by anybody: how to come by the key."""

    salt: bytes
    keyfile: bytes

    def encode(self) -> bytes:
        """As it is written."""
        return _HEAD.pack(_MAGIC, _VERSION, self.salt, self.keyfile)

    @classmethod
    def decode(cls, raw: bytes) -> "Head":
        """Raises BackupDamaged, StoreTooNew."""
        if raw[: len(_MAGIC)] != _MAGIC:
            raise BackupDamaged("the file is not a backup of chattor's")
        if len(raw) > len(_MAGIC) and raw[len(_MAGIC)] != _VERSION:
            raise StoreTooNew(f"the backup has version {raw[len(_MAGIC)]}")
        if len(raw) != HEAD:
            raise BackupDamaged("the backup is cut off")
        _, _, salt, keyfile = _HEAD.unpack(raw)
        return cls(salt, keyfile)

    def key(self, data_key: bytes) -> bytes:
        """The key of the chunks."""
        return HKDF(algorithm=SHA256(), length=KEY, salt=self.salt, info=b"chattor/1 backup").derive(data_key)


class Sealer:
    """Makes chunks. `header` stands before them in the file."""

    def __init__(self, head: Head, data_key: bytes) -> None:
        self._state = crypto_secretstream_xchacha20poly1305_state()
        self._bound = head.encode()
        self.header: bytes = crypto_secretstream_xchacha20poly1305_init_push(self._state, head.key(data_key))

    def seal(self, chunk: bytes, *, last: bool) -> bytes:
        """The next chunk; every one but the last has CHUNK bytes."""
        if len(chunk) != CHUNK and not last:
            raise ValueError("only the last chunk may be short")
        bound, self._bound = self._bound, b""
        tag = (
            crypto_secretstream_xchacha20poly1305_TAG_FINAL
            if last
            else crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
        )
        sealed: bytes = crypto_secretstream_xchacha20poly1305_push(self._state, chunk, bound, tag)
        return sealed


class Opener:
    """Reads chunks in the order they were made, and no other."""

    def __init__(self, head: Head, header: bytes, data_key: bytes) -> None:
        self._state = crypto_secretstream_xchacha20poly1305_state()
        self._bound = head.encode()
        self._number = 0
        self.ended = False
        """Whether the last chunk was read."""
        if len(header) != STREAM_HEADER:
            raise BackupDamaged("the backup is cut off")
        crypto_secretstream_xchacha20poly1305_init_pull(self._state, header, head.key(data_key))

    def open(self, sealed: bytes) -> bytes:
        """The next chunk. Raises BackupDamaged for what was not sealed as the next one, or stands behind the last."""
        self._number += 1
        if self.ended:
            raise BackupDamaged("the backup goes on behind its end")
        bound, self._bound = self._bound, b""
        try:
            chunk, tag = crypto_secretstream_xchacha20poly1305_pull(self._state, sealed, bound)
        except (RuntimeError, ValueError) as error:
            raise BackupDamaged(f"the backup is damaged, or cut off, in part {self._number}") from error
        self.ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL
        return bytes(chunk)
