"""How a window comes by a node, and what it does to a profile as a whole: the composition of `launch` and `upkeep`.

A window on a node of another process starts without either: they are loaded when they are needed.
"""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from chattor.api import Api, ProfileState
from chattor.config import paths
from chattor.errors import NoDaemon, ProfileInUse
from chattor.profile import Profile
from chattor.rpc.client import connect
from chattor.rpc.remote import RemoteNode
from chattor.transcript.write import write_file

if TYPE_CHECKING:
    from chattor.launch import Host

LET_GO_WITHIN: Final = 5.0  # s a node that was told to stop may hold its profile
LOOK_AGAIN: Final = 0.05  # s


class ProfileGateway:
    """Of one profile; implements `chattor.api.Gateway`."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile.paths.profile
        self._profile = profile
        self._host: Host | None = None
        self._remote: RemoteNode | None = None

    async def probe(self) -> ProfileState:
        """What is there now."""
        exists = self._profile.paths.database.exists()
        try:
            remote = await connect(self._profile.paths.socket)
        except NoDaemon:
            return ProfileState(exists=exists, running=False)
        await remote.close()
        return ProfileState(exists=exists, running=True)

    async def create(self, name: str, passphrase: str) -> Api:
        """Make a profile and host its node here."""
        from chattor import launch

        await launch.create(self._profile, name, passphrase)
        return await self.unlock(passphrase)

    async def unlock(self, passphrase: str) -> Api:
        """Host the node here."""
        from chattor import launch

        self._host = await launch.host(self._profile, passphrase, "tui")
        return self._host.node

    async def attach(self) -> Api:
        """Speak to the node that runs already."""
        if self._remote is not None:
            await self._remote.close()
        self._remote = await connect(self._profile.paths.socket)
        return self._remote

    async def asked_to_stop(self) -> None:
        """Wait until somebody asks the node that is hosted here to stop."""
        stopping = asyncio.Event() if self._host is None else self._host.node.stopping
        await stopping.wait()

    async def change_passphrase(self, old: str, new: str) -> None:
        """Seal the profile's key under another passphrase; the node goes on."""
        from chattor import upkeep

        await asyncio.to_thread(upkeep.change_passphrase, self._profile, old, new)

    async def export(self, file: str, form: str, friend: str | None = None) -> None:
        """Write conversations into a new file."""
        api = self._host.node if self._host else self._remote
        if api is None:
            raise NoDaemon("no node is at hand")
        await write_file(api, form, friend, Path(file))

    async def profiles(self) -> list[str]:
        """The names of all profiles in the usual places."""
        return await asyncio.to_thread(paths.profiles)

    async def wipe(self) -> list[str]:
        """End the node, here or in a daemon, and delete the profile; what is left because it is not ours."""
        from chattor import upkeep

        if self._remote is not None:
            await self._remote.stop()
        await self.close()
        deadline = asyncio.get_running_loop().time() + LET_GO_WITHIN
        while True:
            try:
                return [str(left) for left in await asyncio.to_thread(upkeep.delete, self._profile)]
            except ProfileInUse:
                if asyncio.get_running_loop().time() > deadline:
                    raise
            await asyncio.sleep(LOOK_AGAIN)

    async def close(self) -> None:
        """Let go: stops the node if it is hosted here."""
        if self._remote is not None:
            await self._remote.close()
        if self._host is not None:
            await self._host.close()
