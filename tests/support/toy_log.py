"""The toy node's clock and event log: durable events in a list, live ones only to those who listen."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from chattor.api import Batch
from chattor.errors import BadInput
from chattor.model.events import Event
from chattor.model.ids import Cursor

EPOCH: Final = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)


class ToyLog:
    """Time moves one second whenever it is read, so that every run gives the same screens."""

    def __init__(self) -> None:
        self._now = EPOCH
        self._ids = itertools.count(1)
        self._log: list[Event] = []
        self._stored = 0
        self._listeners: set[asyncio.Queue[Event | None]] = set()
        self.stopping = asyncio.Event()

    @property
    def listeners(self) -> int:
        """How many are listening."""
        return len(self._listeners)

    def now(self) -> datetime:
        """The next second."""
        self._now += timedelta(seconds=1)
        return self._now

    def next_id(self) -> int:
        """Ids are never reused."""
        return next(self._ids)

    def emit(self, make: Callable[[Cursor, datetime], Event]) -> None:
        """Append a durable event and hand it to all listeners."""
        event = make(Cursor(str(len(self._log) + 1)), self.now())
        self._log.append(event)
        self._hand_out(event)

    def whisper(self, make: Callable[[Cursor, datetime], Event]) -> None:
        """A live event: it carries the cursor of the last durable one."""
        self._hand_out(make(Cursor(str(len(self._log))), self.now()))

    def _hand_out(self, event: Event) -> None:
        for queue in self._listeners:
            queue.put_nowait(event)

    async def stop(self) -> None:
        """Ask the host of the node to stop: whoever waits for `stopping` does it."""
        self.stopping.set()
        for queue in self._listeners:
            queue.put_nowait(None)

    async def recv(self, since: str | None = None, ack: bool = False, limit: int = 100) -> Batch:
        """Events after `since`, or after the stored cursor."""
        if not 1 <= limit <= 1000:
            raise BadInput("limit must be 1 to 1000")
        start = self._stored if since is None else self._place(since)
        events = self._log[start : start + limit]
        end = start + len(events)
        if ack:
            self._stored = max(self._stored, end)
        return Batch(events=events, cursor=Cursor(str(end)))

    async def events(self, since: str | None = None) -> AsyncIterator[Event]:
        """Events as they happen; ends when the node stops."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        past = [] if since is None else self._log[self._place(since) :]
        self._listeners.add(queue)
        try:
            for event in past:
                yield event
            while not self.stopping.is_set() and (live := await queue.get()):
                yield live
        finally:
            self._listeners.discard(queue)

    def _place(self, cursor: str) -> int:
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10 and int(cursor) <= len(self._log)):
            raise BadInput("this is not a cursor of this profile")
        return int(cursor)
