"""Starts what a node does by itself, and stops it in order: say goodbye, end the tasks, let tor go."""

import asyncio
import logging
from itertools import count

from chattor.errors import LocalError
from chattor.handlers import expiry
from chattor.handlers import log as event_log
from chattor.model.address import OnionAddress
from chattor.model.status import TorStatus
from chattor.node.core import Core
from chattor.node.couriers import Couriers
from chattor.node.dialler import Dialler
from chattor.node.links import Links
from chattor.node.session import Session
from chattor.node.sessions import Sessions
from chattor.node.tasks import Tasks
from chattor.store.tx import Effects
from chattor.transport.base import Stream, Transport

log = logging.getLogger(__name__)
HOUSEKEEPING = 30.0  # s
PRUNE_EVERY = 120  # rounds of housekeeping


class Runtime:
    """The network side of one node."""

    def __init__(self, core: Core, transport: Transport) -> None:
        self._core = core
        self._transport = transport
        self._tasks = Tasks()
        self._sessions = Sessions(core)
        couriers = Couriers(core, self._tasks)
        self._links = Links(core, self._sessions, self._tasks, opened=couriers.begin, ended=self._lost)
        self._dialler = Dialler(core, transport, self._sessions, self._links, self._tasks)
        self.tor = TorStatus()

    async def start(self) -> None:
        """Begin to connect; returns at once. Raises TorMissing, TorRefused."""
        self._core.database.listen(self._announce)
        await self._transport.start(self)
        await self._transport.serve(self._core.own.identity.onion.seed)
        self._tasks.start(self._dialler.run(), "dialler")
        self._tasks.start(self._keep_house(), "housekeeping")

    async def stop(self) -> None:
        """Stop everything; safe to repeat."""
        await self._links.stop()
        await self._tasks.stop()
        await self._transport.stop()

    def accepted(self, address: OnionAddress, stream: Stream) -> None:
        """Somebody dialled one of our addresses; there is one."""
        if address.public_key == self._core.own.identity.onion.public:
            self._links.accept(stream)
        else:
            stream.close()

    def changed(self, status: TorStatus) -> None:
        """Our tor moved."""
        self.tor = status
        self._core.hub.tell(status)
        self._dialler.reachable(status.ready)

    def _lost(self, session: Session) -> None:
        self._dialler.lost(session)

    def _announce(self, effects: Effects) -> None:
        """Something was committed: forget what is past, close what must close, wake who has work, tell who listens."""
        for friend in effects.new_streams:
            self._sessions.begin_anew(friend)
        for friend in effects.hang_ups:
            self._sessions.hang_up(friend)
        for friend in effects.wakes:
            self._dialler.wake(friend)
        if asked := sum(event.event == "friend_request" for event in effects.events):
            self._core.requests.spend(asked, self._core.clock.monotonic())
        if effects.events:
            self._core.hub.committed()

    async def _keep_house(self) -> None:
        for round_ in count():
            try:
                await self._core.act(expiry.expire_unsent)
                if round_ % PRUNE_EVERY == 0:
                    await self._core.act(event_log.prune)
            except LocalError as error:
                log.warning("housekeeping is put off: %s", error)
            await asyncio.sleep(HOUSEKEEPING)
            self._links.close_idle()
