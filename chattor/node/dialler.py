"""Dials whoever has mail. Timers are monotonic.

A new message dials at once; a failed dial waits 30 s doubling to 15 min. On becoming reachable everybody is dialled
once, spread over 20 s, those with mail first. Of those who are due 8 are dialled at a time, the most urgent mail first;
every dial that ends makes room for the next. A link that died is replaced once, at once, by a fresh circuit; one that
is of the past because somebody moved, a few times: each is a step, and both may move at once, and again.
"""

import asyncio
import logging

from chattor.errors import ChattorError, LocalError
from chattor.handlers import delivery, guests
from chattor.model.address import OnionAddress
from chattor.node.core import Core
from chattor.node.links import Links
from chattor.node.session import Session
from chattor.node.sessions import Sessions
from chattor.node.tasks import Tasks, comes
from chattor.protocol.backoff import spread
from chattor.protocol.limits import DIAL_TIMEOUT, DIALS_AT_ONCE, REPLACE_AFTER, RETRY_FIRST
from chattor.transport.base import Transport

log = logging.getLogger(__name__)
MOVES_AT_ONCE = 4
PATIENCE = 4
"""Links in vain that are bad luck; with every further one the next dial waits longer, as after dials that failed."""


class Dialler:
    """The dialling side of one node."""

    def __init__(self, core: Core, transport: Transport, sessions: Sessions, links: Links, tasks: Tasks) -> None:
        self._core = core
        self._transport = transport
        self._sessions = sessions
        self._links = links
        self._tasks = tasks
        self._awake = asyncio.Event()
        self._reachable = False
        self._visit_all = False
        self._visits: set[int] = set()
        """Friends to dial once, mail or not."""
        self._not_before: dict[int, float] = {}
        self._dialling: set[int] = set()
        self._circuit: dict[int, int] = {}
        self._replaced: dict[int, list[float]] = {}
        self._in_vain: dict[int, int] = {}
        """How many links to a friend opened, and soon ended with nothing said, since one did not."""

    def wake(self, friend: int) -> None:
        """Something new waits for a friend: the courier takes it, or a dial is due now."""
        session = self._sessions.current(friend)
        if session is not None:
            session.work.set()
            return
        self._not_before.pop(friend, None)
        if friend in self._dialling:
            self._visits.add(friend)
        self._awake.set()

    def visit(self, friend: int) -> None:
        """Dial a friend once, mail or not."""
        self._not_before.pop(friend, None)
        self._visits.add(friend)
        self._awake.set()

    def reachable(self, ready: bool) -> None:
        """Tor came up, or went down."""
        self._visit_all |= ready and not self._reachable
        self._reachable = ready
        self._awake.set()

    def lost(self, session: Session) -> None:
        """A link ended. If it died, one fresh circuit is tried at once; more often only when it is due."""
        friend, now = session.friend, self._now()
        if friend is None or not session.is_open or self._sessions.current(friend) is not None:
            return
        self._circuit[friend] = self._circuit.get(friend, 0) + 1
        if session.is_fruitful or now - session.opened_at >= REPLACE_AFTER:
            self._in_vain.pop(friend, None)
        else:
            self._in_vain[friend] = self._in_vain.get(friend, 0) + 1
        moved = session.is_past or session.shown.epoch != self._core.own.epoch
        recent = [at for at in self._replaced.get(friend, ()) if now - at < REPLACE_AFTER]
        if len(recent) >= (MOVES_AT_ONCE if moved else 1):
            self._tasks.start(self._postpone(friend, session.failure), "postpone")
            return
        self._replaced[friend] = [*recent, now]
        self._not_before.pop(friend, None)
        if (session.dialled and not session.is_dismissed) or moved:
            self._visits.add(friend)
        self._awake.set()

    async def run(self) -> None:
        """Dial whoever is due, for ever."""
        while True:
            self._awake.clear()
            try:
                delay = await self._sweep() if self._reachable else None
            except LocalError as error:
                log.warning("cannot look up whom to dial: %s", error)
                delay = RETRY_FIRST
            await comes(self._awake, delay)

    async def _sweep(self) -> float | None:
        """Start every dial that is due; seconds until the next one, None if there is none."""
        if self._visit_all:
            await self._plan_visits()
        now = self._now()
        waiting = await self._core.ask(delivery.due)
        later: list[float] = []
        visits = sorted(self._visits.difference(waiting), key=lambda friend: self._not_before.get(friend, now))
        for friend in [*waiting, *visits]:
            if friend in self._dialling:
                continue  # should that dial fail, a visit wanted meanwhile comes right after it
            if self._sessions.current(friend) is not None:
                self._visits.discard(friend)
            elif (due := self._not_before.get(friend, now)) > now:
                later.append(due - now)
            elif len(self._dialling) < DIALS_AT_ONCE:
                self._visits.discard(friend)
                self._dialling.add(friend)
                self._tasks.start(self._dial(friend), "dial")
        return min(later, default=None)

    async def _plan_visits(self) -> None:
        self._visit_all = False
        friends = await self._core.ask(delivery.everybody)
        now = self._now()
        for place, friend in enumerate(friends):
            self._visits.add(friend)
            self._not_before[friend] = now + spread(place, len(friends))

    async def _dial(self, friend: int) -> None:
        self._not_before[friend] = self._now() + RETRY_FIRST  # a defect must not make it try for ever at once
        try:
            reason = await self._attempt(friend)
            self._not_before.pop(friend, None)
            if reason is not None and self._sessions.current(friend) is None and friend not in self._visits:
                await self._postpone(friend, reason)
        finally:
            self._dialling.discard(friend)
            self._awake.set()

    async def _attempt(self, friend: int) -> str | None:
        """One dial up to an open link; why it failed, or None."""
        try:
            row, _ = await self._core.ask(delivery.target, friend)
            stream = await self._transport.dial(
                OnionAddress(row.onion_pk),
                isolation=f"{friend}.{self._circuit.get(friend, 0)}",
                timeout=DIAL_TIMEOUT,
                key=guests.key_of(self._core.own, row),
            )
            session = await self._links.dialled(stream, friend)
        except ChattorError as error:
            log.info("dial of f%d failed: %s", friend, error)
            return str(error)
        await session.settled.wait()
        return None if session.is_open else session.failure

    async def _postpone(self, friend: int, reason: str) -> None:
        try:
            in_vain = max(0, self._in_vain.get(friend, 0) - PATIENCE)
            wait = await self._core.act(delivery.failed, friend, reason, self._core.jitter(), in_vain)
        except LocalError as error:
            log.warning("cannot note why the dial of f%d failed: %s", friend, error)
            wait = RETRY_FIRST
        if friend not in self._visits:
            self._not_before[friend] = self._now() + wait
        self._awake.set()

    def _now(self) -> float:
        return self._core.clock.monotonic()
