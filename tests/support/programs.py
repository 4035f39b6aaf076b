"""Whole programs for tests: people with daemons of their own on the session's Tor network, seen from outside.

A `Person` is `chattor.demo.person.Person`, driven through the command line and the socket only.
"""

import hashlib
import os
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest_asyncio

from chattor.demo.guard import Guard
from chattor.demo.patience import eventually, together
from chattor.demo.person import Person
from chattor.errors import NoDaemon
from chattor.model.friend import FriendState, Request
from chattor.model.ids import FriendId
from chattor.model.message import Direction, Message
from chattor.transport.tor.network import PrivateNetwork

PATIENCE: Final = 120.0  # s for what takes moments on a machine at leisure
_PAGE: Final = 1000


@asynccontextmanager
async def programs(torrc: Path, *names: str) -> AsyncIterator[tuple[Person, ...]]:
    """People with new profiles, not started. Ended and deleted afterwards, also when the tests are killed."""
    directory = Path(tempfile.mkdtemp(prefix="chattor-", dir="/tmp"))
    guard = Guard(directory)
    people = tuple(Person(name, directory, torrc, guard) for name in names)
    try:
        await together(*(person.init() for person in people))
        yield people
    finally:
        await together(*(person.stop() for person in people))
        guard.close()


@dataclass(frozen=True, slots=True)
class Friends:
    """Two people who are friends, and what each calls the other."""

    ada: Person
    ben: Person
    calls: dict[Person, FriendId]

    @property
    def people(self) -> tuple[Person, Person]:
        """Both."""
        return self.ada, self.ben


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pair(tor_network: PrivateNetwork) -> AsyncIterator[Friends]:
    """The friends all tests share: one network and one friendship for the whole run."""
    async with programs(tor_network.client_torrc_path, "Ada", "Ben") as (ada, ben):
        await appear(ada, ben)
        yield Friends(ada, ben, await befriend(ada, ben))


@pytest_asyncio.fixture(loop_scope="session")
async def friends(pair: Friends) -> Friends:
    """The same, both running and reachable, whatever the test before did to them."""
    await appear(*pair.people)
    return pair


async def appear(*people: Person) -> None:
    """Start those who are not running, and wait until all can be found."""
    await together(*(person.start() for person in people if person.pid is None))
    await together(*(person.reachable() for person in people))


async def befriend(asker: Person, asked: Person) -> dict[Person, FriendId]:
    """One asks by code, the other accepts, maybe not for the first time; what each calls the other."""
    async with asker.api() as mine, asked.api() as theirs:
        outgoing = await mine.friends_add((await theirs.identity()).friend_code, name=asked.name)

        async def is_asked() -> bool:
            return bool(await theirs.friends_requests())

        async def are_friends() -> bool:
            listed = await mine.friends_list()
            return any(one.id == outgoing.id and one.state is FriendState.FRIEND for one in listed)

        await eventually(is_asked, f"the request to {asked.name}", within=PATIENCE)
        incoming: Request = (await theirs.friends_requests())[0]
        await theirs.friends_accept(incoming.id)
        await eventually(are_friends, f"the friendship of {asker.name}", within=PATIENCE)
    await all_delivered(asked)
    return {asker: outgoing.id, asked: incoming.id}


async def conversation(person: Person, friend: FriendId) -> list[Message]:
    """All of it, oldest first."""
    async with person.api() as api:
        messages = page = await api.history(friend, limit=_PAGE)
        while len(page) == _PAGE:
            page = await api.history(friend, limit=_PAGE, before=page[0].id)
            messages = page + messages
    return messages


async def answering(person: Person) -> None:
    """Wait until a daemon answers, whoever started it."""

    async def does() -> bool:
        try:
            async with person.api() as api:
                await api.status()
        except NoDaemon:
            return False
        return True

    await eventually(does, f"{person.name}'s daemon to answer", within=PATIENCE)


async def all_delivered(person: Person) -> None:
    """Wait until the outbox is empty."""
    async with person.api() as api:

        async def is_empty() -> bool:
            return not await api.outbox_list()

        await eventually(is_empty, f"{person.name}'s outbox to be empty", within=PATIENCE)


def texts(messages: list[Message], direction: Direction) -> list[str | None]:
    """What was said in one direction."""
    return [message.text for message in messages if message.direction is direction]


def tors_of(person: Person) -> list[int]:
    """Every tor process that runs on this profile, whoever started it."""
    return running(str(person.paths.tor / "torrc"))


def running(mark: str) -> list[int]:
    """Every process with this in its command line."""
    columns = ("-o", "pid=", "-o", "stat=", "-o", "args=")
    listed = subprocess.run(["ps", "-A", "-ww", *columns], capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=2) for line in listed.splitlines()]
    return [int(pid) for pid, state, args in rows if mark in args and not state.startswith("Z")]


def kill_tor(person: Person) -> None:
    """As the OOM killer would. There is exactly one."""
    (pid,) = tors_of(person)
    os.kill(pid, signal.SIGKILL)


async def no_tor_left(person: Person, *, within: float) -> None:
    """Wait until no tor runs on this profile. Raises TimedOut."""

    async def is_gone() -> bool:
        return not tors_of(person)

    await eventually(is_gone, f"the end of {person.name}'s tor", within=within)


def fingerprints(*paths: Path) -> dict[str, str]:
    """What is in files that exist, by name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths if path.exists()}
