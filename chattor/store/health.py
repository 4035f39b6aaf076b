"""What is looked at before a store is opened to write. Nothing here changes a byte of it.

Every page carries its own HMAC, and SQLite cannot change a page without reading it first, so damage is never written
over, however late it is met; the look at the start only tells early. It is bounded in time, because reading a store
of 500 MB takes 2.2 s: up to 40 MB are seen whole, of a larger one as much as the time allows.
"""

import stat
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from chattor.config.files import reason
from chattor.errors import StoreDamaged, StoreFailed
from chattor.store import wal
from chattor.store.connection import INTERRUPTED, PAGE, Connection, DataKey, Error, connect_unchanging, explain
from chattor.store.migrate import Migration, reference, refuse_newer, version
from chattor.store.sql import text

CHECK_SECONDS: Final = 0.2
_PAGES_BETWEEN_LOOKS_AT_THE_CLOCK: Final = 100
_PLAIN: Final = b"SQLite format 3\0"


def examine(database: Path, key: DataKey, steps: tuple[Migration, ...], *, seconds: float = CHECK_SECONDS) -> None:
    """Raises StoreDamaged naming the cause, or StoreTooNew. Raises StoreFailed if the disk does not let us look."""
    log, index = _beside(database, "-wal"), _beside(database, "-shm")
    try:
        _look_at_file(database)
        if problem := wal.trouble(log, index):
            raise StoreDamaged(problem)
        with _index_file(log, index) as in_use, closing(connect_unchanging(database, key, wal=in_use)) as connection:
            refuse_newer(connection, steps)
            _look_at_schema(connection, steps)
            _look_at_pages(connection, seconds)
    except Error as error:
        raise explain(error) or error from error
    except OSError as error:
        raise StoreFailed(f"the store cannot be read: {reason(error)}") from error


def _beside(database: Path, suffix: str) -> Path:
    return database.with_name(database.name + suffix)


def _look_at_file(database: Path) -> None:
    try:
        found = database.lstat()
    except FileNotFoundError:
        raise StoreDamaged("the database is missing") from None
    if not stat.S_ISREG(found.st_mode):
        raise StoreDamaged("the database is not a regular file")
    if found.st_size == 0:
        raise StoreDamaged("the database is empty")
    with database.open("rb") as file:
        if file.read(len(_PLAIN)) == _PLAIN:
            raise StoreDamaged("the database is plain SQLite, not encrypted; chattor did not write it")
    if found.st_size % PAGE and not wal.holds_frames(_beside(database, "-wal")):
        raise StoreDamaged("the database is cut off in the middle of a page")


@contextmanager
def _index_file(log: Path, index: Path) -> Iterator[bool]:
    """Whether there is a log; then an index file exists while we look, which SQLite asks for and does not fill."""
    in_use, made = wal.holds_frames(log), False
    if in_use and not index.exists():
        index.touch(mode=0o600)
        made = True
    try:
        yield in_use
    finally:
        if made:
            index.unlink()


def _look_at_schema(connection: Connection, steps: tuple[Migration, ...]) -> None:
    """Triggers and views act on what we write; one we did not make was planted by somebody with the key."""
    if version(connection) == 0:
        raise StoreDamaged("the database holds no schema")
    acting = "SELECT name, sql FROM sqlite_schema WHERE type IN ('trigger', 'view') ORDER BY name"
    found = connection.execute(acting).fetchall()
    if not found:
        return
    with closing(reference(steps[: version(connection)])) as ours:
        planted = set(found) - set(ours.execute(acting).fetchall())
    if planted:
        names = ", ".join(sorted(str(name) for name, _ in planted))
        raise StoreDamaged(f"the schema holds what chattor did not put there: {names}")


def _look_at_pages(connection: Connection, seconds: float) -> None:
    """quick_check, as far as it gets in the given time."""
    deadline = time.monotonic() + seconds
    connection.execute("PRAGMA cell_size_check = ON")
    connection.set_progress_handler(lambda: time.monotonic() > deadline, _PAGES_BETWEEN_LOOKS_AT_THE_CLOCK)
    try:
        rows = connection.execute("PRAGMA quick_check(1)").fetchall()
    except Error as error:
        if error.sqlite_errorcode != INTERRUPTED:
            raise
        return
    if rows != [("ok",)]:
        raise StoreDamaged(f"the database is damaged: {text(rows[0][0]).splitlines()[-1]}")
