"""People, their clients, the network between them and the judge: what a simulated story happens in.

Everything that can happen is a method here; what happens when is the schedule's business (tests/simulation). A world
is made from a seed: the network, the disks, each node and the schedule have dice of their own, so one more throw in
one of them does not change the others.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any, Final, TypeVar

from chattor.errors import NotAllowed, NotFound, StoreFailed
from chattor.model.address import OnionAddress
from chattor.model.events import Event, FriendAdded, MessageReceived, MessageStateChanged
from chattor.model.friend import Friend, FriendState
from chattor.model.message import Direction, Message, MessageState
from chattor.node.node import Node
from chattor.transport.memory import MemoryNetwork
from tests.support.checker import Checker, Snapshot
from tests.support.people import Died, Files, Person
from tests.support.probe import Probe, Watched
from tests.support.virtual import Disk, eventually

T = TypeVar("T")

A_DAY: Final = 86_400.0
"""Virtual seconds; how long a friendship may take to begin or end is the schedule's business."""
LEISURE: Final = 3.0
"""Virtual seconds between two looks of people at their friends and requests."""
TIRED: Final = 2
"""Failed dials after which the next one is more than the first retry step away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What the network and the disks are like: latency as of MemoryNetwork, and seconds a commit takes."""

    latency: tuple[float, float] = (0.05, 0.3)
    ragged: bool = False
    disk: tuple[float, float] = (0.001, 0.001)

    @classmethod
    def of(cls, dice: Random) -> "Weather":
        """Some weather."""
        return cls(
            latency=dice.choice(((0.0, 0.0), (0.05, 0.3), (0.2, 1.5))),
            ragged=dice.random() < 0.3,
            disk=dice.choice(((0.0, 0.0), (0.001, 0.02), (0.01, 0.8))),
        )


@dataclass(frozen=True, slots=True)
class Backup:
    """A profile's files, what its client had read by then, and what the judge knew."""

    files: Files
    cursor: str
    snapshot: Snapshot


class Client:
    """A face of one person: reads every event once, by its cursor, which it keeps whatever happens to the node."""

    def __init__(self, person: Person, show: Callable[[str, str], None], told_delivered: Callable[[str], None]) -> None:
        self.person = person
        self.cursor = "0"
        self._show = show
        self._told_delivered = told_delivered
        self._onions: dict[str, str] = {}

    async def follow(self) -> None:
        """Read until the node ends, however it does."""
        with suppress(Died, StoreFailed):
            await self.person.call(self._read)

    async def _read(self, node: Node) -> None:
        async for event in node.events(self.cursor):
            self.cursor = event.cursor
            self._take(event)

    def _take(self, event: Event) -> None:
        match event:
            case FriendAdded(detail=Friend(id=friend, onion=onion)):
                self._onions[friend] = onion
            case MessageReceived(friend=friend, message=Message(text=str(text))):
                self._show(self._onions[friend], text)
            case MessageStateChanged(id=message, state=MessageState.DELIVERED):
                self._told_delivered(message)


class World:
    """Named people who are friends or may become it."""

    def __init__(self, directory: Path, seed: object, names: tuple[str, ...], weather: Weather, probe: Probe) -> None:
        self.probe = probe
        self.checker = Checker()
        self.network = MemoryNetwork(Random(f"{seed} network"), latency=weather.latency, ragged=weather.ragged)
        self.people = {
            name: Person(
                name,
                directory,
                self.network,
                Random(f"{seed} {name}"),
                _disk(Random(f"{seed} disk {name}"), weather.disk),
                make_core=partial(Watched, probe=probe),
            )
            for name in names
        }
        self.names = names
        self.pairs = tuple(combinations(names, 2))
        self.apart = set(self.pairs)
        """Pairs who are not friends now: nobody writes."""
        self.power = {name: asyncio.Lock() for name in names}
        """Whoever turns a person off or on holds it."""
        self.happened: Counter[str] = Counter()
        """What the schedule did, by name."""
        self.rolled_back: set[str] = set()
        self.backups: dict[str, list[Backup]] = {name: [] for name in names}
        self._asked: dict[tuple[str, str], list[str]] = {}
        self._name_of = {self.onion(name): name for name in names}
        self._sent: dict[tuple[str, str], tuple[str, str]] = {}
        """By author and message id: reader and text."""
        self._delivered: dict[tuple[str, str], list[str]] = {}
        """By author and reader, what the author was told is delivered: the reader must have it, whatever happens."""
        self._clients = {
            name: Client(person, partial(self._shown, name), partial(self._told_delivered, name))
            for name, person in self.people.items()
        }
        self._faces: list[asyncio.Task[None]] = []

    def onion(self, name: str) -> str:
        """How others name a person."""
        return str(OnionAddress(self.people[name].identity.onion.public))

    def note(self, line: str) -> None:
        """Into the story."""
        self.probe.note(line)

    # Processes.

    async def start(self, name: str) -> None:
        """Start a node and its client. Raises AssertionError if it lacks what it once acknowledged."""
        self.note(f"{name} starts")
        owed = {author: list(texts) for (author, reader), texts in self._delivered.items() if reader == name}
        await self.people[name].start()
        for author, texts in owed.items():
            kept = await self._texts(name, author, Direction.IN)
            assert set(texts) <= set(kept), f"{name} acknowledged and lost {set(texts) - set(kept)}"
        self._faces.append(asyncio.create_task(self._clients[name].follow()))

    async def stop(self, name: str) -> None:
        """Stop a node cleanly."""
        self.note(f"{name} stops")
        await self.people[name].stop()

    def crash(self, name: str) -> None:
        """Kill a node."""
        self.note(f"{name} crashes")
        self.people[name].crash()

    async def end(self) -> None:
        """Stop whatever runs."""
        for person in self.people.values():
            if person.up.is_set():
                await person.stop()
            await person.buried()
        await asyncio.gather(*self._faces)

    def back_up(self, name: str) -> None:
        """Copy a profile."""
        self.note(f"{name} is backed up")
        person, cursor = self.people[name], self._clients[name].cursor
        self.backups[name].append(Backup(person.copy(), cursor, self.checker.backup(name)))

    def roll_back(self, name: str, number: int) -> None:
        """Put a backup in place of what there is; the node must be down. Later backups are another future's."""
        self.note(f"{name} is put back to backup {number} of {len(self.backups[name])}")
        backup = self.backups[name][number]
        del self.backups[name][number + 1 :]
        self.people[name].put_back(backup.files)
        self._clients[name].cursor = backup.cursor
        self.checker.restored(backup.snapshot)
        self.rolled_back.add(name)
        self._sent = {sent: found for sent, found in self._sent.items() if name not in (sent[0], found[0])}
        self._delivered = {way: texts for way, texts in self._delivered.items() if way[1] != name}

    # What people do.

    async def insist(self, name: str, request: Callable[[Node], Coroutine[Any, Any, T]]) -> T:
        """Ask a person's node until it answers, over crashes and restarts."""
        person = self.people[name]
        while True:
            await person.up.wait()
            with suppress(Died, StoreFailed):
                return await person.call(request)
            await asyncio.sleep(0.25)

    async def send(self, author: str, reader: str, text: str) -> str | None:
        """Write to a friend, once the node runs; the message's id, None if nobody answered or they are apart."""
        person = self.people[author]
        await person.up.wait()
        if self._pair(author, reader) in self.apart:
            return None
        self.checker.asked(author, reader, text)
        self._asked.setdefault((author, reader), []).append(text)
        try:
            sent = await person.call(lambda node: node.send(self.onion(reader), text))
        except (Died, StoreFailed):
            return None
        except (NotAllowed, NotFound):
            if self._pair(author, reader) in self.apart:
                return None
            raise
        self.checker.promised(author, reader, text)
        self._sent[author, sent.id] = reader, text
        return sent.id

    async def cancel(self, author: str, reader: str, text: str, message: str) -> None:
        """Take a message back, if it never left."""
        self.checker.excused(author, reader, text)
        try:
            await self.people[author].call(lambda node: node.outbox_cancel(message))
        except NotAllowed:
            self.checker.promised(author, reader, text)
        else:
            self.checker.withdrawn(author, reader, text)

    async def befriend(self, asker: str, asked: str, *, crossed: bool = False) -> None:
        """Become friends; crossed: both ask at once. Ends when both know."""
        self.note(f"{asker} asks {asked}{', and the other way round' if crossed else ''}")
        await self._ask(asker, asked)
        if crossed:
            await self._ask(asked, asker)
        else:
            await self._accept(asked, asker)
        await eventually(partial(self._are_friends, asker, asked), A_DAY, LEISURE)
        self.apart.discard(self._pair(asker, asked))

    async def part(self, leaver: str, left: str, *, keep_history: bool) -> None:
        """End a friendship; ends when both know. No backup outlives it: it is of another story."""
        self.note(f"{leaver} removes {left}")
        self.apart.add(self._pair(leaver, left))
        await self.insist(leaver, lambda node: node.friends_remove(self.onion(left), keep_history))
        self.checker.parted(leaver, left)
        await eventually(partial(self._are_strangers, leaver, left), A_DAY, LEISURE)
        self.checker.parted(leaver, left)
        for author, reader in ((leaver, left), (left, leaver)):
            self._asked.pop((author, reader), None)
            self._delivered.pop((author, reader), None)
            self.backups[author].clear()

    # Judgement.

    async def all_delivered(self) -> bool:
        """Whether every promised text was shown, and every author knows."""
        if self.checker.outstanding:
            return False
        for name in self.names:
            if await self.insist(name, lambda node: node.outbox_list()):
                return False
        return True

    async def tired(self) -> list[str]:
        """Who tries again only much later, or never: he failed too often, or lacks what he does not know of."""
        found = []
        for name in self.names:
            rows = await self.people[name].process.database.read(lambda tx: tx.friends.all())
            if any(row.attempts >= (1 if name in self.rolled_back else TIRED) for row in rows):
                found.append(name)
        return found

    async def differences(self) -> list[str]:
        """Where the two sides of a conversation do not tell the same, as far as both stores go back."""
        found = []
        for author, reader in [*self.pairs, *(pair[::-1] for pair in self.pairs)]:
            wrote = await self._texts(author, reader, Direction.OUT)
            got = await self._texts(reader, author, Direction.IN)
            common = [text for text in got if text in set(wrote)]
            if wrote != common or (wrote != got and author not in self.rolled_back):
                found.append(f"{author} wrote {wrote}, {reader} got {got}")
        return found

    async def _texts(self, name: str, friend: str, direction: Direction) -> list[str]:
        """What a store still has of one way since the two last became friends; own texts only if they arrived."""
        way = (name, friend) if direction is Direction.OUT else (friend, name)
        since = set(self._asked.get(way, ()))
        if self._pair(name, friend) in self.apart:
            return []
        page = await self.people[name].node.history(self.onion(friend), limit=1000)
        return [
            message.text
            for message in page
            if message.direction is direction and message.state is MessageState.DELIVERED and message.text in since
        ]

    async def _ask(self, asker: str, asked: str) -> None:
        code = await self.insist(asked, lambda node: node.identity())
        with suppress(NotAllowed):  # asked already, before a crash, or friends by now
            await self.insist(asker, lambda node: node.friends_add(code.friend_code, name=asked))

    async def _accept(self, asked: str, asker: str) -> None:
        async def has_come() -> bool:
            return await self._state(asked, asker) in (FriendState.INCOMING, FriendState.FRIEND)

        await eventually(has_come, A_DAY, LEISURE)
        with suppress(NotFound):  # they are friends already
            await self.insist(asked, lambda node: node.friends_accept(self.onion(asker)))

    async def _state(self, name: str, other: str) -> FriendState:
        relations = await self.insist(name, lambda node: node.friends_list())
        states = [friend.state for friend in relations if friend.onion == self.onion(other)]
        return states[0] if states else FriendState.NONE

    async def _are_friends(self, one: str, other: str) -> bool:
        return {await self._state(one, other), await self._state(other, one)} == {FriendState.FRIEND}

    async def _are_strangers(self, one: str, other: str) -> bool:
        return {await self._state(one, other), await self._state(other, one)} == {FriendState.NONE}

    def _pair(self, one: str, other: str) -> tuple[str, str]:
        return (one, other) if (one, other) in self.pairs else (other, one)

    def _told_delivered(self, author: str, message: str) -> None:
        if found := self._sent.get((author, message)):
            reader, text = found
            self._delivered.setdefault((author, reader), []).append(text)

    def _shown(self, reader: str, onion: str, text: str) -> None:
        author = self._name_of[onion]
        self.note(f"{reader} is shown {text[:40]}")
        self.checker.shown(author, reader, text)


def _disk(dice: Random, seconds: tuple[float, float]) -> Disk:
    return lambda: dice.uniform(*seconds)


@asynccontextmanager
async def world(directory: Path, *names: str, seed: object = 1, weather: Weather | None = None) -> AsyncIterator[World]:
    """Started strangers."""
    with Probe() as probe:
        made = World(directory, seed, names, weather or Weather(), probe)
        for name in names:
            await made.start(name)
        try:
            yield made
        finally:
            await made.end()
