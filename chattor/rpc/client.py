"""A wire on asyncio: many calls and subscriptions at once over one connection. Used by TUI and MCP."""

import asyncio
import itertools
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path
from typing import Final

from chattor.errors import ChattorError, NoDaemon
from chattor.rpc import contract, jsonrpc, unixsocket
from chattor.rpc.contract import Method
from chattor.rpc.jsonrpc import REPLY_MAX, Id, Lines, Reply
from chattor.rpc.remote import Notice, RemoteNode, notice, pack, subscribed, unwrap
from chattor.rpc.strictjson import Malformed

log: Final = logging.getLogger(__name__)
_CHUNK: Final = 1 << 16


async def connect(path: Path) -> RemoteNode:
    """The node behind the socket at `path`. Raises NoDaemon, BadDirectory."""
    reader, writer = await asyncio.open_unix_connection(sock=unixsocket.dial(path))
    return RemoteNode.over(AsyncWire(reader, writer))


class AsyncWire:
    """Answers find their call by id, notifications their subscription by number."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)
        self._calls: dict[Id | None, asyncio.Future[Reply]] = {}
        self._notices: defaultdict[int, asyncio.Queue[Notice | None]] = defaultdict(asyncio.Queue)
        self._over = False
        self._reading = asyncio.create_task(self._read())

    async def call(self, name: str, params: bytes) -> bytes:
        """The encoded result of a call; others go on meanwhile."""
        if self._over:
            raise _gone()
        number = next(self._numbers)
        answer = self._calls[number] = asyncio.get_running_loop().create_future()
        try:
            self._writer.write(jsonrpc.ask(number, name, params))
            return unwrap(await answer)
        finally:
            del self._calls[number]

    async def stream(self, found: Method, params: bytes) -> AsyncGenerator[bytes, None]:
        """The encoded items of a subscription; leaving the loop ends it."""
        number = subscribed(await self.call(found.name, params))
        notices = self._notices[number]
        item: bytes | None = b""
        try:
            while item is not None:
                item = _told(await notices.get())
                if item is not None:
                    yield item
        finally:
            if item is not None and not self._over:
                await self.call(*_unsubscribe(number))
                while (left := await notices.get()) and left.item:
                    continue
            del self._notices[number]

    async def close(self) -> None:
        """Let go."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()

    async def _read(self) -> None:
        lines = Lines(REPLY_MAX)
        try:
            while data := await self._reader.read(_CHUNK):
                for line in lines.feed(data):
                    self._take(jsonrpc.read_reply(line))
        except (OSError, Malformed, jsonrpc.LineTooLong) as error:
            log.warning("the connection to the node failed: %s", type(error).__name__)
        finally:
            self._end(_gone())

    def _take(self, reply: Reply) -> None:
        if reply.method:
            told = notice(reply)
            self._notices[told.subscription].put_nowait(told)
        elif reply.id in self._calls:
            _settle(self._calls[reply.id], reply)
        elif reply.id is None and reply.error:
            self._end(contract.error_of(reply.error.fault))

    def _end(self, error: ChattorError) -> None:
        self._over = True
        for answer in self._calls.values():
            if not answer.done():
                answer.set_exception(error)
        for notices in self._notices.values():
            notices.put_nowait(None)


def _told(told: Notice | None) -> bytes | None:
    if told is None:
        raise _gone()
    return told.unwrap()


def _settle(answer: "asyncio.Future[Reply]", reply: Reply) -> None:
    if not answer.done():
        answer.set_result(reply)


def _unsubscribe(number: int) -> tuple[str, bytes]:
    found = contract.method("events_unsubscribe")
    return found.name, pack(found, number)


def _gone() -> NoDaemon:
    return NoDaemon("the node went away")
