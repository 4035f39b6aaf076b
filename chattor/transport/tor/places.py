"""Directories and socket paths: private from birth, short enough for a socket, usable by tor."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chattor.config.files import private_directory, reason, write_atomically
from chattor.config.paths import SOCKET_PATH_MAX, tor_takes
from chattor.errors import BadDirectory

_LONGEST_NAME: Final = "onion-9999"


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


def socket_directory(path: Path) -> None:
    """Make sure of a private directory for sockets, whose paths have limits of their own. Raises BadDirectory."""
    if not path.is_absolute():
        raise BadDirectory(f"the runtime directory {path} is not an absolute path")
    length = len(os.fsencode(path / _LONGEST_NAME))
    if length > SOCKET_PATH_MAX:
        raise BadDirectory(
            f"the path of the runtime directory is {length - SOCKET_PATH_MAX} bytes too long for a socket: {path}"
        )
    if not tor_takes(path):
        raise BadDirectory(f"tor cannot use a runtime directory with blanks, quotes or # in its path: {path}")
    private_directory(path)


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
        write_atomically(path, os.fsencode(text))
    except OSError as error:
        raise BadDirectory(f"cannot write {path}: {reason(error)}") from error
