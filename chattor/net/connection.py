"""A link engine on a stream: reads, writes and keeps the deadlines, decides nothing.

All events of one read go to `on_event` at once, and nothing is read until it returns: that is the back-pressure,
and it lets the owner commit them together. Writing never waits for reading or for the owner, so two sides that
both have much to say cannot block each other. Everything queued while a write is under way leaves in the next one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from chattor.errors import ChattorError, Internal
from chattor.protocol.frames import Frame
from chattor.protocol.limits import CLOSE_GRACE
from chattor.protocol.link import End, Event, Greeting, Link
from chattor.transport.base import Stream

log = logging.getLogger(__name__)
_SLACK = 0.001  # s; a loop rings a timer up to its clock's resolution early, the engine would ask for it again

OnEvent = Callable[["Connection", list[Event]], Awaitable[None]]
"""Obeys the events of one read; what it raises ends the connection."""


class Connection:
    """One link over one stream. `now` gives monotonic seconds on the scale the link was made with.

    Reads are cancelled when a deadline comes first: a stream must not lose bytes then.
    """

    def __init__(self, stream: Stream, link: Link, *, now: Callable[[], float], on_event: OnEvent) -> None:
        self.link = link
        self._stream = stream
        self._now = now
        self._on_event = on_event
        self._outgoing = asyncio.Event()
        self._outgoing.set()  # an initiator has its first message to send
        self._patience: asyncio.Timeout | None = None
        self._writing = False

    async def run(self) -> End:
        """Carry the link until it is over, and tell why. Raises RemoteError, or whatever `on_event` raised.

        The stream is closed then. Cancelling drops it; to say goodbye `close` first.
        """
        writer = asyncio.create_task(self._write())
        try:
            await self._read()
            self._outgoing.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_GRACE):
                    await writer  # a last word may leave
        finally:
            writer.cancel()
            self.drop()
        return self.link.ended or End.LOCAL

    async def outcome(self) -> End | ChattorError:
        """Likewise, for the root of a task: an error is the answer, and a defect is one."""
        try:
            return await self.run()
        except ChattorError as error:
            return error
        except Exception:  # a task's root: whoever waits for this end must hear of it
            log.exception("a link failed")
            return Internal("a link failed")

    def send(self, frames: Sequence[Frame]) -> bool:
        """Queue frames for the next write; False if the link is over: what matters is sent again on the next one.

        Raises LocalError before the link is open, and for a frame too large.
        """
        if self.link.closed:
            return False
        self.link.send(frames)
        self._wake()
        return not self.link.closed

    def whisper(self, frames: Sequence[Frame]) -> bool:
        """Say something that matters little; False if the link is over or anything still waits to leave."""
        return self.link.is_idle and not self._writing and self.send(frames)

    def greet(self, greeting: Greeting) -> bool:
        """Say our HELLO; False if the link is over. Raises LocalError when it was not asked for."""
        if self.link.closed:
            return False
        self.link.greet(greeting)
        self._wake()
        return True

    def probe(self) -> None:
        """Ask for a sign of life; `Alive` or `Silent` comes through `on_event`."""
        self.link.probe(self._now())
        self._wake()

    def close(self, end: End = End.LOCAL) -> None:
        """End it: what is queued and a goodbye still leave, for a second at most. Safe to repeat."""
        if not self.link.closed:
            self.link.close(end)
            self._wake()

    def drop(self) -> None:
        """End it at once and without a word. Safe to repeat, also before or after `run`."""
        self.link.abandon(End.LOCAL)
        self._stream.close()

    def _wake(self) -> None:
        """The engine was spoken to: write what it says, and mind its new deadline or its end."""
        self._outgoing.set()
        if self._patience is not None and not self._patience.expired():
            self._patience.reschedule(self._when())

    def _when(self) -> float:
        """The engine's next deadline on the loop's clock: at once when it is over."""
        loop_now = asyncio.get_running_loop().time()
        deadline = self.link.deadline()
        if deadline is None:
            return loop_now
        return loop_now + max(0.0, deadline - self._now()) + _SLACK

    async def _read(self) -> None:
        while not self.link.closed:
            data = await self._next()
            if data is None:
                events = self.link.tick(self._now())
            elif data:
                events = self.link.receive(data, self._now())
            else:
                self.link.abandon(End.EOF)
                return
            if events:
                await self._on_event(self, events)
            self._outgoing.set()

    async def _next(self) -> bytes | None:
        """What the stream has to say, empty at its end; None when a deadline came first."""
        try:
            async with asyncio.timeout_at(self._when()) as self._patience:
                return await self._stream.read(self.link.read_limit)
        except TimeoutError:
            return None
        finally:
            self._patience = None

    async def _write(self) -> None:
        try:
            while not self.link.closed:
                await self._outgoing.wait()
                self._outgoing.clear()
                while data := self.link.data_to_send():
                    self._writing = True
                    await self._stream.write(data)
                    self._writing = False
        except ConnectionError:
            return  # the reader hears what came before the end, and then the end
        self._stream.close()  # the last word is out

    def __repr__(self) -> str:
        return f"<Connection {self.link!r}>"
