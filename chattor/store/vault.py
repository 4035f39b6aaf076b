"""The keyfile on disk: made once, rewritten when the passphrase changes, never replaced by guesswork.

Each call but the file handling costs one Argon2id (about a second): keep it off the event loop.
"""

import contextlib
import hashlib
from pathlib import Path
from typing import Final

from chattor.config.files import read_regular, reason, sync_directory, write_atomically
from chattor.config.paths import DATABASE, KEYFILE, PREVIOUS_KEYFILE
from chattor.crypto import passphrase as crypto
from chattor.crypto.cost import STANDARD, Cost
from chattor.crypto.keys import Rng
from chattor.errors import NoProfile, ProfileExists, StoreDamaged, StoreFailed, WrongPassphrase
from chattor.store.connection import KEY, DataKey

_READ_MAX: Final = 4096  # bytes; a keyfile has about a hundred


def create(directory: Path, passphrase: str, rng: Rng, cost: Cost = STANDARD) -> DataKey:
    """Make a data key and the keyfile for it. Raises ProfileExists, StoreFailed, BadInput for a bad passphrase.

    A keyfile without a store stays under a name of its own: it may be all that opens one that was moved away.
    """
    if (directory / DATABASE).exists():
        if not (directory / KEYFILE).exists():
            raise _missing()
        raise ProfileExists("there is a profile already")
    key = DataKey(rng(KEY))
    crypto.check(passphrase)
    _put_aside(directory)
    change(directory, key, passphrase, rng, cost)
    return key


def _put_aside(directory: Path) -> None:
    orphan = read(directory / KEYFILE)
    if orphan is None:
        return
    try:
        (directory / KEYFILE).rename(directory / f"{KEYFILE}.{hashlib.sha256(orphan).hexdigest()[:8]}")
        sync_directory(directory)
    except OSError as error:
        raise StoreFailed(f"the keyfile cannot be put aside: {reason(error)}") from error


def change(directory: Path, key: DataKey, passphrase: str, rng: Rng, cost: Cost = STANDARD) -> None:
    """Seal an unlocked data key under another passphrase. Raises BadInput, StoreFailed: then the old one holds.

    The present keyfile is kept as the previous one until the next unlock.
    """
    sealed = crypto.seal(key.raw, passphrase, rng, cost)
    try:
        present = read(directory / KEYFILE)
        if present is not None:
            write_atomically(directory / PREVIOUS_KEYFILE, present)
        write_atomically(directory / KEYFILE, sealed)
    except OSError as error:
        raise StoreFailed(f"the keyfile cannot be written: {reason(error)}") from error


def unlock(directory: Path, passphrase: str) -> DataKey:
    """The data key. Raises WrongPassphrase with nothing touched, NoProfile, StoreDamaged, StoreTooNew.

    A damaged keyfile is replaced by the previous one, if that opens.
    """
    present, previous = read(directory / KEYFILE), read(directory / PREVIOUS_KEYFILE)
    if present is None and previous is None:
        raise _missing() if (directory / DATABASE).exists() else NoProfile("there is no profile here")
    try:
        key = crypto.open(present or b"", passphrase)
    except StoreDamaged as damage:
        if previous is None:
            raise
        key = _fall_back(directory, previous, passphrase, damage)
    with contextlib.suppress(OSError):  # the next unlock tries again
        (directory / PREVIOUS_KEYFILE).unlink(missing_ok=True)
        sync_directory(directory)
    return DataKey(key)


def _fall_back(directory: Path, previous: bytes, passphrase: str, damage: StoreDamaged) -> bytes:
    try:
        key = crypto.open(previous, passphrase)
        write_atomically(directory / KEYFILE, previous)
    except (WrongPassphrase, StoreDamaged, OSError):
        raise damage from None
    return key


def read(path: Path) -> bytes | None:
    """A keyfile, or as much of it as shows that it is none of ours; None if there is none."""
    try:
        return read_regular(path, _READ_MAX)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreDamaged(f"the keyfile cannot be read: {reason(error)}") from error


def _missing() -> StoreDamaged:
    return StoreDamaged("the keyfile is missing, and nothing can be read without it; put it back, or restore a backup")
