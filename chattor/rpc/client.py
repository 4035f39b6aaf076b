"""A wire on asyncio: many calls and subscriptions at once over one connection. The TUI's, the demo's, the bots'."""

import asyncio
import itertools
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from chattor.errors import ChattorError, NoDaemon, NotFound
from chattor.rpc import contract, jsonrpc, pipe
from chattor.rpc.contract import Method
from chattor.rpc.jsonrpc import Id, Reply
from chattor.rpc.mailbox import Mailbox
from chattor.rpc.pipe import Pipe
from chattor.rpc.remote import Notice, RemoteNode, gone, notice, pack, subscribed, unwrap
from chattor.rpc.strictjson import Malformed

log: Final = logging.getLogger(__name__)


async def connect(path: Path) -> RemoteNode:
    """The node behind the socket at `path`. Raises NoDaemon, BadDirectory."""
    return RemoteNode.over(AsyncWire(await pipe.dial(path)))


async def as_agent(wire: "AsyncWire", token: str) -> RemoteNode:
    """Make a wire an agent's, for good. Raises BadToken, and lets go of it then."""
    found = contract.method("agent_login")
    try:
        await wire.call(found.name, pack(found, token))
    except BaseException:
        await wire.close()
        raise
    return RemoteNode.over(wire)


class AsyncWire:
    """Answers find their call by id, notifications their subscription by number.

    `mailbox` is how many events of a subscription may wait to be read; without it there is no bound.
    """

    def __init__(self, pipe: Pipe, mailbox: int | None = None) -> None:
        self._pipe = pipe
        self._numbers = itertools.count(1)
        self._calls: dict[Id | None, asyncio.Future[Reply]] = {}
        self._boxes: defaultdict[int, Mailbox] = defaultdict(partial(Mailbox, mailbox))
        self._fate: Callable[[], ChattorError] | None = None
        """Why the connection is over, once it is."""
        self._reading = asyncio.create_task(self._read())

    async def call(self, name: str, params: bytes) -> bytes:
        """The encoded result of a call; others go on meanwhile."""
        if self._fate:
            raise self._fate()
        number = next(self._numbers)
        answer = self._calls[number] = asyncio.get_running_loop().create_future()
        try:
            await self._pipe.send(jsonrpc.ask(number, name, params))
            return unwrap(await answer)
        finally:
            del self._calls[number]

    async def stream(self, found: Method, params: bytes) -> AsyncGenerator[bytes, None]:
        """The encoded items of a subscription; leaving the loop ends it. Raises FellBehind."""
        number = await self._begin(found, params)
        box = self._boxes[number]
        if self._fate:
            box.put(None)  # the connection ended with the answer
        running = True
        try:
            while running:
                told = await box.take()
                running = told is not None and bool(told.item)
                if (item := _told(told)) is not None:
                    yield item
        finally:
            if running and not self._fate:
                await self._leave(number)
            del self._boxes[number]

    async def close(self) -> None:
        """Let go."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        await self._pipe.close()

    async def _begin(self, found: Method, params: bytes) -> int:
        """The number of a new subscription; whoever goes before he knows it leaves it as well."""
        asked = asyncio.create_task(self.call(found.name, params))
        try:
            return subscribed(await asyncio.shield(asked))
        except asyncio.CancelledError:
            with suppress(ChattorError):  # there is none to leave
                number = subscribed(await asked)
                await self._leave(number)
                self._boxes.pop(number, None)
            raise

    async def _leave(self, number: int) -> None:
        with suppress(NoDaemon, NotFound):  # it has ended by itself; why we leave matters more
            await self.call(*_unsubscribe(number))
            await self._boxes[number].emptied()

    async def _read(self) -> None:
        try:
            while True:
                for line in await self._pipe.receive():
                    self._take(jsonrpc.read_reply(line))
        except EOFError:
            log.debug("the node ended the connection")
        except (OSError, Malformed, jsonrpc.LineTooLong) as error:
            log.warning("the connection to the node failed: %s", type(error).__name__)
        finally:
            self._end(gone)

    def _take(self, reply: Reply) -> None:
        if reply.method:
            told = notice(reply)
            self._boxes[told.subscription].put(told)
        elif reply.id in self._calls:
            _settle(self._calls[reply.id], reply)
        elif reply.id is None and reply.error:
            self._end(partial(contract.error_of, reply.error.fault))

    def _end(self, fate: Callable[[], ChattorError]) -> None:
        self._fate = self._fate or fate
        for answer in self._calls.values():
            if not answer.done():
                answer.set_exception(fate())
        for box in self._boxes.values():
            box.put(None)


def _told(told: Notice | None) -> bytes | None:
    if told is None:
        raise gone()
    return told.unwrap()


def _settle(answer: "asyncio.Future[Reply]", reply: Reply) -> None:
    if not answer.done():
        answer.set_result(reply)


def _unsubscribe(number: int) -> tuple[str, bytes]:
    found = contract.method("events_unsubscribe")
    return found.name, pack(found, number)
