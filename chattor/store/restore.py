"""Putting a backup in the place of a profile, or where there is none (protocol §9). Called under the profile's lock."""

import os
from contextlib import closing
from pathlib import Path

from chattor.config.files import private_directory, reason, sync_directory, write_atomically
from chattor.config.paths import ASIDE, DATABASE, KEYFILE, OF_A_PROFILE, UNBORN
from chattor.errors import StoreFailed
from chattor.store.backup import Backup
from chattor.store.connection import Error, connect, explain
from chattor.store.create import scratch
from chattor.store.migrate import migrate, shipped
from chattor.store.tx import Tx


def restore(backup: Backup, directory: Path, at_ms: int) -> None:
    """Write a backup that was checked as the store of `directory`; a profile that is there is moved aside.

    The present one stands until the new one is whole and on disk. Raises BackupDamaged, StoreTooNew, StoreFailed.
    """
    unborn = directory / f"{DATABASE}{UNBORN}"
    try:
        with scratch(unborn):
            _write(backup, unborn)
            _prepare(backup, unborn, at_ms)
            put_aside(directory, f"{ASIDE}{at_ms}")
            write_atomically(directory / KEYFILE, backup.keyfile)
            os.rename(unborn, directory / DATABASE)
        sync_directory(directory)
    except Error as error:
        raise explain(error) or error from error
    except OSError as error:
        raise StoreFailed(f"the backup cannot be written back: {reason(error)}") from error


def put_aside(directory: Path, name: str) -> None:
    """Move the store and the keyfile of a profile, if there is one, into a directory below its own. Raises OSError."""
    found = [directory / file for file in OF_A_PROFILE if (directory / file).exists()]
    if not found:
        return
    private_directory(directory / name)
    for file in found:
        file.rename(directory / name / file.name)
    sync_directory(directory / name)
    sync_directory(directory)


def _write(backup: Backup, unborn: Path) -> None:
    descriptor = os.open(unborn, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in backup.pages():
            file.write(chunk)
        file.flush()
        os.fsync(descriptor)


def _prepare(backup: Backup, unborn: Path, at_ms: int) -> None:
    """Bring it to our schema and mark it as restored. Raises StoreTooNew."""
    with closing(connect(unborn, backup.key)) as connection:
        migrate(connection, shipped())
        connection.execute("BEGIN IMMEDIATE")
        tx = Tx(connection)
        tx.own.mark_restored(at_ms)
        tx.agents.forget_all()  # or a token that was revoked since would open again
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
