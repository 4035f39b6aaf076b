"""A byte stream over a socket of tor, dialled or accepted.

Nothing is buffered here: what is not read stays in the kernel, then in tor, then with whoever sends it, and what
arrived before a failure can still be read after it.
"""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Final, Self

from chattor.transport.tor.endpoint import Endpoint

_WRITE_BUFFER: Final = 64 * 1024  # bytes the kernel holds for a tor that does not take them; then `write` waits


class TorStream:
    """`transport.base.Stream`, for one reader and one writer at a time."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _WRITE_BUFFER)
        if connected.family != socket.AF_UNIX:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connected
        self._closed = False
        self._users = 0

    @classmethod
    async def connect(cls, where: Endpoint) -> Self:
        """A stream to where a tor listens. Raises OSError."""
        stream = cls(where.new_socket())
        try:
            await asyncio.get_running_loop().sock_connect(stream._socket, where.address)
        except BaseException:
            stream.close()
            raise
        return stream

    async def read(self, limit: int) -> bytes:
        """1 to `limit` bytes; empty at the end, however it came."""
        await asyncio.sleep(0)  # a sender who is always faster than we are must not keep the loop to itself
        with self._in_use(), contextlib.suppress(OSError):
            while not self._closed:
                with contextlib.suppress(BlockingIOError):
                    return self._socket.recv(limit)
                await self._readable()
        return b""

    async def read_exactly(self, size: int) -> bytes:
        """All of `size` bytes; raises ConnectionError if the stream ends before."""
        data = b""
        while len(data) < size:
            more = await self.read(size - len(data))
            if not more:
                raise ConnectionResetError("the stream ended")
            data += more
        return data

    async def write(self, data: bytes) -> None:
        """Hand over at once and wait for room; raises ConnectionError once the stream is gone."""
        with self._in_use():
            try:
                await asyncio.get_running_loop().sock_sendall(self._socket, data)
            except OSError as error:
                raise ConnectionResetError("the stream is gone") from error

    def close(self) -> None:
        """Drop it at once; safe to repeat."""
        self._closed = True
        with contextlib.suppress(OSError):  # the other side may have been first
            self._socket.shutdown(socket.SHUT_RDWR)  # ends what waits in read and write
        self._let_go()

    async def _readable(self) -> None:
        """Wait without taking anything: a reader may be cancelled in the very turn in which bytes come.

        The loop's own `sock_recv` would have taken them by then, for nobody.
        """
        loop = asyncio.get_running_loop()
        came = asyncio.Event()
        loop.add_reader(self._socket, came.set)
        try:
            await came.wait()
        finally:
            loop.remove_reader(self._socket)

    @contextlib.contextmanager
    def _in_use(self) -> Iterator[None]:
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            self._let_go()

    def _let_go(self) -> None:
        """The loop still watches the descriptor while somebody waits; its number must not go to another file."""
        if self._closed and not self._users:
            self._socket.close()
