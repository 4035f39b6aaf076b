"""Two people who write to each other, while their daemons and tors are killed: nothing may be lost, doubled or moved.

A writer that loses its daemon asks again under the same key, so in the end every text was promised. Faults strike
after so many messages were shown, not after so much time: the slower the machine, the longer the storm.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Final

from chattor.clock import SystemClock
from chattor.demo.patience import together
from chattor.demo.person import Person
from chattor.errors import NoDaemon
from chattor.model.events import MessageReceived
from chattor.model.ids import FriendId
from tests.support.checker import Checker
from tests.support.programs import kill_tor, no_tor_left

UNDER_WAY: Final = 30
"""Messages of one writer not yet shown, before he waits; so that a storm meets a conversation and not its end."""
WHILE_AWAY: Final = 100
"""The same while his reader is not there."""
ORPHAN_ENDS: Final = 3.0  # s from the death of a daemon to the end of its tor
_APART: Final = (5, 40)  # messages shown between two faults

_CLOCK: Final = SystemClock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """What was done to whom; `healed` is the seconds from then, or from the restart, until both heard new texts."""

    fault: str
    victim: str
    healed: float


class Storm:
    """`friends` is what each of the two calls the other; each writes `count` texts at least."""

    def __init__(self, friends: dict[Person, FriendId], dice: Random, count: int) -> None:
        self.people = tuple(friends)
        self.checker = Checker()
        self.strikes: list[Strike] = []
        self._friends = friends
        self._dice = dice
        self._count = count
        self._calm = False
        self._asked = dict.fromkeys(self.people, 0)
        self._shown = dict.fromkeys(self.people, 0)
        self._up = {person: asyncio.Event() for person in self.people}
        self._moved = asyncio.Event()
        for each in self._up.values():
            each.set()

    async def rage(self, faults: Iterable["Fault"]) -> None:
        """Until every fault has struck and every text is shown."""
        following = [asyncio.create_task(self._follow(person)) for person in self.people]
        try:
            await together(self._strike(faults), *(self._write(person) for person in self.people))
            await self._until(lambda: self._shown == self._asked)
        finally:
            for each in following:
                each.cancel()
            await asyncio.gather(*following, return_exceptions=True)

    async def kill_daemon(self, victim: Person) -> None:
        """kill -9 of a daemon; its tor must not outlive it. It starts again at once."""
        await self._kill(victim)
        await self._start(victim)

    async def kill_both(self, _: Person) -> None:
        """The same for both at one moment."""
        await together(*(self._kill(person) for person in self.people))
        await together(*(self._start(person) for person in self.people))

    async def kill_tor(self, victim: Person) -> None:
        """kill -9 of a tor."""
        kill_tor(victim)

    async def leave(self, victim: Person) -> None:
        """Stop, and be away while the other one writes on."""
        self._down(victim)
        await victim.stop()
        writer = self._other(victim)
        await self._until(lambda: self._under_way(writer) >= WHILE_AWAY)
        await self._start(victim)

    async def _strike(self, faults: Iterable["Fault"]) -> None:
        for fault in faults:
            await self._more_shown(self._dice.randint(*_APART))
            victim = self._dice.choice(self.people)
            await fault(self, victim)
            healed = await self._heard_again()
            self.strikes.append(Strike(fault=fault.__name__, victim=victim.name, healed=round(healed, 1)))
        self._calm = True
        self._moved.set()

    async def _more_shown(self, count: int) -> None:
        wanted = sum(self._shown.values()) + count
        await self._until(lambda: sum(self._shown.values()) >= wanted)

    async def _heard_again(self) -> float:
        """Until both were shown a text that was written after now; the seconds it took."""
        began, asked = _CLOCK.monotonic(), dict(self._asked)
        await self._until(lambda: all(self._shown[each] > asked[each] for each in asked))
        return _CLOCK.monotonic() - began

    async def _write(self, author: Person) -> None:
        while self._asked[author] < self._count or not self._calm:
            text = f"{author.name} writes {self._asked[author]}"
            self._asked[author] += 1
            self._moved.set()
            self.checker.asked(author.name, self._other(author).name, text)
            await self._say(author, text)
            await self._until(lambda: self._calm or self._has_room(author))

    async def _say(self, author: Person, text: str) -> None:
        """Until it is promised."""
        while True:
            await self._up[author].wait()
            with suppress(NoDaemon):
                async with author.api() as api:
                    await api.send(self._friends[author], text, key=text)
                    self.checker.promised(author.name, self._other(author).name, text)
                    return
            self._excuse(author)

    async def _follow(self, reader: Person) -> None:
        """What is shown to a client that keeps its cursor."""
        cursor, author = "0", self._other(reader)
        while True:
            await self._up[reader].wait()
            with suppress(NoDaemon):
                async with reader.api() as api:
                    async for event in api.events(cursor):
                        cursor = event.cursor
                        if isinstance(event, MessageReceived) and event.message and event.message.text:
                            self.checker.shown(author.name, reader.name, event.message.text)
                            self._shown[author] += 1
                            self._moved.set()
            self._excuse(reader)

    def _excuse(self, person: Person) -> None:
        """A daemon that cannot be reached was ended by us."""
        if self._up[person].is_set() and person.pid is None:
            raise AssertionError(f"{person.name}'s daemon ended by itself: {person.stderr.read_text()}")

    async def _kill(self, victim: Person) -> None:
        self._down(victim)
        await victim.kill()
        await no_tor_left(victim, within=ORPHAN_ENDS)

    def _down(self, victim: Person) -> None:
        self._up[victim].clear()
        self._moved.set()

    async def _start(self, victim: Person) -> None:
        await victim.start()
        self._up[victim].set()

    async def _until(self, wanted: Callable[[], bool]) -> None:
        while not wanted():
            self._moved.clear()
            await self._moved.wait()

    def _other(self, person: Person) -> Person:
        return self.people[1 - self.people.index(person)]

    def _under_way(self, author: Person) -> int:
        return self._asked[author] - self._shown[author]

    def _has_room(self, author: Person) -> bool:
        return self._under_way(author) < (UNDER_WAY if self._up[self._other(author)].is_set() else WHILE_AWAY + 1)


Fault = Callable[[Storm, Person], Awaitable[None]]
EVERY: Final[tuple[Fault, ...]] = (Storm.kill_daemon, Storm.kill_tor, Storm.leave, Storm.kill_both)
"""All kinds of faults."""
