"""Streams somebody dialled (protocol §3): a place until they prove who they are, and no more places than 64.

When all are taken one at random gives way, the newcomer included. A link that proved itself holds no place here any
more and its owner hears of it; of the others the owner never hears, but of one that proved to be us.
"""

import asyncio
import logging
from collections.abc import Callable

from chattor.crypto.keys import Rng
from chattor.errors import ChattorError, OwnIdentity
from chattor.net.connection import Connection, OnEvent
from chattor.protocol.limits import PRE_AUTH_LINKS
from chattor.protocol.link import End, Event, Link, Proved
from chattor.transport.base import Stream

log = logging.getLogger(__name__)

OnEnd = Callable[[Connection, End | ChattorError], None]
"""A proven connection is over, and why."""


class Listener:
    """Runs every connection that was dialled from outside.

    `on_event` first hears of a connection by its `Proved`, `on_end` is
    called once for each that got there, and for each with OwnIdentity.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float],
        rng: Rng,
        on_event: OnEvent,
        on_end: OnEnd,
    ) -> None:
        self._now = now
        self._rng = rng
        self._on_event = on_event
        self._on_end = on_end
        self._unproven: list[Connection] = []
        self._tasks: dict[asyncio.Task[None], Connection] = {}

    def accept(self, stream: Stream, link: Link) -> None:
        """Take a stream and the engine that answers on it; returns at once."""
        connection = Connection(stream, link, now=self._now, on_event=self._heard)
        if len(self._unproven) >= PRE_AUTH_LINKS and self._drop_one(connection) is connection:
            stream.close()
            return
        self._unproven.append(connection)
        task = asyncio.create_task(self._carry(connection))
        self._tasks[task] = connection
        task.add_done_callback(self._tasks.pop)

    async def stop(self) -> None:
        """Drop every connection and wait until they are gone; `close` those that deserve a goodbye before."""
        tasks = dict(self._tasks)
        for task, connection in tasks.items():
            task.cancel()
            connection.drop()  # one that has not started yet never learns that it was cancelled
        await asyncio.gather(*tasks, return_exceptions=True)

    def _drop_one(self, newcomer: Connection) -> Connection:
        candidates = [*self._unproven, newcomer]
        victim = candidates[int.from_bytes(self._rng(4), "big") % len(candidates)]
        victim.close(End.DROPPED)
        if victim is not newcomer:
            self._unproven.remove(victim)
        return victim

    async def _heard(self, connection: Connection, events: list[Event]) -> None:
        if any(isinstance(event, Proved) for event in events):
            self._unproven.remove(connection)
        await self._on_event(connection, events)

    async def _carry(self, connection: Connection) -> None:
        try:
            outcome = await connection.outcome()
        finally:
            if connection in self._unproven:
                self._unproven.remove(connection)
        if connection.link.peer is not None or isinstance(outcome, OwnIdentity):
            self._on_end(connection, outcome)
        else:
            log.debug("somebody who did not prove who they are left: %s", outcome)

    def __repr__(self) -> str:
        return f"<Listener {len(self._unproven)} unproven of {len(self._tasks)}>"
