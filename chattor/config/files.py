"""Files and directories that are private from birth, read with bounds, and whole or absent after any crash."""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from chattor.errors import BadDirectory


def private_directory(directory: Path) -> None:
    """Make sure of a directory of ours, closed to others; it and missing parents are made 0700.

    One that is still empty is closed if it was open. Raises BadDirectory naming the fix.
    """
    try:
        _make(directory)
        found = directory.lstat()
    except OSError as error:
        raise BadDirectory(f"{directory} cannot be used: {reason(error)}") from error
    if not stat.S_ISDIR(found.st_mode):
        raise BadDirectory(f"{directory} is not a directory")
    if found.st_uid != os.getuid():
        raise BadDirectory(f"{directory} belongs to user {found.st_uid}: chown it, or pass another directory")
    if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
        raise BadDirectory(f"{directory} cannot be written: chmod 700 it, or pass another directory")
    if stat.S_IMODE(found.st_mode) & 0o077:
        _close_to_others(directory)


def read_regular(path: Path, limit: int) -> bytes:
    """The first `limit` bytes of a regular file; a pipe or a device is not waited for. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        return file.read(limit)


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file by one with mode 0600 that holds `data`: after a crash it is the old or the new one, on disk.

    Raises OSError; the old file is in place then, unless all that failed was to make sure of the new one.
    """
    temporary = path.with_name(path.name + ".tmp")
    temporary.unlink(missing_ok=True)
    try:
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Make what was made, renamed or removed in a directory last."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make(directory: Path) -> None:
    """mkdir -p, with every level made 0700 as the XDG specification asks."""
    if not directory.parent.exists():
        _make(directory.parent)
    if not directory.exists():
        directory.mkdir(mode=0o700, exist_ok=True)


def _close_to_others(directory: Path) -> None:
    if any(directory.iterdir()):
        raise BadDirectory(f"{directory} is open to other users: chmod 700 it, or pass another directory")
    directory.chmod(0o700)


def reason(error: OSError) -> str:
    """Why the system refused, as the end of one of our sentences."""
    return (error.strerror or type(error).__name__).lower()
