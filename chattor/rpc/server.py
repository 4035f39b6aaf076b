"""Serves a node on a Unix socket: who may come in, and how many. What a client does then is `session`.

`serve` may be called before Tor is up; the node answers `status` with how far it is.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from chattor.errors import Busy
from chattor.rpc import contract, jsonrpc, unixsocket
from chattor.rpc.session import Entrance, Limits, Session

log: Final = logging.getLogger(__name__)
_FULL: Final = jsonrpc.refuse(None, contract.fault_of(Busy("too many clients")))
_CHUNK: Final = 1 << 16
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
        self._refusals: set[asyncio.Task[None]] = set()
        self._listen()

    async def close(self) -> None:
        """Let no one in, end all connections within 1 s, remove the socket; safe to repeat."""
        if self._socket.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._remove()
        under_way = self._sessions | self._refusals
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

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
        if len(self._sessions) < self._limits.clients:
            self._start(self._attend(connection), self._sessions, connection)
        elif len(self._refusals) < self._limits.refusals:
            self._start(self._turn_away(connection), self._refusals, connection)
        else:
            connection.close()

    def _start(
        self, work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]], connection: socket.socket
    ) -> None:
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)
        task.add_done_callback(lambda _: connection.close())  # also if the task was cancelled before it began

    async def _attend(self, connection: socket.socket) -> None:
        reader, writer = await asyncio.open_unix_connection(sock=connection)
        await Session(self._entrance, reader, writer, self._limits).run()

    async def _turn_away(self, connection: socket.socket) -> None:
        """Say why, and wait until he has left: if the end came while he still speaks, he might never read it."""
        loop = asyncio.get_running_loop()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(self._limits.linger):
                await loop.sock_sendall(connection, _FULL)
                connection.shutdown(socket.SHUT_WR)
                while await loop.sock_recv(connection, _CHUNK):
                    continue

    def _remove(self) -> None:
        try:
            if self._path.lstat().st_ino == self._inode:
                self._path.unlink()
        except FileNotFoundError:
            log.debug("the socket was already gone")
