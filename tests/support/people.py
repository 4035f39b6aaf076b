"""People with whole nodes: real store, real handlers, real links; the network in memory, the time virtual."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from chattor.config.settings import Settings

from chattor.crypto.keys import Identity
from chattor.model.events import Event
from chattor.node.core import Core
from chattor.node.node import Node
from chattor.node.runtime import Runtime
from chattor.store.connection import DataKey
from chattor.store.database import Database
from chattor.store.repos.own import Own
from chattor.transport.memory import MemoryNetwork
from tests.support.virtual import Disk, VirtualClock, VirtualRunner

KEY = DataKey(b"k" * 32)


class Person:
    """One profile that can be started, killed and started again."""

    def __init__(self, name: str, directory: Path, network: MemoryNetwork, dice: Random, disk: Disk) -> None:
        self.name = name
        self.path = directory / f"{name}.db"
        self.clock = VirtualClock()
        self._network = network
        self._dice = dice
        self._disk = disk
        self._node: Node | None = None
        own = Own(name=name, identity=Identity.generate(dice.randbytes), epoch=1, created_ms=0)
        Database.create(self.path, KEY, lambda tx: tx.own.create(own))

    @property
    def node(self) -> Node:
        """The running node."""
        if self._node is None:
            raise RuntimeError(f"{self.name} is not running")
        return self._node

    async def start(self) -> Node:
        """Open the store and go on the network."""
        database = await Database.open(self.path, KEY, VirtualRunner(self._disk))
        own = await database.read(lambda tx: tx.own.load())
        assert own is not None
        core = Core(
            database=database,
            clock=self.clock,
            rng=self._dice.randbytes,
            own=own,
            settings=Settings(),
            profile=self.name,
        )
        self._node = Node(core, Runtime(core, self._network.join(self.name)))
        await self._node.start()
        return self._node

    async def stop(self) -> None:
        """Stop cleanly."""
        await self.node.close()
        self._node = None

    async def code(self) -> str:
        """The friend code."""
        return (await self.node.identity()).friend_code

    async def until(self, wanted: Callable[[Event], bool], since: str = "0") -> Event:
        """The first event after `since` that is wanted; waits for it."""
        async for event in self.node.events(since):
            if wanted(event):
                return event
        raise RuntimeError("the node ended first")

    async def texts(self, friend: str) -> list[str | None]:
        """The conversation."""
        return [message.text for message in await self.node.history(friend, limit=1000)]


async def befriend(asker: Person, asked: Person) -> None:
    """One asks by code, the other accepts."""
    await asker.node.friends_add(await asked.code(), name=asked.name)
    await asked.until(lambda event: type(event).__name__ == "FriendRequested")
    request = (await asked.node.friends_requests())[0]
    await asked.node.friends_accept(request.id)
    await asker.until(lambda event: type(event).__name__ == "FriendAdded")


@asynccontextmanager
async def people(
    directory: Path, *names: str, seed: int = 1, latency: tuple[float, float] = (0.05, 0.3)
) -> AsyncIterator[list[Person]]:
    """Started people on one network."""
    dice = Random(seed)
    network = MemoryNetwork(dice, latency=latency)
    crowd = [Person(name, directory, network, dice, disk=lambda: 0.001) for name in names]
    for person in crowd:
        await person.start()
    try:
        yield crowd
    finally:
        for person in crowd:
            if person._node is not None:
                await person.stop()


Story = Callable[[Path], Awaitable[None]]
