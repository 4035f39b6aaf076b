"""The node's Unix socket as a file: where it may lie, who may own it, how it is taken over, who is at the other end.

The directory is ours and 0700, the socket is 0600 from birth. A socket nobody answers on is a leftover of our own and
is replaced; anything else in its place is left alone. Source: unix(7), unix(4), getpeereid(3).
"""

import os
import socket
import stat
import struct
import sys
from pathlib import Path
from typing import Final

from chattor.config.files import private_directory
from chattor.config.paths import SOCKET_PATH_MAX
from chattor.errors import BadDirectory, NoDaemon, ProfileInUse

_LINUX: Final = sys.platform.startswith("linux")
_BACKLOG: Final = 64


def listen(path: Path) -> socket.socket:
    """A listening, non-blocking socket at `path`. Raises BadDirectory, ProfileInUse."""
    _check_length(path)
    private_directory(path.parent)
    _clear(path)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o077)
    try:
        server.bind(str(path))
        path.chmod(0o600)
        server.listen(_BACKLOG)
    except OSError as error:
        server.close()
        raise BadDirectory(f"the socket {path} could not be made: {error.strerror}") from None
    finally:
        os.umask(mask)
    server.setblocking(False)
    return server


def dial(path: Path) -> socket.socket:
    """A blocking socket connected to our own node. Raises NoDaemon, BadDirectory."""
    _check_length(path)
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        client.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError):
        client.close()
        raise NoDaemon("no node is running for this profile") from None
    except OSError as error:
        client.close()
        raise BadDirectory(f"the socket {path} cannot be used: {error.strerror}") from None
    if (owner := peer_uid(client)) != os.getuid():
        client.close()
        raise BadDirectory(f"the socket {path} is served by another user ({owner})")
    return client


def peer_uid(connection: socket.socket) -> int:
    """The user at the other end, as the kernel knows it; -1 if it does not."""
    if _LINUX:
        size = struct.calcsize("3i")
        _pid, uid, _gid = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
        return int(uid)
    import ctypes

    uid, gid = ctypes.c_uint32(), ctypes.c_uint32()
    failed = ctypes.CDLL(None).getpeereid(connection.fileno(), ctypes.byref(uid), ctypes.byref(gid))
    return -1 if failed else uid.value


def _check_length(path: Path) -> None:
    if (length := len(os.fsencode(path))) > SOCKET_PATH_MAX:
        raise BadDirectory(f"the path of the socket has {length} bytes, {SOCKET_PATH_MAX} fit: {path}")


def _clear(path: Path) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode) or found.st_uid != os.getuid():
        raise BadDirectory(f"something that is not our socket is in its place: {path}")
    try:
        dial(path).close()
    except NoDaemon:
        path.unlink(missing_ok=True)
    else:
        raise ProfileInUse("another node already answers on the socket of this profile")
