"""How a store comes to be: under another name, until all of it is on disk."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from chattor.config.files import reason, sync_directory
from chattor.config.paths import UNBORN
from chattor.errors import ProfileExists, StoreFailed
from chattor.store.connection import DataKey, Error, connect, explain
from chattor.store.migrate import migrate, shipped
from chattor.store.tx import Tx


def create(path: Path, key: DataKey, fill: Callable[[Tx], None]) -> None:
    """Make a store that holds what `fill` writes. Raises ProfileExists, or StoreFailed with nothing left behind."""
    if path.exists():
        raise ProfileExists("there is a store already")
    unborn = path.with_name(path.name + UNBORN)
    try:
        with scratch(unborn):
            os.close(os.open(unborn, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            _fill(unborn, key, fill)
            os.rename(unborn, path)
        sync_directory(path.parent)
    except Error as error:
        raise explain(error) or error from error
    except OSError as error:
        raise StoreFailed(f"the store cannot be made: {reason(error)}") from error


@contextmanager
def scratch(path: Path) -> Iterator[None]:
    """Room for a store under a name nobody opens: empty before, and empty again if what is done there fails."""
    remove(path)  # of an attempt that was killed
    try:
        yield
    except BaseException:
        with suppress(OSError):
            remove(path)
        raise


def _fill(path: Path, key: DataKey, fill: Callable[[Tx], None]) -> None:
    with closing(connect(path, key)) as connection:
        migrate(connection, shipped())
        connection.execute("BEGIN IMMEDIATE")
        fill(Tx(connection))
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def remove(path: Path) -> None:
    """Delete a store with its log and index, if there is one."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
