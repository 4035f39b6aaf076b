"""Channels of others: friends are asked on their links, strangers are visited, each every five minutes or so.

A stranger answers one question a minute: what is left to ask is asked a minute later. A visit that failed is made
again, on another circuit, as a friend is dialled again, but no later than the next one was due.
"""

import asyncio
import logging

from chattor.errors import ChattorError, DialFailed, LocalError, TimedOut
from chattor.handlers import visiting
from chattor.model.address import OnionAddress
from chattor.node.core import Core
from chattor.node.sessions import Sessions
from chattor.node.tasks import Tasks, comes
from chattor.node.visit import Visit
from chattor.protocol.backoff import delay
from chattor.protocol.channel_frames import Sync
from chattor.protocol.limits import DIAL_TIMEOUT, DIALS_AT_ONCE, RETRY_JITTER, STRANGER_SYNC_EVERY, SYNC_EVERY
from chattor.store.tx import Effects
from chattor.transport.base import Transport

log = logging.getLogger(__name__)
PATIENCE = 30.0
"""Seconds somebody who asked for it waits for a friend's answers."""


class Subscriptions:
    """The reading side of one node. Timers are monotonic."""

    def __init__(self, core: Core, transport: Transport, sessions: Sessions, tasks: Tasks) -> None:
        self._core = core
        self._transport = transport
        self._sessions = sessions
        self._tasks = tasks
        self._awake = asyncio.Event()
        self._gate = asyncio.Semaphore(DIALS_AT_ONCE)
        self._reachable = False
        self._wanted: set[int] = set()
        self._due: dict[int, float] = {}
        self._visits: dict[int, asyncio.Task[None]] = {}
        self._left: dict[int, Sync] = {}
        self._rests: dict[int, float] = {}
        """Until when an owner is let alone: asked again sooner, he would hang up."""
        self._failed: dict[int, int] = {}
        """How many visits to an owner failed since one did not."""

    def heed(self, effects: Effects) -> None:
        """Something was committed: maybe owners are to be asked now."""
        if effects.fetches:
            self._wanted.update(effects.fetches)
            self._awake.set()

    def reachable(self, ready: bool) -> None:
        """Tor came up, or went down."""
        self._reachable = ready
        self._awake.set()

    async def run(self) -> None:
        """Ask whoever is due, for ever."""
        friends_due = self._now() + SYNC_EVERY
        while True:
            self._awake.clear()
            if friends_due <= self._now():
                friends_due += SYNC_EVERY
                self._ask_friends()
            try:
                wait = min(friends_due - self._now(), await self._sweep())
            except LocalError as error:
                log.warning("cannot look up whose channels to read: %s", error)
                wait = STRANGER_SYNC_EVERY
            await comes(self._awake, wait)

    async def sync(self, name: str | None) -> None:
        """Ask now, and wait for the answers: all owners, or one, who must answer. Raises DialFailed, TimedOut."""
        for publisher in await self._core.ask(visiting.owners, name):
            try:
                await self._sync(publisher)
            except ChattorError:
                if name is not None:
                    raise

    async def _sync(self, publisher: int) -> None:
        friend = await self._core.ask(visiting.friend_number, publisher)
        if friend is None:
            await self._visited(publisher)
            await self._core.ask(visiting.succeeded, publisher)
            return
        session = self._sessions.current(friend)
        if session is None:
            raise DialFailed("the owner is not online; what is new comes by itself when he is")
        session.ask_channels()
        try:
            async with asyncio.timeout(PATIENCE):
                await session.synced.wait()
        except TimeoutError as error:
            raise TimedOut("the owner did not answer in time") from error
        if session.connection.link.closed:
            raise DialFailed("the owner went away; what is new comes by itself when he is back")

    async def _visited(self, publisher: int) -> None:
        """See a visit through: the one that is under way, or one as soon as the owner bears another."""
        until = self._rests.get(publisher, 0.0)
        if publisher not in self._visits:
            await asyncio.sleep(max(0.0, until - self._now()))
        if publisher in self._visits or until == self._rests.get(publisher, until):
            await asyncio.wait([self._visits.get(publisher) or self._visit(publisher)])

    def _ask_friends(self) -> None:
        for session in self._sessions:
            if session.friend is not None and self._sessions.current(session.friend) is session:
                session.ask_channels()

    async def _sweep(self) -> float:
        """Start what is due; seconds until the next may be."""
        wanted, self._wanted = self._wanted, set()
        for publisher in sorted(wanted):
            friend = await self._core.ask(visiting.friend_number, publisher)
            session = None if friend is None else self._sessions.current(friend)
            if session is not None:
                session.ask_channels()
            self._due.pop(publisher, None)
        strangers = await self._core.ask(visiting.strangers)
        self._rests = {publisher: until for publisher, until in self._rests.items() if until > self._now()}
        self._due = {
            publisher: max(self._due.get(publisher, self._now()), self._rests.get(publisher, 0.0))
            for publisher in strangers
        }
        for publisher, due in self._due.items() if self._reachable else ():
            if due <= self._now() and publisher not in self._visits:
                self._visit(publisher)
        later = [due - self._now() for due in self._due.values() if due > self._now()]
        return min([SYNC_EVERY, *later])

    def _visit(self, publisher: int) -> asyncio.Task[None]:
        self._due[publisher] = self._now() + SYNC_EVERY * (1 + RETRY_JITTER * self._core.jitter())
        visit = self._visits[publisher] = self._tasks.start(self._carry_out(publisher), "visit")
        visit.add_done_callback(lambda _: self._visits.pop(publisher, None))
        return visit

    async def _carry_out(self, publisher: int) -> None:
        reason = ""
        try:
            async with self._gate:
                left = await self._attempt(publisher)
        except (ChattorError, TimeoutError) as error:
            reason = str(error) or "no answer in time"
            log.info("visit failed: %s", reason)
            before = self._failed.get(publisher, 0)
            self._failed[publisher] = before + 1
            self._due[publisher] = self._now() + min(delay(before, self._core.jitter()), SYNC_EVERY)
        else:
            self._failed.pop(publisher, None)
            if left is not None:
                self._left[publisher] = left
                self._due[publisher] = self._now() + STRANGER_SYNC_EVERY
        await self._core.act(visiting.ended, publisher, reason)
        self._awake.set()

    async def _attempt(self, publisher: int) -> Sync | None:
        plan = await self._core.act(visiting.plan, publisher)
        stream = await self._transport.dial(
            OnionAddress(plan.target.onion_pk),
            isolation=f"channels.{publisher}.{self._failed.get(publisher, 0)}",
            timeout=DIAL_TIMEOUT,
        )
        try:
            return await Visit(self._core, publisher, plan, stream, self._left.pop(publisher, None)).run()
        finally:
            self._rests[publisher] = self._now() + STRANGER_SYNC_EVERY

    def _now(self) -> float:
        return self._core.clock.monotonic()
