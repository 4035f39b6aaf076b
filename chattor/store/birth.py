"""How a store comes to be: under another name, until all of it is on disk."""

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from chattor.config.files import sync_directory
from chattor.errors import ProfileExists, StoreFailed
from chattor.store.connection import DataKey, Error, connect, explain
from chattor.store.migrate import migrate, shipped
from chattor.store.tx import Tx


def create(path: Path, key: DataKey, fill: Callable[[Tx], None]) -> None:
    """Make a store that holds what `fill` writes. Raises ProfileExists, or StoreFailed with nothing left behind."""
    if path.exists():
        raise ProfileExists("there is a store already")
    unborn = path.with_name(path.name + ".new")
    _remove(unborn)  # of an attempt that was killed
    try:
        os.close(os.open(unborn, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _fill(unborn, key, fill)
        os.rename(unborn, path)
        sync_directory(path.parent)
    except (Error, OSError) as error:
        raise explain(error) or StoreFailed(f"the store cannot be made: {error}") from error
    finally:
        _remove(unborn)


def _fill(path: Path, key: DataKey, fill: Callable[[Tx], None]) -> None:
    with closing(connect(path, key)) as connection:
        migrate(connection, shipped())
        connection.execute("BEGIN IMMEDIATE")
        fill(Tx(connection))
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
