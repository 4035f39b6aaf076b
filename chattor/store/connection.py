"""One keyed SQLCipher connection: how it is opened, and what its errors mean to us.

The only module that imports sqlcipher3. It knows pragmas and error codes, no tables.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote

from sqlcipher3 import dbapi2 as sqlcipher

from chattor.errors import LocalError, StoreDamaged, StoreFailed
from chattor.store.sql import Sql

PAGE: Final = 4096
KEY: Final = 32
INTERRUPTED: Final = sqlcipher.SQLITE_INTERRUPT

Error = sqlcipher.Error
"""What a failing statement raises."""

_REFUSED: Final = {
    sqlcipher.SQLITE_FULL: "the disk is full",
    sqlcipher.SQLITE_IOERR: "the disk refused a read or a write",
    sqlcipher.SQLITE_READONLY: "the database cannot be written",
    sqlcipher.SQLITE_CANTOPEN: "the database cannot be opened",
    sqlcipher.SQLITE_BUSY: "another program holds the database",
    sqlcipher.SQLITE_NOMEM: "out of memory",
}
_DAMAGED: Final = {
    sqlcipher.SQLITE_CORRUPT: "a page of the database is damaged",
    sqlcipher.SQLITE_NOTADB: "the database does not open with this profile's key: damaged, or from another profile",
}
_PATIENCE: Final = 5_000  # ms
_PRAGMAS: Final = (  # protocol §8; WAL is asked for apart, because it may be refused
    "synchronous = FULL",
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "secure_delete = ON",
    f"busy_timeout = {_PATIENCE}",
)


class DataKey:
    """The 32 random bytes everything on disk is encrypted with (protocol §8)."""

    __slots__ = ("raw",)

    def __init__(self, raw: bytes) -> None:
        if len(raw) != KEY:
            raise ValueError("a data key is 32 bytes")
        self.raw = raw

    def __repr__(self) -> str:
        return "DataKey(…)"


class Connection(Sql, Protocol):
    """What the engine uses beyond single statements; as in the standard library's sqlite3."""

    in_transaction: bool
    total_changes: int

    def executescript(self, script: str) -> object:
        """Run several statements without parameters."""
        ...

    def set_progress_handler(self, handler: Callable[[], bool], steps: int) -> None:
        """Ask `handler` every so many steps whether to give up."""
        ...

    def close(self) -> None:
        """Let go of the file; the last connection writes the WAL back."""
        ...


def connect(path: Path, key: DataKey) -> Connection:
    """Open an existing store to read and write, every pragma of protocol §8 set. Raises StoreDamaged, StoreFailed."""
    connection = _keyed(path, "mode=rw", key)
    try:
        if connection.execute("PRAGMA journal_mode = WAL").fetchall() != [("wal",)]:
            raise StoreFailed("the file system does not allow a write-ahead log")
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except Error as error:
        connection.close()
        raise explain(error) or error from error
    return connection


def connect_unchanging(path: Path, key: DataKey, *, wal: bool) -> Connection:
    """Open a store to look at it: neither it, its WAL nor the index of the WAL changes by a byte.

    `wal` tells whether there is a WAL to take into account; then its index file must exist, even if empty.
    """
    return _keyed(path, "mode=ro&readonly_shm=1" if wal else "immutable=1", key)


def copy(path: Path, key: DataKey, to: Path) -> None:
    """A consistent copy of a store that others may be writing to, under the same key; they do not wait for it.

    It holds no page of what was deleted. `to` must not exist. Raises SQLite's error.
    """
    connection = _keyed(path, "mode=rw", key)
    try:
        connection.execute("PRAGMA temp_store = MEMORY")
        os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600))
        connection.execute("VACUUM INTO ?", (str(to),))
    finally:
        connection.close()


def empty_log(connection: Sql) -> bool:
    """Write the WAL back and cut it to nothing; False, and at once, if another connection still reads from it."""
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        row = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
    return row is not None and row[0] == 0


def memory() -> Connection:
    """An empty database in memory."""
    connection: Connection = sqlcipher.connect(":memory:", isolation_level=None)
    return connection


def require_sqlcipher(connection: Sql) -> None:
    """Refuse to go on with a SQLite that ignores keys: it would write everything in the clear. Raises StoreFailed."""
    if not connection.execute("PRAGMA cipher_version").fetchall():
        raise StoreFailed("this Python's sqlcipher3 has no SQLCipher in it")


def explain(error: Exception) -> LocalError | None:
    """Our error for one of SQLite's that is the disk's or the file's fault; None if the statement was at fault."""
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(code, int):
        return None
    primary = code & 0xFF
    if primary in _DAMAGED:
        return StoreDamaged(_DAMAGED[primary])
    return StoreFailed(_REFUSED[primary]) if primary in _REFUSED else None


def _keyed(path: Path, query: str, key: DataKey) -> Connection:
    try:
        connection: Connection = sqlcipher.connect(f"file:{quote(str(path))}?{query}", uri=True, isolation_level=None)
    except Error as error:
        raise explain(error) or error from error
    # SQLCipher would write its complaints to stderr, over the screen; the switch is process-wide.
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.raw.hex()}'\"")
    require_sqlcipher(connection)
    return connection
