"""A profile's store as one file that can be carried away, and back (protocol §9).

Made from a copy that SQLite takes while others write; read twice when it is restored: once to the end before
anything is written, once to write it. What stands beside the store (settings, tor's state, the log) is not in it.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Self

import msgspec
from msgspec import Struct

from chattor.config.files import reason
from chattor.config.outfile import outfile, refuse
from chattor.config.paths import KEYFILE, SNAPSHOT
from chattor.crypto import passphrase
from chattor.crypto.backup import CHUNK, HEAD, SALT, SEALED, STREAM_HEADER, Head, Opener, Sealer
from chattor.crypto.keys import Rng
from chattor.errors import BackupDamaged, FileRefused, StoreDamaged, StoreFailed
from chattor.store.connection import PAGE, DataKey, Error, connect_unchanging, copy, explain
from chattor.store.create import remove, scratch
from chattor.store.vault import read as read_keyfile

_LABEL_SIZE: Final = 2  # bytes
_LABEL_MAX: Final = 1024  # bytes; far below a chunk

Unlock = Callable[[bytes], DataKey]
"""From the keyfile in a backup to the data key. Raises WrongPassphrase, StoreDamaged, StoreTooNew."""


class Label(Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True):
    """What a backup tells of itself, once it is open: when it was made, and whose it is."""

    created_ms: int
    name: str
    onion: str


def create(database: Path, key: DataKey, target: Path, label: Label, rng: Rng, *, force: bool) -> int:
    """Write a backup of a store to `target`, 0600 from birth, whole or not at all; its size in bytes.

    Blocks, but not the writers of the store. Raises FileExists, FileRefused, StoreDamaged, StoreFailed; then nothing
    is left behind.
    """
    refuse(target, force=force)
    head = Head(rng(SALT), _keyfile(database.parent))
    snapshot = database.with_name(SNAPSHOT)
    try:
        with scratch(snapshot):
            copy(database, key, snapshot)
            _look_at(snapshot, key)
            with snapshot.open("rb") as store, outfile(target, force=force) as file:
                _pack(head, key, label, store, file)
                size = file.tell()
            remove(snapshot)
    except Error as error:
        raise explain(error) or error from error
    except OSError as error:
        raise FileRefused(f"the backup cannot be written: {reason(error)}") from error
    return size


class Backup:
    """A backup file that opened with its passphrase; nothing of it is believed before `check` has seen it all."""

    def __init__(self, file: BinaryIO, head: Head, key: DataKey) -> None:
        self._file = file
        self._head = head
        self.key = key
        self.size = os.fstat(file.fileno()).st_size

    @classmethod
    @contextmanager
    def open(cls, path: Path, unlock: Unlock) -> Iterator[Self]:
        """Raises FileRefused, BackupDamaged, StoreTooNew, WrongPassphrase."""
        try:
            file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
        except OSError as error:
            raise FileRefused(f"{path} cannot be read: {reason(error)}") from error
        with file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise FileRefused(f"{path} is not a regular file")
            head = Head.decode(_read(file, HEAD))
            try:
                key = unlock(head.keyfile)
            except StoreDamaged as error:
                raise BackupDamaged(f"in the backup, {error}") from error
            yield cls(file, head, key)

    @property
    def keyfile(self) -> bytes:
        """The keyfile that opens it, and will open the restored store."""
        return self._head.keyfile

    def check(self) -> Label:
        """Read all of it. Raises BackupDamaged if one bit is not as it was written."""
        label, pages = self._begin()
        for _ in pages:
            continue
        return label

    def pages(self) -> Iterator[bytes]:
        """The bytes of the store. Raises BackupDamaged, at the latest at the end."""
        return self._begin()[1]

    def _begin(self) -> tuple[Label, Iterator[bytes]]:
        self._file.seek(0)
        if Head.decode(_read(self._file, HEAD)) != self._head:
            raise BackupDamaged("the backup changed while it was read")
        opener = Opener(self._head, _read(self._file, STREAM_HEADER), self.key.raw)
        first = opener.open(_read(self._file, SEALED))
        label, rest = _label(first)
        return label, self._pages(opener, rest)

    def _pages(self, opener: Opener, first: bytes) -> Iterator[bytes]:
        yield first
        while sealed := _read(self._file, SEALED):
            yield opener.open(sealed)
        if not opener.ended:
            raise BackupDamaged("the backup is cut off")


def _pack(head: Head, key: DataKey, label: Label, store: BinaryIO, file: BinaryIO) -> None:
    sealer = Sealer(head, key.raw)
    file.write(head.encode() + sealer.header)
    told = msgspec.msgpack.encode(label)
    begin = len(told).to_bytes(_LABEL_SIZE, "big") + told
    chunk = begin + store.read(CHUNK - len(begin))
    while following := store.read(CHUNK):
        file.write(sealer.seal(chunk, last=False))
        chunk = following
    file.write(sealer.seal(chunk, last=True))


def _label(first: bytes) -> tuple[Label, bytes]:
    """The label at the beginning of the plain text, and what follows it."""
    end = _LABEL_SIZE + int.from_bytes(first[:_LABEL_SIZE], "big")
    try:
        label = msgspec.msgpack.decode(first[_LABEL_SIZE : min(end, _LABEL_MAX)], type=Label)
    except msgspec.MsgspecError as error:
        raise BackupDamaged("the label of the backup cannot be read") from error
    return label, first[end:]


def _keyfile(directory: Path) -> bytes:
    keyfile = read_keyfile(directory / KEYFILE)
    if keyfile is None:
        raise StoreDamaged("the keyfile is missing: without it a backup could not be opened")
    passphrase.examine(keyfile)
    return keyfile


def _look_at(snapshot: Path, key: DataKey) -> None:
    """A damaged store must not be carried on as if it were whole. Raises StoreDamaged."""
    if snapshot.stat().st_size % PAGE:
        raise StoreFailed("the copy of the store came out cut off")
    with closing(connect_unchanging(snapshot, key, wal=False)) as connection:
        for check in ("cipher_integrity_check", "quick_check(1)"):
            if connection.execute(f"PRAGMA {check}").fetchall() not in ([], [("ok",)]):
                raise StoreDamaged("the store is damaged, and so would be its backup")


def _read(file: BinaryIO, size: int) -> bytes:
    try:
        return file.read(size)
    except OSError as error:
        raise FileRefused(f"the backup cannot be read: {reason(error)}") from error
