"""One running core behind the Api."""

import asyncio

from chattor.config.settings import Settings
from chattor.node.api.agents import AgentsPart
from chattor.node.api.channels import ChannelsPart
from chattor.node.api.data import DataPart
from chattor.node.api.events import EventsPart
from chattor.node.api.friends import FriendsPart
from chattor.node.api.messages import MessagesPart
from chattor.node.api.profile import ProfilePart
from chattor.node.api.search import SearchPart
from chattor.node.api.settings import SettingsPart
from chattor.node.core import Core
from chattor.node.reaper import catch_up
from chattor.node.runtime import Runtime


class Node(
    ProfilePart,
    FriendsPart,
    MessagesPart,
    ChannelsPart,
    SearchPart,
    SettingsPart,
    DataPart,
    EventsPart,
    AgentsPart,
):
    """Implements `chattor.api.ServedNode` in process."""

    def __init__(self, core: Core, runtime: Runtime) -> None:
        self._core = core
        self._runtime = runtime
        self.stopping = asyncio.Event()
        """Set when somebody asked the host to stop."""

    @property
    def settings(self) -> Settings:
        """What it obeys now."""
        return self._core.settings

    def dismiss(self) -> None:
        """End every subscription; new ones may begin."""
        self._core.hub.dismiss()

    async def start(self) -> None:
        """Begin to connect; returns at once. Raises TorMissing, TorRefused."""
        await self._runtime.start()

    async def catch_up(self) -> None:
        """Do what must be done before anybody looks, where nothing is started."""
        await catch_up(self._core)

    async def close(self) -> None:
        """Stop everything in order and close the store; safe to repeat."""
        self.stopping.set()
        self._core.hub.close()
        await self._runtime.stop()
        await self._core.database.close()
