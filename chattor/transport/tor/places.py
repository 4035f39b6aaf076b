"""Directories and socket paths: private from birth, short enough for a socket, usable by tor."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chattor.errors import BadDirectory

SOCKET_PATH_MAX: Final = 107 if sys.platform == "linux" else 103  # bytes: sun_path less its NUL
_LONGEST_NAME: Final = "onion-9999"
_NOT_FOR_TOR: Final = frozenset('"#\\')


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where one tor of ours keeps what: `data` is its data directory, `runtime` holds the sockets."""

    data: Path
    runtime: Path

    @property
    def torrc(self) -> Path:
        """Its configuration."""
        return self.data / "torrc"

    @property
    def log(self) -> Path:
        """What it notices."""
        return self.data / "log"

    @property
    def cookie(self) -> Path:
        """What proves to it that we may read its files."""
        return self.data / "control_auth_cookie"

    @property
    def socks(self) -> Path:
        """The socket to dial through."""
        return self.runtime / "socks"

    @property
    def control(self) -> Path:
        """The socket to steer it by."""
        return self.runtime / "control"

    def onion(self, number: int) -> Path:
        """The socket for the callers of one of our onions."""
        return self.runtime / f"onion-{number}"


def private_directory(path: Path) -> Path:
    """Make sure that `path` is a directory of ours, closed to others. Raises BadDirectory."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise BadDirectory(f"cannot use {path}: {error.strerror}") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise BadDirectory(f"{path} is not a directory of ours that is closed to others")
    return path


def socket_directory(path: Path) -> Path:
    """The same for a directory of sockets, whose names have limits of their own. Raises BadDirectory."""
    if not path.is_absolute():
        raise BadDirectory(f"the runtime directory {path} is not an absolute path")
    length = len(os.fsencode(path / _LONGEST_NAME))
    if length > SOCKET_PATH_MAX:
        raise BadDirectory(
            f"the path of the runtime directory is {length - SOCKET_PATH_MAX} bytes too long for a socket: {path}"
        )
    if any(sign.isspace() or not sign.isprintable() or sign in _NOT_FOR_TOR for sign in str(path)):
        raise BadDirectory(f"tor cannot use a runtime directory with blanks, quotes or # in its path: {path}")
    return private_directory(path)


@contextmanager
def closed_to_others() -> Iterator[None]:
    """What is made inside has no bits for group and others, from birth. Not across an await."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def write_private(path: Path, text: str) -> None:
    """Replace a file of ours, 0600 from birth. Raises BadDirectory."""
    try:
        path.unlink(missing_ok=True)  # not written through a link, and not with the mode it had
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.fsencode(text))
    except OSError as error:
        raise BadDirectory(f"cannot write {path}: {error.strerror}") from error
