"""The node itself: how it is, who we are, and its end."""

import asyncio
import os

from chattor import __version__
from chattor.crypto.keys import id_commit
from chattor.crypto.safety import fingerprint
from chattor.handlers import outages, rotation
from chattor.handlers.overview import overview
from chattor.model.activity import Activity, Doing
from chattor.model.address import OnionAddress
from chattor.model.doctor import Diagnosis
from chattor.model.status import Identity, Status
from chattor.node.api.part import Part
from chattor.node.core import OURSELVES
from chattor.protocol.presence import chosen


class ProfilePart(Part):
    """Implements `chattor.api.profile`."""

    stopping: asyncio.Event

    async def status(self) -> Status:
        """One look at the node."""
        counts = await self._core.ask(overview)
        tor = self._runtime.tor
        return Status(
            version=__version__,
            pid=os.getpid(),
            profile=self._core.profile,
            onion=self._onion(),
            tor=tor,
            reachable=tor.ready,
            friends=counts.friends,
            online=counts.online,
            unread=counts.unread,
            outbox=counts.outbox,
            former=len(self._core.own.former),
            activity=self._core.activity,
            outages=await self._core.ask(outages.recent),
        )

    async def doctor(self, friend: str | None = None) -> Diagnosis:
        """Try all that must hold, up to what does not."""
        return await self._runtime.doctor.examine(friend)

    async def rotate_onion(self) -> Identity:
        """Move to a new address."""
        await self._core.act(rotation.rotate_onion)
        return await self.identity()

    async def rotate_identity(self) -> Identity:
        """Become a new identity at a new address."""
        await self._core.act(rotation.rotate_identity)
        return await self.identity()

    async def identity(self) -> Identity:
        """Our name, friend code, onion and fingerprint, and the addresses we left."""
        former = await self._core.ask(rotation.former)
        own = self._core.own
        keys = own.identity
        return Identity(
            name=own.name,
            friend_code=self._core.own.code.encode(),
            onion=self._onion(),
            fingerprint=fingerprint(keys.sig.public, keys.dh.public, id_commit(keys.sig.public, keys.dh.public)),
            former=former,
            agent=self._core.settings.agent.declared,
            capabilities=list(self._core.settings.agent.capabilities),
            friends_only=self._core.settings.tor.friends_only,
        )

    async def activity_set(self, state: Doing | None, words: str = "") -> Activity | None:
        """What friends who are here see that we do."""
        return self._show(chosen(state, words), OURSELVES)

    async def stop(self) -> None:
        """Ask the host to stop; answers before it does."""
        self.stopping.set()

    def _onion(self) -> str:
        return str(OnionAddress(self._core.own.identity.onion.public))
