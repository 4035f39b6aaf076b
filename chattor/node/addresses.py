"""The addresses we answer at, and who may enter there: everybody, or friends only."""

import asyncio

from chattor.handlers import guests
from chattor.node.core import Core
from chattor.store.repos.own import Guise
from chattor.transport.base import Guests, Service, Transport


class Addresses:
    """Serves what is wanted, and nothing besides."""

    def __init__(self, core: Core, transport: Transport) -> None:
        self._core = core
        self._transport = transport
        self._served: dict[int, Service] = {}
        self._serving = asyncio.Lock()
        self._keys: dict[tuple[int, tuple[bytes, ...]], Guests] = {}

    async def serve(self) -> None:
        """Make it so: who we are, who our friends are or whether others may come has changed, or it failed before."""
        async with self._serving:
            invited = await self._core.ask(guests.invited) if self._core.settings.tor.friends_only else None
            wanted = {guise.epoch: guise for guise in self._core.own.guises}
            admitted = {epoch: self._guests(guise, invited) for epoch, guise in wanted.items()}
            for epoch in self._served.keys() - wanted.keys():
                await self._served.pop(epoch).stop()
            for epoch, guise in wanted.items():
                if epoch in self._served:
                    self._served[epoch].admit(admitted[epoch])
                else:
                    self._served[epoch] = await self._transport.serve(guise.identity.onion.seed, admitted[epoch])

    def _guests(self, guise: Guise, invited: tuple[bytes, ...] | None) -> Guests | None:
        if invited is None:
            return None
        key = (guise.epoch, invited)
        if key not in self._keys:  # an agreement for each friend, which need not be made anew every half minute
            self._keys = {known: found for known, found in self._keys.items() if known[1] == invited}
            self._keys[key] = guests.keys(guise, invited)
        return self._keys[key]
