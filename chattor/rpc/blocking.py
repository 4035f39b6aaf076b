"""A wire without an event loop, for a program that does one thing and ends: the CLI. It must not import asyncio.

Its coroutines never suspend, so `drive` runs them like plain functions.
"""

import itertools
import socket
from collections import deque
from collections.abc import AsyncGenerator, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from chattor.rpc import jsonrpc, unixsocket
from chattor.rpc.contract import Method
from chattor.rpc.jsonrpc import REPLY_MAX, Lines, Reply
from chattor.rpc.remote import Notice, RemoteNode, gone, notice, subscribed, unwrap

_CHUNK = 1 << 16
T = TypeVar("T")


def connect(path: Path, patience: float | None = None) -> RemoteNode:
    """The node behind the socket at `path`, which is gone if it says nothing for `patience` seconds.

    Raises NoDaemon, BadDirectory.
    """
    connection = unixsocket.dial(path)
    connection.settimeout(patience)
    return RemoteNode.over(BlockingWire(connection))


def drive(coroutine: Coroutine[object, None, T]) -> T:
    """Run a coroutine that only waits for blocking wires."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    coroutine.close()
    raise RuntimeError("a coroutine that needs an event loop was driven without one")


class BlockingWire:
    """One call at a time; what is notified meanwhile is kept for the subscription."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._lines = Lines(REPLY_MAX)
        self._received: deque[bytes] = deque()
        self._notices: deque[Notice] = deque()
        self._numbers = itertools.count(1)

    async def call(self, name: str, params: bytes) -> bytes:
        """The encoded result of a call."""
        number = next(self._numbers)
        with suppress(OSError):  # what was said before the end, such as why, is still to be read
            self._socket.sendall(jsonrpc.ask(number, name, params))
        while (reply := self._receive()).id not in (number, None) or reply.method:
            self._keep(reply)
        return unwrap(reply)

    async def stream(self, found: Method, params: bytes) -> AsyncGenerator[bytes, None]:
        """The encoded items of a subscription."""
        number = subscribed(await self.call(found.name, params))
        while True:
            while not self._notices:
                self._keep(self._receive())
            told = self._notices.popleft()
            if told.subscription == number:
                item = told.unwrap()
                if item is None:
                    return
                yield item

    async def close(self) -> None:
        """Let go."""
        self._socket.close()

    def _keep(self, reply: Reply) -> None:
        if reply.method:
            self._notices.append(notice(reply))

    def _receive(self) -> Reply:
        while not self._received:
            try:
                data = self._socket.recv(_CHUNK)
            except OSError as error:
                raise gone() from error
            if not data:
                raise gone()
            self._received.extend(self._lines.feed(data))
        return jsonrpc.read_reply(self._received.popleft())
