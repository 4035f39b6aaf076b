"""A node behind a real socket, and a raw client that sends whatever a test wants."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from chattor.api import Api
from chattor.rpc.server import Server, serve
from chattor.rpc.session import Limits


@asynccontextmanager
async def served(api: Api, *, limits: Limits | None = None, uid: int | None = None) -> AsyncIterator[Path]:
    """The path of a socket that serves `api`; short, whatever the test is called."""
    with tempfile.TemporaryDirectory(prefix="ct") as directory:
        path = Path(directory) / "rpc.sock"
        server: Server = await serve(api, path, limits=limits, uid=uid)
        try:
            yield path
        finally:
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
