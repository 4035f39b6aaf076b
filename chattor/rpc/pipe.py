"""What an asyncio wire is laid in: lines to a node, lines from it. Here the Unix socket."""

import asyncio
import socket
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from chattor.rpc import unixsocket
from chattor.rpc.jsonrpc import REPLY_MAX, Lines

_CHUNK: Final = 1 << 16


class Pipe(Protocol):
    """A connection that carries lines."""

    async def send(self, line: bytes) -> None:
        """One line; lost without a word if the connection is, which `receive` tells."""
        ...

    async def receive(self) -> list[bytes]:
        """The lines that are complete by now, maybe none. Raises EOFError at the end, OSError, LineTooLong."""
        ...

    async def close(self) -> None:
        """Let go; safe to repeat."""
        ...


class SocketPipe:
    """Over the node's own socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._lines = Lines(REPLY_MAX)

    async def send(self, line: bytes) -> None:
        """One line."""
        self._writer.write(line)

    async def room(self) -> None:
        """Wait until most of what was sent has left."""
        with suppress(ConnectionError):
            await self._writer.drain()

    async def receive(self) -> list[bytes]:
        """The lines that are complete by now."""
        data = await self._reader.read(_CHUNK)
        if not data:
            raise EOFError
        return self._lines.feed(data)

    async def close(self) -> None:
        """Let go."""
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()


async def dial(path: Path) -> SocketPipe:
    """To the node behind the socket at `path`. Raises NoDaemon, BadDirectory."""
    return await over(unixsocket.dial(path))


async def over(connected: socket.socket) -> SocketPipe:
    """To the node at the other end of a socket."""
    return SocketPipe(*await asyncio.open_unix_connection(sock=connected))
