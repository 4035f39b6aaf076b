"""One holder per profile: a flock on the data directory, taken before anything in it is opened.

The lock ends with the process, however it ends; what the file says is only for the message to the second holder.
"""

import errno
import fcntl
import os
import re
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from chattor.config.files import private_directory, reason
from chattor.config.paths import LOCK
from chattor.errors import BadDirectory, ProfileInUse

_NETWORK: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "fuse.sshfs"})
_MOUNTS: Final = Path("/proc/self/mountinfo")
_HOLDER: Final = re.compile(r"(\d{1,10}) ([a-z]{1,16})")
_ESCAPED: Final = re.compile(r"\\([0-7]{3})")
_CANNOT_LOCK: Final = frozenset({errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


class ProfileLock:
    """The right to open a profile's store. Held until released; also a context manager."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, directory: Path, host: str) -> "ProfileLock":
        """Lock a profile, making its data directory if need be. Raises ProfileInUse, BadDirectory.

        `host` says in a word of lower-case letters what kind of program holds it, for others to read.
        """
        private_directory(directory)
        if kind := network_file_system(directory, _mounts()):
            raise BadDirectory(f"{directory} is on {kind}, where databases break: pass a directory on a local disk")
        descriptor = _open(directory)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()} {host}\n".encode(), 0)
        except BlockingIOError:
            holder = _holder(os.pread(descriptor, 64, 0))
            os.close(descriptor)
            raise ProfileInUse(f"{holder} already holds this profile") from None
        except OSError as error:
            os.close(descriptor)
            raise _cannot_lock(directory, error) from error
        return cls(descriptor)

    def release(self) -> None:
        """Let the next one in; safe to repeat."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def network_file_system(directory: Path, mounts: str) -> str | None:
    """The network file system a directory is on, if any; `mounts` is Linux's mountinfo (proc(5))."""
    best, found = -1, ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields, kind = before.split(" "), after.split(" ")[0]
        if len(fields) < 5:
            continue
        point = Path(_ESCAPED.sub(lambda match: chr(int(match[1], 8)), fields[4]))
        if directory.is_relative_to(point) and len(point.parts) >= best:
            best, found = len(point.parts), kind
    return found if found in _NETWORK else None


def _mounts() -> str:
    return _MOUNTS.read_text(errors="replace") if _MOUNTS.exists() else ""


def _open(directory: Path) -> int:
    try:
        return os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _cannot_lock(directory, error) from error


def _cannot_lock(directory: Path, error: OSError) -> BadDirectory:
    if error.errno in _CANNOT_LOCK:
        return BadDirectory(f"files cannot be locked in {directory}: pass a directory on a local disk")
    return BadDirectory(f"{directory / LOCK} cannot be used: {reason(error)}")


def _holder(told: bytes) -> str:
    match = _HOLDER.match(told.decode("ascii", "replace"))
    return f"a {match[2]} (process {match[1]})" if match else "another program"
