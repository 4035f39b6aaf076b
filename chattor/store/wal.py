"""Whether a write-ahead log is whole, told from its bytes alone, before SQLite opens it.

SQLite takes a log up to its first damaged frame and silently forgets the rest: right after a power cut, when that
rest was never promised, wrong after a flipped bit. Three things tell them apart. The index file (`-shm`) of a killed
process says how many frames were committed. A damaged frame with a later transaction behind it had been synced, for
each commit waits for its own. A log is never written before its 32-byte header is. (File format: sqlite.org/walformat)
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from chattor.store.connection import PAGE

_HEADER: Final = struct.Struct(">IIII8s8s")  # magic, version, page size, checkpoint, salts, checksum
_FRAME: Final = struct.Struct(">II8s8s")  # page, pages after a commit, salts, checksum
_FRAME_SIZE: Final = _FRAME.size + PAGE
_MAGIC: Final = 0x377F0682  # the last bit tells the byte order of the checksums
_INDEX: Final = struct.Struct("=III BB H II 8s 8s 8s")  # version … init, order, page … last frame, pages, checksums
_BACKFILLED_AT: Final = 2 * _INDEX.size  # the index header stands twice, then how much is back in the database
_INDEX_SIZE: Final = _BACKFILLED_AT + 4


@dataclass(frozen=True, slots=True)
class _Index:
    """What the last process to use the log knew of it."""

    committed: int
    salts: bytes
    backfilled: int


def holds_frames(wal: Path) -> bool:
    """Whether there is a log with anything in it."""
    return wal.exists() and wal.stat().st_size > _HEADER.size


def trouble(wal: Path, shm: Path) -> str | None:
    """What is wrong with a log, in words; None if it is whole, was cut by a crash, or does not exist."""
    index = _read_index(shm)
    if not holds_frames(wal):
        gone = index is not None and index.backfilled < index.committed
        return "the write-ahead log is missing or cut off" if gone else None
    with wal.open("rb") as file:
        head = file.read(_HEADER.size)
        magic, _, page, _, salts, checksum = _HEADER.unpack(head)
        order = ">" if magic & 1 else "<"
        if magic & ~1 != _MAGIC or page != PAGE or _checksum(order, head[:24], bytes(8)) != checksum:
            return "the header of the write-ahead log is damaged"
        frames = _committed(file, order, salts, checksum)
        if index is not None and index.salts == salts and frames < index.committed:
            return f"the write-ahead log is damaged after frame {frames} of {index.committed}"
        if _synced_beyond(file, salts, frames):
            return f"the write-ahead log is damaged after frame {frames}"
    return None


def _committed(file: BinaryIO, order: str, salts: bytes, checksum: bytes) -> int:
    """How many frames SQLite will accept: whole ones in an unbroken chain, up to the last that ends a transaction."""
    accepted = 0
    for number, frame in enumerate(iter(lambda: file.read(_FRAME_SIZE), b""), start=1):
        if len(frame) < _FRAME_SIZE:
            break
        _, commit, frame_salts, stored = _FRAME.unpack_from(frame)
        checksum = _checksum(order, frame[_FRAME.size :], _checksum(order, frame[:8], checksum))
        if frame_salts != salts or checksum != stored:
            break
        if commit:
            accepted = number
    return accepted


def _synced_beyond(file: BinaryIO, salts: bytes, accepted: int) -> bool:
    """Whether more than one unfinished transaction of this log lies behind the accepted frames."""
    commits = [bool(commit) for commit, frame_salts in _frame_heads(file, accepted) if frame_salts == salts]
    return any(commits[:-1])


def _frame_heads(file: BinaryIO, skip: int) -> Iterator[tuple[int, bytes]]:
    position = _HEADER.size + skip * _FRAME_SIZE
    file.seek(position)
    while len(head := file.read(_FRAME.size)) == _FRAME.size:
        yield _FRAME.unpack(head)[1:3]
        position += _FRAME_SIZE
        file.seek(position)


def _read_index(shm: Path) -> _Index | None:
    """The index header, if both its copies agree and its checksum fits; after a power cut it may be anything."""
    try:
        with shm.open("rb") as file:
            raw = file.read(_INDEX_SIZE)
    except FileNotFoundError:
        return None
    first, second = raw[: _INDEX.size], raw[_INDEX.size : _BACKFILLED_AT]
    if len(raw) < _INDEX_SIZE or first != second:
        return None
    committed, salts, checksum = (_INDEX.unpack(first)[at] for at in (6, 9, 10))
    if _checksum("=", first[:40], bytes(8), out="=") != checksum:
        return None
    return _Index(committed, salts, struct.unpack("=I", raw[_BACKFILLED_AT:])[0])


def _checksum(order: str, data: bytes, start: bytes, *, out: str = ">") -> bytes:
    """SQLite's running checksum over pairs of 32-bit words, continued from 8 bytes."""
    one, two = struct.unpack(f"{out}II", start)
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return struct.pack(f"{out}II", one, two)
