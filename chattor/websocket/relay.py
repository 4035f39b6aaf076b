"""One client that has shown its token: what it says to the node, what the node says to it, each at its own pace."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from chattor.rpc.pipe import SocketPipe
from chattor.websocket.limits import Limits
from chattor.websocket.mailbox import Mailbox, unsubscribe

NODE_AWAY: Final = 1012
"""Close code: come back a little later."""


class Relay:
    """Between a WebSocket and a connection to the node that is an agent's."""

    def __init__(self, socket: ServerConnection, node: SocketPipe, limits: Limits) -> None:
        self._socket = socket
        self._node = node
        self._limits = limits
        self._mailbox = Mailbox(limits.mailbox)
        self._changed = asyncio.Condition()

    async def run(self) -> None:
        """Until one of the two goes away."""
        ways = [asyncio.create_task(way) for way in (self._up(), self._down(), self._deliver())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            outcomes = await asyncio.gather(*ways, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome

    async def _up(self) -> None:
        """Take from the client what it says, unless it does not read what it is told."""
        with suppress(ConnectionClosed):
            while True:
                message = await self._socket.recv(decode=False)
                await self._until(lambda: not self._mailbox.full)
                await self._node.send(message.replace(b"\n", b" ") + b"\n")  # in JSON a newline is a blank
                await self._node.room()

    async def _down(self) -> None:
        """Take from the node all it says; a client that is too slow for its events only loses the subscription."""
        with suppress(EOFError, OSError):
            while True:
                await self._until(lambda: self._mailbox.size < self._limits.backlog)
                for line in await self._node.receive():
                    behind = self._mailbox.put(line)
                    if behind is not None:
                        await self._node.send(unsubscribe(behind))
                await self._told()
        await self._until(lambda: not self._mailbox)
        await self._socket.close(NODE_AWAY, "the node went away")

    async def _deliver(self) -> None:
        """Hand over what waits, one message at a time; whoever takes none of it for long is gone."""
        with suppress(ConnectionClosed):
            while True:
                await self._until(lambda: len(self._mailbox) > 0)
                try:
                    async with asyncio.timeout(self._limits.dead):
                        await self._socket.send(self._mailbox.take(), text=True)
                except TimeoutError:
                    self._socket.transport.abort()
                    return
                await self._told()

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with self._changed:
            await self._changed.wait_for(condition)

    async def _told(self) -> None:
        async with self._changed:
            self._changed.notify_all()
