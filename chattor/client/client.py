"""`Client`: the node as a program meets it that runs for long. Calls fail while no node runs; events wait for it."""

import asyncio
import functools
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing
from types import FunctionType, TracebackType
from typing import Any, Final, Self, cast

from chattor.api import Api
from chattor.api.events import RECV
from chattor.client.pauses import pauses
from chattor.errors import Busy, FellBehind, Locked, NoDaemon
from chattor.model.events import Event
from chattor.model.ids import Cursor
from chattor.rpc import contract
from chattor.rpc.remote import RemoteNode

_PAGE: Final = 100
_BEYOND: Final = "9" * 17
"""A cursor behind every event; a page from there leads back to the newest."""

Dial = Callable[[], Awaitable[RemoteNode]]
Pauses = Callable[[], Iterator[float]]


class Client(Api):
    """An `Api` to be used with `async with`. It connects when it is entered, and again when it has to."""

    @classmethod
    def of(cls, dial: Dial, wait: Pauses = pauses) -> Self:
        """A client of the node that `dial` leads to."""
        return cls(dial, wait)

    def __init__(self, dial: Dial, wait: Pauses) -> None:
        self._dial = dial
        self._pauses = wait
        self._node: RemoteNode | None = None
        self._dialling = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Connect. Raises NoDaemon, and BadToken or Busy for an agent."""
        await self._connected()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go; the node goes on."""
        await self.close()

    async def close(self) -> None:
        """Let go of the connection, if there is one."""
        if self._node is not None:
            await self._node.close()

    async def events(
        self, since: str | None = None, peek: bool = False, consumer: str | None = None
    ) -> AsyncIterator[Event]:
        """Events for ever, each at least once: after `since`, or what `consumer` acknowledged, or else from now on.

        A node that stops, crashes, is locked or has too many clients is waited for, 1 s and then twice as long each
        time up to 60; then it goes on behind the last event that was given. Raises what no waiting mends.
        """
        cursor = None if since is None else Cursor(since)
        waits = self._pauses()
        while True:
            try:
                if cursor is None and consumer is None:
                    cursor = (await self.recv(since=_BEYOND, limit=1)).cursor
                async with aclosing(self._told(cursor, peek, consumer)) as events:
                    async for event in events:
                        cursor, waits = event.cursor, self._pauses()
                        yield event
            except FellBehind:
                continue
            except (NoDaemon, Busy, Locked):
                await asyncio.sleep(next(waits))
            else:
                await asyncio.sleep(next(waits))  # the node stops

    async def _told(self, cursor: Cursor | None, peek: bool, consumer: str | None) -> AsyncGenerator[Event, None]:
        """Events of one connection: what is past in pages, at the pace of who reads them; then what happens."""
        node = await self._connected()
        try:
            while not peek:
                page = await node.recv(since=cursor, limit=_PAGE, consumer=consumer or RECV)
                if page.cursor == cursor:
                    break
                for event in page.events:
                    yield event
                cursor = page.cursor
            async with aclosing(cast("AsyncGenerator[Event, None]", node.events(cursor, peek, consumer))) as events:
                async for event in events:
                    yield event
        except (NoDaemon, Busy):
            await self._lost(node)
            raise

    async def _connected(self) -> RemoteNode:
        async with self._dialling:
            if self._node is None:
                self._node = await self._dial()
            return self._node

    async def _lost(self, node: RemoteNode) -> None:
        if self._node is node:
            self._node = None
        await node.close()


def _call(attribute: str, function: FunctionType) -> Callable[..., Any]:
    @functools.wraps(function)
    async def call(self: Client, *args: object, **kwargs: object) -> object:
        """Not repeated if the node goes away meanwhile: it may have been done."""
        node = await self._connected()
        try:
            return await getattr(node, attribute)(*args, **kwargs)
        except (NoDaemon, Busy):
            await self._lost(node)
            raise

    return call


for _attribute, _function in contract.functions(Api):
    if _attribute not in vars(Client):
        setattr(Client, _attribute, _call(_attribute, _function))
