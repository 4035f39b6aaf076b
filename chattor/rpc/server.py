"""Serves a node on a Unix socket: who may come in, and how many. What a client does then is `session`.

`serve` may be called before Tor is up; the node answers `status` with how far it is.
"""

import asyncio
import logging
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Final

from chattor.rpc import jsonrpc, unixsocket
from chattor.rpc.jsonrpc import INVALID_REQUEST, Fault
from chattor.rpc.session import Entrance, Limits, Session

log: Final = logging.getLogger(__name__)
_FULL: Final = Fault(
    code=INVALID_REQUEST, kind="busy", message="too many clients", hint="close one of them and try again"
)
_NO_DESCRIPTORS_PAUSE: Final = 1.0  # s; accept() fails while the process has no file descriptor left


async def serve(entrance: Entrance, path: Path, *, limits: Limits | None = None, uid: int | None = None) -> "Server":
    """Open the socket at `path` to processes of `uid`, our own user by default. Raises BadDirectory, ProfileInUse."""
    listening = unixsocket.listen(path)
    return Server(entrance, path, listening, limits or Limits(), os.getuid() if uid is None else uid)


class Server:
    """An open socket; `close` ends it."""

    def __init__(self, entrance: Entrance, path: Path, listening: socket.socket, limits: Limits, uid: int) -> None:
        self._entrance = entrance
        self._path = path
        self._inode = path.lstat().st_ino
        self._socket = listening
        self._limits = limits
        self._uid = uid
        self._sessions: set[asyncio.Task[None]] = set()
        self._listen()

    async def close(self) -> None:
        """Let no one in, end all connections within 1 s, remove the socket; safe to repeat."""
        if self._socket.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._remove()
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    def _listen(self) -> None:
        if self._socket.fileno() >= 0:
            asyncio.get_running_loop().add_reader(self._socket, self._accept)

    def _accept(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except BlockingIOError:
            return  # whoever came has left already
        except OSError as error:
            log.error("no connection can be taken: %s", error.strerror)
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._socket)
            loop.call_later(_NO_DESCRIPTORS_PAUSE, self._listen)
            return
        if unixsocket.peer_uid(connection) != self._uid:
            log.warning("a process of another user tried the socket")
            connection.close()
        else:
            self._welcome(connection)

    def _welcome(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        if len(self._sessions) >= self._limits.clients:
            with connection, suppress(OSError):
                connection.send(jsonrpc.refuse(None, _FULL))
            return
        task = asyncio.create_task(self._attend(connection))
        self._sessions.add(task)
        task.add_done_callback(self._sessions.discard)
        task.add_done_callback(lambda _: connection.close())  # also if the task was cancelled before it began

    async def _attend(self, connection: socket.socket) -> None:
        reader, writer = await asyncio.open_unix_connection(sock=connection)
        await Session(self._entrance, reader, writer, self._limits).run()

    def _remove(self) -> None:
        try:
            if self._path.lstat().st_ino == self._inode:
                self._path.unlink()
        except FileNotFoundError:
            log.debug("the socket was already gone")
