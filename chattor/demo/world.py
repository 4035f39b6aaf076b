"""A private Tor network and people on it, below one temporary directory that is gone afterwards, whatever happens."""

import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from chattor.demo.guard import Guard
from chattor.demo.patience import together
from chattor.demo.person import Person
from chattor.transport.tor.network import PrivateNetwork


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything there is to start; nothing has started yet."""

    directory: Path
    people: tuple[Person, ...]
    guard: Guard
    _network: PrivateNetwork

    async def start_network(self) -> None:
        """Bring the private Tor network up. Raises TorMissing, TorRefused, TimedOut."""
        await self._network.start()
        self.guard.watch(*self._network.pids)


@asynccontextmanager
async def world(
    *names: str,
    progress: Callable[[str], None],
    keep: Callable[[], bool] = lambda: False,
    passphrases: Mapping[str, str] = MappingProxyType({}),
) -> AsyncIterator[World]:
    """A world for people with these names. Afterwards all is ended and deleted, but for the files if `keep` says so.

    `passphrases`: of those whose passphrase somebody knows.
    """
    directory = Path(tempfile.mkdtemp(prefix="chattor-demo-"))
    guard = Guard(directory)
    network = PrivateNetwork(directory / "net", progress=progress)
    torrc = network.client_torrc_path
    people = tuple(Person(name, directory, torrc, guard, passphrases.get(name)) for name in names)
    async with AsyncExitStack() as cleanup:
        cleanup.callback(lambda: guard.close(keep=keep()))
        cleanup.push_async_callback(network.stop)
        cleanup.push_async_callback(lambda: together(*(person.stop() for person in people)))
        yield World(directory=directory, people=people, guard=guard, _network=network)
