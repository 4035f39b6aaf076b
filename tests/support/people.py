"""People with whole nodes: real store, real handlers, real links; the network in memory, the time virtual.

A `Person` is a profile that outlives its process: it can be started, stopped, killed and put back to an older copy
of its files. Who drives them is the test, or `world.World`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from chattor.config.edit import SettingsFile
from chattor.config.settings import AgentSettings, Settings
from chattor.crypto.keys import Identity
from chattor.errors import LocalError
from chattor.model.activity import Activity, Doing
from chattor.model.events import Event, FriendAdded
from chattor.model.friend import FriendState, Request, RequestDirection
from chattor.node.core import Core
from chattor.node.node import Node
from chattor.node.runtime import Runtime
from chattor.store.connection import DataKey
from chattor.store.database import Database
from chattor.store.repos.own import Own
from chattor.transport.memory import MemoryNetwork
from tests.support.virtual import Disk, VirtualClock, VirtualRunner, eventually

T = TypeVar("T")
E = TypeVar("E", bound=Event)

KEY: Final = DataKey(b"k" * 32)
A_DAY: Final = 86_400.0
SWIFT: Final = 0.001
"""Seconds the disk of an ordinary story takes."""


@contextmanager
def scratch() -> Iterator[Path]:
    """A directory in memory where there is one: what a disk does to a store is tested elsewhere, and this is fast."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


class Died(Exception):
    """The process was killed before it answered."""


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a profile at one moment, by suffix."""

    contents: dict[str, bytes]

    def __repr__(self) -> str:
        return f"Files({sum(map(len, self.contents.values()))} bytes)"


class Person:
    """One profile that can be started, killed and started again. `make_core` may put another Core in its node."""

    def __init__(
        self,
        name: str,
        directory: Path,
        network: MemoryNetwork,
        dice: Random,
        disk: Disk = lambda: SWIFT,
        *,
        settings: Settings | None = None,
        make_core: Callable[..., Core] = Core,
    ) -> None:
        self.name = name
        self.path = directory / f"{name}.db"
        self.clock = VirtualClock()
        self.settings = settings or Settings()
        self.up = asyncio.Event()
        """Set while the node runs."""
        self.network = network
        self._dice = dice
        self._disk = disk
        self._make_core = make_core
        self._own = Own(name=name, identity=Identity.generate(dice.randbytes), epoch=1, created_ms=0)
        self._process: _Process | None = None
        self._calls: dict[asyncio.Task[Any], None] = {}
        self._corpses: list[asyncio.Task[None]] = []
        Database.create(self.path, KEY, lambda tx: tx.own.create(self._own))

    @property
    def node(self) -> Node:
        """The running node."""
        return self.process.node

    @property
    def process(self) -> "_Process":
        """The running node and its parts."""
        if self._process is None:
            raise RuntimeError(f"{self.name} is not running")
        return self._process

    @property
    def identity(self) -> Identity:
        """The keys."""
        return self._own.identity

    async def start(self) -> Node:
        """Open the store and go on the network."""
        runner = VirtualRunner(self._disk)
        database = await Database.open(self.path, KEY, runner)
        own = await database.read(lambda tx: tx.own.load())
        assert own is not None
        core = self._make_core(
            database=database,
            clock=self.clock,
            rng=self._dice.randbytes,
            own=own,
            settings=self.settings,
            settings_file=SettingsFile(self.path.with_suffix(".toml")),
            profile=self.name,
        )
        runtime = Runtime(core, self.network.join(self.name))
        self._process = _Process(Node(core, runtime), core, runtime, database, runner)
        await self.node.start()
        self.up.set()
        return self.node

    async def stop(self) -> None:
        """Stop cleanly."""
        process, self._process = self.process, None
        self.up.clear()
        await process.node.close()

    def crash(self) -> None:
        """Die at once: what was committed stays on disk, its log not written back; nobody is told anything more."""
        process, self._process = self.process, None
        self.up.clear()
        self.network.kill(self.name)
        process.runner.die()
        for call in tuple(self._calls):
            call.cancel()
        left = self.copy()
        process.database._connection.close()
        self.put_back(left)
        self._corpses.append(asyncio.create_task(process.runtime.stop()))

    async def buried(self) -> None:
        """Wait until nothing of killed processes is left."""
        await asyncio.gather(*self._corpses)
        self._corpses.clear()

    async def call(self, request: Callable[[Node], Coroutine[Any, Any, T]]) -> T:
        """Ask the node. Raises Died if it is killed before it answers, or does not run."""
        if self._process is None:
            raise Died(self.name)
        task = asyncio.ensure_future(request(self.node))
        self._calls[task] = None
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
            del self._calls[task]
        if task.cancelled():
            raise Died(self.name)
        return task.result()

    def declare(self, capability: str | None, state: Doing | None) -> None:
        """What `settings set` and `activity` do, without a thread, which a simulated run could not repeat."""
        said = AgentSettings(declared=capability is not None, capabilities=(capability,) if capability else ())
        self.settings = replace(self.settings, agent=said)
        if self._process is not None:
            self.process.core.settings = self.settings
            self.process.core.activity = None if state is None else Activity(state=state)
            self.process.runtime.whispers.tell_everybody()

    def copy(self) -> Files:
        """The files as they are now, as after a power cut; the node may run."""
        found = {suffix: self._file(suffix) for suffix in ("", "-wal", "-shm")}
        return Files({suffix: file.read_bytes() for suffix, file in found.items() if file.exists()})

    def put_back(self, files: Files) -> None:
        """Replace the files; the node must not run."""
        if self._process is not None:
            raise RuntimeError(f"{self.name} is running")
        for suffix in ("", "-wal", "-shm"):
            self._file(suffix).unlink(missing_ok=True)
        for suffix, content in files.contents.items():
            self._file(suffix).write_bytes(content)

    async def code(self) -> str:
        """The friend code."""
        return (await self.node.identity()).friend_code

    async def until(self, wanted: Callable[[Event], bool], since: str = "0") -> Event:
        """The first event after `since` that is wanted; waits for it."""
        async for event in self.node.events(since):
            if wanted(event):
                return event
        raise LocalError("the node ended first")

    async def expect(self, kind: type[E], since: str = "0") -> E:
        """The first event of a kind after `since`; waits for it."""
        event = await self.until(lambda event: isinstance(event, kind), since)
        assert isinstance(event, kind)
        return event

    async def request(self) -> Request:
        """The oldest request somebody made to this person; waits for one."""
        asked: list[Request] = []

        async def has_come() -> bool:
            requests = await self.node.friends_requests()
            asked.extend(request for request in requests if request.direction is RequestDirection.INCOMING)
            return bool(asked)

        await eventually(has_come)
        return asked[0]

    async def state(self, friend: str = "f1") -> FriendState:
        """What the list says of somebody."""
        return next((row.state for row in await self.node.friends_list() if row.id == friend), FriendState.NONE)

    async def shown(self, *texts: str, friend: str = "f1", within: float = 60.0) -> None:
        """Wait until these texts are in a conversation. Raises TimeoutError."""

        async def are_there() -> bool:
            return {*texts} <= {*await self.texts(friend)}

        await eventually(are_there, within)

    async def texts(self, friend: str) -> list[str | None]:
        """The conversation."""
        return [message.text for message in await self.node.history(friend, limit=1000)]

    def _file(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name + suffix)


@dataclass(frozen=True, slots=True)
class _Process:
    """What dies with a process."""

    node: Node
    core: Core
    runtime: Runtime
    database: Database
    runner: VirtualRunner


async def befriend(asker: Person, asked: Person) -> None:
    """One asks by code, the other accepts."""
    friend = (await asker.node.friends_add(await asked.code(), name=asked.name)).id
    await asked.node.friends_accept((await asked.request()).id)
    await asker.until(lambda event: isinstance(event, FriendAdded) and event.friend == friend)


async def days(count: float, *crowd: Person) -> None:
    """Their clocks say that so many days passed, a few at a time; each long enough for whatever is done by the hour."""
    while count > 0:
        for person in crowd:
            person.clock.jump(min(count, 6) * A_DAY - 7200)
        await asyncio.sleep(7200)
        count -= 6


@asynccontextmanager
async def people(
    directory: Path,
    *names: str,
    seed: int = 1,
    latency: tuple[float, float] = (0.05, 0.3),
    make_core: Callable[..., Core] = Core,
) -> AsyncIterator[list[Person]]:
    """Started people on one network."""
    dice = Random(seed)
    network = MemoryNetwork(dice, latency=latency)
    crowd = [Person(name, directory, network, dice, make_core=make_core) for name in names]
    for person in crowd:
        await person.start()
    try:
        yield crowd
    finally:
        for person in crowd:
            if person.up.is_set():
                await person.stop()
            await person.buried()
