"""Starts what a node does by itself, and stops it in order: say goodbye, end the tasks, let tor go."""

import asyncio
import logging
from collections.abc import Sequence
from itertools import count

from chattor.errors import LocalError
from chattor.handlers import housekeeping
from chattor.model.address import OnionAddress
from chattor.model.status import TorStatus
from chattor.node.addresses import Addresses
from chattor.node.broadcast import Broadcast
from chattor.node.core import Core
from chattor.node.couriers import Couriers
from chattor.node.dialler import Dialler
from chattor.node.doctor import Doctor
from chattor.node.indexer import Indexer
from chattor.node.links import Links
from chattor.node.presence import PresenceTracker
from chattor.node.reaper import Reaper
from chattor.node.session import Session
from chattor.node.sessions import Sessions
from chattor.node.subscriptions import Subscriptions
from chattor.node.tasks import Tasks
from chattor.node.watch import Watch
from chattor.node.whispers import Whispers
from chattor.store.repos.events import EventRow, Happened
from chattor.store.repos.own import Own
from chattor.store.tx import Effects
from chattor.transport.base import Stream, Transport

log = logging.getLogger(__name__)
HOUSEKEEPING = 30.0  # s
SELDOM = 120  # rounds of housekeeping
DAILY = 24 * SELDOM
SETTLED = 4  # rounds after which a start is over
_ADMIT = frozenset({Happened.FRIEND_ADDED, Happened.FRIEND_REMOVED})


class Runtime:
    """The network side of one node."""

    def __init__(self, core: Core, transport: Transport) -> None:
        self._core = core
        self._transport = transport
        self._tasks = Tasks()
        self._indexer = Indexer(core)
        self._presence = PresenceTracker(core)
        self._sessions = Sessions(core, self._presence)
        self._couriers = Couriers(core, self._tasks)
        self.whispers = Whispers(core, self._sessions, self._tasks)
        self._broadcast = Broadcast(core, self._sessions, self._tasks)
        self._links = Links(
            core,
            self._sessions,
            self._presence,
            self._tasks,
            opened=self._opened,
            ended=self._lost,
            serve=self._broadcast.serve,
        )
        self.subscriptions = Subscriptions(core, transport, self._sessions, self._tasks)
        self._reaper = Reaper(core)
        self._watch = Watch(core)
        self._dialler = Dialler(core, transport, self._sessions, self._links, self._tasks)
        self.doctor = Doctor(core, transport, self._sessions, self._links, lambda: self.tor)
        self._addresses = Addresses(core, transport)
        self.tor = TorStatus()

    async def start(self) -> None:
        """Begin to connect; returns at once. Raises TorMissing, TorRefused."""
        self._core.database.listen(self._announce)
        await self._transport.start(self)
        await self._addresses.serve()
        self._tasks.keep(self._dialler.run, "dialler")
        self._tasks.keep(self._presence.run, "presence")
        self._tasks.keep(self.subscriptions.run, "subscriptions")
        self._tasks.keep(self._keep_house, "housekeeping")
        self._tasks.keep(self._indexer.run, "indexer")
        self._tasks.keep(self._reaper.run, "reaper")
        self._tasks.keep(self._watch.run, "watch")

    async def stop(self) -> None:
        """Stop everything; safe to repeat."""
        await self._links.stop()
        await self._tasks.stop()
        await self._transport.stop()

    def accepted(self, address: OnionAddress, stream: Stream) -> None:
        """Somebody dialled one of our addresses."""
        guise = self._core.own.at(address.public_key)
        if guise is None:
            stream.close()
        else:
            self._links.accept(stream, guise)

    def changed(self, status: TorStatus) -> None:
        """Our tor moved."""
        self.tor = status
        self._watch.heed(status)
        self._core.hub.tell(status)
        self._dialler.reachable(status.ready)
        self.subscriptions.reachable(status.ready)

    def _opened(self, session: Session) -> None:
        self._couriers.begin(session)
        self.whispers.begin(session)

    def _lost(self, session: Session) -> None:
        self._dialler.lost(session)

    def _announce(self, effects: Effects) -> None:
        """Something was committed: forget what is past, close what must close, wake who has work, tell who listens."""
        self._become(effects.own)
        for who in effects.parted:
            self._links.parted(who)
        for friend in effects.new_streams:
            self._sessions.begin_anew(friend)
        for friend, who in effects.hang_ups.items():
            self._sessions.hang_up(friend, who)
        for friend, frame in effects.whispers:
            self.whispers.say(friend, frame)
        for friend in effects.revisits:
            self._dialler.visit(friend)
        for friend in effects.wakes:
            self._dialler.wake(friend)
        self._take_note(effects.events)
        if self._core.settings.tor.friends_only and _ADMIT & {one.event for one in effects.events}:
            self.serve()
        self._broadcast.heed(effects)
        self.subscriptions.heed(effects)
        self._reaper.heed(effects)
        self._indexer.heed(effects)
        if effects.events:
            self._core.hub.committed()

    def _take_note(self, events: Sequence[EventRow]) -> None:
        """Greet new friends; pay for requests."""
        for event in events:
            if event.event is Happened.FRIEND_ADDED and event.friend is not None:
                self.whispers.greet(event.friend)
        if asked := sum(event.event is Happened.FRIEND_REQUEST for event in events):
            self._core.requests.spend(asked, self._core.clock.monotonic())

    def _become(self, own: Own | None) -> None:
        """Who we are changed, or whom we answer as."""
        if own is not None:
            self._core.own = own
            self.serve()

    def serve(self) -> None:
        """Our addresses, or who may enter there, may have changed."""
        self._tasks.start(self._addresses.serve(), "serve")

    async def _keep_house(self) -> None:
        for round_ in count():
            try:
                await self._addresses.serve()  # what could not be served when it was wanted
                while await self._core.act(housekeeping.keep_house):
                    continue
                if round_ % SELDOM == 0:
                    await self._core.act(housekeeping.keep_house_seldom)
                if round_ % DAILY == SETTLED:
                    await self._core.database.rewrite()
            except LocalError as error:
                log.warning("housekeeping is put off: %s", error)
            await asyncio.sleep(HOUSEKEEPING)
            self._links.close_idle()
