"""One client of the RPC server: its lines in, its calls side by side, its subscriptions, its answers out.

A call is a task; a subscription is a call that goes on. Pages are looked up one after the other, each once the one
before it has left: what is made for a client is bounded by what he reads. Who does not read is dropped once his backlog
is full and stays full; who sends nonsense is told so. The methods come from the contract; none is known here by name.
"""

import asyncio
import itertools
import logging
import traceback
from collections.abc import Sequence
from contextlib import aclosing, nullcontext, suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

from chattor.api import Api
from chattor.errors import Busy, ChattorError, Internal, NotFound, NotGranted
from chattor.model.agent import Agent
from chattor.rpc import contract, jsonrpc
from chattor.rpc.contract import Connection, Method, Refused
from chattor.rpc.guest import Guest
from chattor.rpc.jsonrpc import INVALID_REQUEST, Call, Fault, Id, Incoming, Refusal

log: Final = logging.getLogger(__name__)
_CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a client may use."""

    clients: int = 256  # those of a gateway and, always, some more
    refusals: int = 32  # beyond them who are told so at once, each for at most `linger`
    calls: int = 64  # at once, subscriptions included
    backlog: int = 1 << 20  # bytes written and not read; beyond them there is one page and the answers under way
    answers: int = 1 << 24  # bytes of a batch's answers, then the rest is not done: a reply holds a page on top
    idle: float = 30.0  # s for the first line, and from the first byte of another to its end
    stall: float = 5.0  # s in which a full backlog has to shrink by as much as it holds, or to empty
    linger: float = 0.5  # s for the calls under way when the connection ends


class Entrance(Api, Protocol):
    """The node as people use it, and the way to it for agents."""

    async def welcome(self, token: str) -> tuple[Guest, Agent]:
        """The node as the agent with this token may use it, until it leaves. Raises BadToken."""
        ...


class Session:
    """Serves one connection until it ends. It is itself the contract's `Connection`."""

    def __init__(
        self, entrance: Entrance, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limits: Limits
    ) -> None:
        self._api: Api = entrance
        self._entrance: Entrance | None = entrance  # until it is an agent's
        self._guest: Guest | None = None
        self._reader = reader
        self._writer = writer
        self._limits = limits
        self._calls: set[asyncio.Task[None]] = set()
        self._streams: dict[int, asyncio.Task[None]] = {}
        self._numbers = itertools.count(1)
        self._page = asyncio.Lock()
        writer.transport.set_write_buffer_limits(high=limits.backlog)

    async def run(self) -> None:
        """Serve until the client leaves or is dropped; a cancellation ends it within `linger`."""
        try:
            await self._read()
        except (ConnectionError, TimeoutError):
            self._writer.transport.abort()
        finally:
            try:
                await self._finish()
            finally:
                if self._guest is not None:
                    self._guest.leave()

    async def rpc_describe(self) -> dict[str, Any]:
        """The contract as data."""
        return contract.describe()

    async def agent_login(self, token: str) -> Agent:
        """From now on this connection is an agent's."""
        if self._entrance is None:
            raise NotGranted("this connection is an agent's already")
        entrance, self._entrance = self._entrance, None
        try:
            self._guest, agent = await entrance.welcome(token)
        except ChattorError:
            self._entrance = entrance
            raise
        self._api = self._guest
        return agent

    async def events_unsubscribe(self, subscription: int) -> None:
        """End a subscription of this connection."""
        if subscription not in self._streams:
            raise NotFound(f"no subscription {subscription} on this connection")
        self._streams[subscription].cancel()

    async def _read(self) -> None:
        lines = jsonrpc.Lines()
        clock = asyncio.get_running_loop().time
        until: float | None = clock() + self._limits.idle
        while data := await self._receive(until):
            try:
                complete = lines.feed(data)
            except jsonrpc.LineTooLong as error:
                self._write(jsonrpc.refuse(None, _bad_request(str(error))))
                await self._discard()
                return
            for line in complete:
                self._begin(jsonrpc.read(line))
                await self._room()
            if not lines.partial:
                until = None
            elif complete or until is None:  # a line has begun; each byte more of it does not begin it again
                until = clock() + self._limits.idle

    async def _receive(self, until: float | None) -> bytes:
        async with asyncio.timeout_at(until):
            return await self._reader.read(_CHUNK)

    async def _discard(self) -> None:
        """Swallow the rest of a line for a while, or the client would be cut off before it can read why."""
        async with asyncio.timeout(self._limits.stall):
            while b"\n" not in (data := await self._reader.read(_CHUNK)) and data:
                continue

    async def _room(self) -> None:
        """Wait until most of what was written was read. Raises ConnectionError once he left or was dropped."""
        left = self._writer.transport.get_write_buffer_size()
        while True:
            try:
                async with asyncio.timeout(self._limits.stall):
                    return await self._writer.drain()
            except TimeoutError:
                left, before = self._writer.transport.get_write_buffer_size(), left
                if left > before - self._limits.backlog:
                    self._writer.transport.abort()
                    raise ConnectionAbortedError("the client does not read") from None

    def _begin(self, incoming: Incoming) -> None:
        if len(self._calls) >= self._limits.calls:
            self._write(_busy(incoming, f"more than {self._limits.calls} calls at once"))
            return
        task = asyncio.create_task(self._serve(incoming))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _serve(self, incoming: Incoming) -> None:
        """Answer one line, and wait for room where it was written: what has pages waits for what had some before."""
        first, *_ = incoming.entries
        if not incoming.batch and isinstance(first, Call) and first.id is not None and contract.is_stream(first.method):
            await self._subscribe(first, first.id)
            return
        paged = any(isinstance(entry, Call) and contract.is_paged(entry.method) for entry in incoming.entries)
        async with self._page if paged else nullcontext():
            if paged and self._writer.is_closing():
                return  # nobody reads it
            self._write(await self._batch(incoming.entries) if incoming.batch else await self._answer(first))
            with suppress(ConnectionError):  # he has left, or was dropped just now
                await self._room()

    async def _batch(self, entries: Sequence[Call | Refusal]) -> bytes:
        answers: list[bytes] = []
        for entry in entries:
            full = sum(map(len, answers)) > self._limits.answers and entry.id is not None
            answers.append(jsonrpc.refuse(entry.id, _FULL) if full else await self._answer(entry))
        return jsonrpc.gather([one for one in answers if one])

    async def _answer(self, entry: Call | Refusal) -> bytes:
        if isinstance(entry, Refusal):
            return b"" if entry.notification else jsonrpc.refuse(entry.id, entry.fault)
        try:
            found, arguments = _resolve(entry)
            if found.stream:
                raise Refused(_bad_request(f"{found.name} is a call of its own, with an id"))
            owner = self if hasattr(Connection, found.attribute) else self._api
            result = contract.encode(await getattr(owner, found.attribute)(**arguments))
        except Exception as error:  # noqa: BLE001  the root of a call: whatever happens is its answer
            return b"" if entry.id is None else jsonrpc.refuse(entry.id, _fault(error, entry.method))
        return b"" if entry.id is None else jsonrpc.answer(entry.id, result)

    async def _subscribe(self, call: Call, id: Id) -> None:
        try:
            found, arguments = _resolve(call)
        except Refused as error:
            self._write(jsonrpc.refuse(id, error.fault))
            return
        number = next(self._numbers)
        self._write(jsonrpc.answer(id, contract.encode({"subscription": number})))
        fault = None
        try:
            fault = await self._pump(number, found, arguments)
        finally:
            end = {"subscription": number, "error": fault and jsonrpc.error_object(fault)}
            self._write(jsonrpc.ask(None, found.notice("end"), contract.encode(end)))

    async def _pump(self, number: int, found: Method, arguments: dict[str, Any]) -> Fault | None:
        """Hand items on until the node has no more; no loop turn lies between the answer and the first listening."""
        self._streams[number] = cast("asyncio.Task[None]", asyncio.current_task())
        try:
            async with aclosing(getattr(self._api, found.attribute)(**arguments)) as items:
                async for item in items:
                    notice = contract.encode({"subscription": number, "item": item})
                    self._write(jsonrpc.ask(None, found.notice("item"), notice))
                    await self._room()
        except ConnectionError:
            self._writer.transport.abort()
        except Exception as error:  # noqa: BLE001  the root of a subscription: its end tells why
            return _fault(error, found.name)
        finally:
            del self._streams[number]
        return None

    def _write(self, line: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(line)

    async def _finish(self) -> None:
        try:
            for stream in self._streams.values():
                stream.cancel()
            if self._calls:
                await asyncio.wait(self._calls, timeout=self._limits.linger)
        finally:
            for call in self._calls:
                call.cancel()
            self._writer.close()
        try:
            async with asyncio.timeout(self._limits.linger):
                await asyncio.gather(*self._calls, self._writer.wait_closed(), return_exceptions=True)
        except TimeoutError:
            self._writer.transport.abort()


def _resolve(call: Call) -> tuple[Method, dict[str, Any]]:
    found = contract.named(call.method)
    return found, found.bind(call.params)


def _fault(error: Exception, method: str) -> Fault:
    if isinstance(error, Refused):
        return error.fault
    if isinstance(error, ChattorError):
        return contract.fault_of(error)
    trace = "".join(traceback.format_tb(error.__traceback__))  # source lines only: a message could quote a text
    log.error("%s failed: %s\n%s", method, type(error).__name__, trace)
    return contract.fault_of(Internal(f"{method} failed inside the node"))


def _busy(incoming: Incoming, message: str) -> bytes:
    """One answer for each call that wants one, in the form the calls had."""
    calls = [entry for entry in incoming.entries if entry.id is not None]
    answers = [jsonrpc.refuse(entry.id, _bad_request(message)) for entry in calls]
    return jsonrpc.gather(answers) if incoming.batch else b"".join(answers)


_FULL: Final = contract.fault_of(Busy("the answers before this one fill the line; it was not done"))


def _bad_request(message: str) -> Fault:
    return Fault(code=INVALID_REQUEST, kind="bad_request", message=message, hint=jsonrpc.HINT)
