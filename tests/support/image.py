"""The plain bytes of a store, page by page, as somebody with its key would find them: what is in use and what is not.

SQLCipher 4 with a raw key: AES-256-CBC, each page of 4096 bytes ends in its IV of 16 and a tag of 64; the first
begins with a salt instead of SQLite's header. A page in the log has 24 bytes before it, the log itself 32.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from chattor.store.connection import PAGE, DataKey

_SALT: Final = 16
_RESERVED: Final = 80
_LOG_HEAD: Final = 32
_FRAME_HEAD: Final = 24


def image(path: Path, key: DataKey) -> bytes:
    """Every page of a store and of its log, in the clear."""
    log = path.with_name(path.name + "-wal")
    return b"".join([*_pages(path.read_bytes(), key), *_frames(log.read_bytes() if log.exists() else b"", key)])


def _pages(raw: bytes, key: DataKey) -> Iterator[bytes]:
    for at in range(0, len(raw), PAGE):
        yield _plain(raw[at : at + PAGE], key, _SALT if at == 0 else 0)


def _frames(raw: bytes, key: DataKey) -> Iterator[bytes]:
    for at in range(_LOG_HEAD, len(raw), _FRAME_HEAD + PAGE):
        first = raw[at : at + 4] == b"\0\0\0\1"
        yield _plain(raw[at + _FRAME_HEAD : at + _FRAME_HEAD + PAGE], key, _SALT if first else 0)


def _plain(page: bytes, key: DataKey, start: int) -> bytes:
    end = PAGE - _RESERVED
    decryptor = Cipher(AES256(key.raw), CBC(page[end : end + 16])).decryptor()
    return decryptor.update(page[start:end]) + decryptor.finalize()
