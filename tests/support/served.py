"""A node behind a real socket, and a raw client that sends whatever a test wants."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from chattor.rpc.door import Door
from chattor.rpc.server import Server, serve
from chattor.rpc.session import Limits
from tests.support.played import PlayedNode


@asynccontextmanager
async def served(node: PlayedNode, *, limits: Limits | None = None, uid: int | None = None) -> AsyncIterator[Path]:
    """The path of a socket that serves a node; short, whatever the test is called."""
    with tempfile.TemporaryDirectory(prefix="ct") as directory:
        async with hosted(node, path := Path(directory) / "rpc.sock", limits=limits, uid=uid):
            yield path


@asynccontextmanager
async def hosted(
    node: PlayedNode | Door, path: Path, *, limits: Limits | None = None, uid: int | None = None
) -> AsyncIterator[None]:
    """Serve a node until it is asked to stop, as a host does."""
    door = node.door if isinstance(node, PlayedNode) else node
    server = await serve(door, path, limits=limits, uid=uid)
    stopping = asyncio.create_task(_stop_when_asked(door, server))
    try:
        yield
    finally:
        stopping.cancel()
        await server.close()


async def _stop_when_asked(door: Door, server: Server) -> None:
    await door.stopping.wait()
    await server.close()


class Raw:
    """A client that knows no protocol."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    async def send(self, data: bytes) -> None:
        """Write bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def call(self, method: str, params: object = None, id: object = 1) -> Any:
        """One call, one answer."""
        call = {"jsonrpc": "2.0", "id": id, "method": method, "params": {} if params is None else params}
        await self.send(json.dumps(call).encode() + b"\n")
        return await self.line()

    async def line(self) -> Any:
        """The next line, as JSON; None at the end."""
        line = await self.reader.readline()
        return json.loads(line) if line else None


async def raw(path: Path) -> Raw:
    """Connect without a protocol."""
    reader, writer = await asyncio.open_unix_connection(path, limit=1 << 27)
    return Raw(reader, writer)
