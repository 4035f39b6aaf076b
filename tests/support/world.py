"""People, their clients, the network between them and what was promised: what a simulated story happens in.

What people and machines do is a method here, but for friendships and the judgement of it all; what happens when is
the schedule's business (tests/simulation). A world is made from a seed: the network, the disks, each node and the
schedule have dice of their own, so one more throw in one of them does not change the others.
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
from chattor.model.activity import Doing
from chattor.model.message import Direction, Message, MessageState
from chattor.node.node import Node
from chattor.transport.memory import MemoryNetwork
from tests.support.checker import Checker, Snapshot
from tests.support.client import Client, key
from tests.support.people import Died, Files, Person
from tests.support.probe import Probe, Watched
from tests.support.virtual import Disk

T = TypeVar("T")

REACTIONS: Final = ("👍", "❤️", "")


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
        self.asked: dict[tuple[str, str], list[str]] = {}
        self.changed: dict[str, set[tuple[str, str, str]]] = {"edit": set(), "delete": set()}
        """Author, reader and text of what its author asked to edit or to delete."""
        self.before: dict[tuple[str, str], int] = {}
        """The last message in a person's store from before he and another became friends."""
        self._sent: dict[tuple[str, str], tuple[str, str]] = {}
        """By author and message id: reader and text."""
        self.delivered: dict[tuple[str, str], list[str]] = {}
        """By author and reader, what the author was told is delivered: the reader must have it, whatever happens."""
        self._clients = {
            name: Client(person, partial(self._shown, name), partial(self._told_delivered, name))
            for name, person in self.people.items()
        }
        self._faces: list[asyncio.Task[None]] = []

    def note(self, line: str) -> None:
        """Into the story."""
        self.probe.note(line)

    # Processes.

    async def start(self, name: str) -> None:
        """Start a node and its client. Raises AssertionError if it lacks what it once acknowledged."""
        self.note(f"{name} starts")
        owed = {author: list(texts) for (author, reader), texts in self.delivered.items() if reader == name}
        await self.people[name].start()
        for author, texts in owed.items():
            kept = await self.kept(name, author, Direction.IN)
            lost = {text for text in texts if text not in kept and (author, name, text) not in self.changed["delete"]}
            assert not lost, f"{name} acknowledged and lost {lost}"
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
        self.delivered = {way: texts for way, texts in self.delivered.items() if way[1] != name}

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
        if self.pair(author, reader) in self.apart:
            return None
        self.checker.asked(author, reader, text)
        self.asked.setdefault((author, reader), []).append(text)
        try:
            sent = await person.call(lambda node: node.send(reader, text))
        except (Died, StoreFailed):
            return None
        except (NotAllowed, NotFound):
            if self.pair(author, reader) in self.apart:
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
            if (author, reader, text) not in self.changed["delete"]:  # else it is gone already
                self.checker.promised(author, reader, text)
        else:
            self.checker.withdrawn(author, reader, text)

    async def newest(self, other: str, node: Node) -> int:
        """The number of the last message with somebody, 0 if there is none."""
        page = await node.history(other, limit=1)
        return int(page[0].id[1:]) if page else 0

    async def rethink(self, name: str, other: str, dice: Random) -> None:
        """Edit, delete or react to one of the last texts between two, once the node runs."""
        person, told = self.people[name], {**self.asked}
        await person.up.wait()
        if self.pair(name, other) in self.apart:
            return
        with suppress(Died, StoreFailed, NotAllowed, NotFound):  # killed, taken back, or apart meanwhile
            page = await person.call(lambda node: node.history(other, limit=20))
            mine = {Direction.OUT: (name, other), Direction.IN: (other, name)}
            known = [one for one in page if one.text and key(one.text) in told.get(mine[one.direction], ())]
            if known:
                message = dice.choice(known)
                own = ("edit", "edit", "delete") if message.direction is Direction.OUT else ()
                await self._change(name, other, message, dice.choice((*own, "react")), dice)

    async def _change(self, name: str, other: str, message: Message, how: str, dice: Random) -> None:
        person, text = self.people[name], key(message.text or "")
        self.note(f"{name} wants to {how} {text[:40]}")
        self.happened[how] += 1
        if how == "react":
            await person.call(lambda node: node.react(message.id, dice.choice(REACTIONS)))
            return
        self.changed[how].add((name, other, text))
        if how == "edit":
            self.checker.edited(name, other, text)
            await person.call(lambda node: node.edit(message.id, f"{text} | {dice.getrandbits(32):x}"))
            return
        self.checker.excused(name, other, text)
        self._sent.pop((name, message.id), None)
        owed = self.delivered.get((name, other), [])
        owed[:] = [one for one in owed if one != text]
        await person.call(lambda node: node.delete(message.id))

    async def rotate(self, name: str, *, identity: bool) -> None:
        """Change address or identity. No backup outlives it: what it would show, friends refuse."""
        self.note(f"{name} changes {'identity' if identity else 'address'}")
        for backups in self.backups.values():
            backups.clear()
        await self.insist(name, lambda node: node.rotate_identity() if identity else node.rotate_onion())

    def declare(self, name: str, capability: str | None, state: Doing | None) -> None:
        """Say whether a program speaks for somebody, for good, and what he does, for as long as his node runs."""
        self.note(f"{name} is {capability or 'a person'}, and does {state or 'nothing'}")
        self.people[name].declare(capability, state)

    async def kept(self, name: str, friend: str, direction: Direction) -> list[str]:
        """What a store still has of one way since the two last became friends; own texts only if they arrived."""
        way = (name, friend) if direction is Direction.OUT else (friend, name)
        since = set(self.asked.get(way, ()))
        if self.pair(name, friend) in self.apart:
            return []
        page = await self.people[name].node.history(friend, limit=1000)
        deleted = {text for one, other, text in self.changed["delete"] if (one, other) == way}
        return [
            key(message.text)
            for message in page
            if message.direction is direction
            and message.state is MessageState.DELIVERED
            and message.text is not None
            and key(message.text) in since - deleted
        ]

    def pair(self, one: str, other: str) -> tuple[str, str]:
        return (one, other) if (one, other) in self.pairs else (other, one)

    def _told_delivered(self, author: str, message: str) -> None:
        if found := self._sent.get((author, message)):
            reader, text = found
            self.delivered.setdefault((author, reader), []).append(text)

    def _shown(self, reader: str, author: str, text: str) -> None:
        self.note(f"{reader} is shown {text[:40]}")
        self.checker.shown(author, reader, key(text))


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
