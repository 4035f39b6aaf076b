"""A byte stream over a unix socket of our tor, dialled or accepted.

Buffers are small on purpose: a stranger who writes and is not read fills tor's buffers, not ours.
"""

import asyncio
from collections.abc import Callable
from typing import Final

_CHUNK: Final = 16 * 1024  # bytes taken from the kernel at a time
_READ_AHEAD: Final = 16 * 1024  # held for a reader who does not read; at most this and one chunk
_WRITE_BUFFER: Final = 64 * 1024  # held for a tor that does not take it; beyond it `write` waits


class TorStream(asyncio.BufferedProtocol):
    """`transport.base.Stream`; one reader at a time."""

    def __init__(self, connected: Callable[["TorStream"], None] | None = None) -> None:
        self._connected = connected
        self._transport: asyncio.Transport | None = None
        self._chunk = bytearray()
        self._held = bytearray()
        self._ended = False
        self._readable = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()

    async def read(self, limit: int) -> bytes:
        """1 to `limit` bytes; empty at the end, however it came."""
        while not self._held and not self._ended:
            self._readable.clear()
            await self._readable.wait()
        data = bytes(self._held[:limit])
        del self._held[:limit]
        if self._transport is not None and len(self._held) < _READ_AHEAD:
            self._transport.resume_reading()
        return data

    async def read_exactly(self, size: int) -> bytes:
        """All of `size` bytes; raises ConnectionError if the stream ends before."""
        data = b""
        while len(data) < size:
            more = await self.read(size - len(data))
            if not more:
                raise ConnectionResetError("the stream ended")
            data += more
        return data

    async def ends_within(self, seconds: float) -> bool:
        """Whether the other side closes it by then; takes nothing from it."""
        try:
            async with asyncio.timeout(seconds):
                while not self._ended:
                    self._readable.clear()
                    await self._readable.wait()
        except TimeoutError:
            return False
        return True

    async def write(self, data: bytes) -> None:
        """Hand over at once and wait for room; raises ConnectionError once the stream is gone."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("the stream is gone")
        self._transport.write(data)
        await self._writable.wait()
        if self._ended:
            raise ConnectionResetError("the stream is gone")

    def close(self) -> None:
        """Drop it and what it holds, at once."""
        self._held.clear()
        if self._transport is not None:
            self._transport.abort()
        self._end()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a stream needs a stream transport")
        self._transport = transport
        transport.set_write_buffer_limits(high=_WRITE_BUFFER)
        if self._connected is not None:
            self._connected(self)

    def get_buffer(self, sizehint: int) -> bytearray:
        """Called by asyncio: where to read to."""
        del sizehint
        self._chunk = bytearray(_CHUNK)
        return self._chunk

    def buffer_updated(self, nbytes: int) -> None:
        """Called by asyncio: `nbytes` were read."""
        self._held += memoryview(self._chunk)[:nbytes]
        self._chunk = bytearray()
        self._readable.set()
        if self._transport is not None and len(self._held) >= _READ_AHEAD:
            self._transport.pause_reading()

    def pause_writing(self) -> None:
        """Called by asyncio: the write buffer is full."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Called by asyncio: there is room again."""
        self._writable.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio: nothing comes any more, what was read before may still be read."""
        del exc
        self._end()

    def _end(self) -> None:
        self._ended = True
        self._readable.set()
        self._writable.set()
