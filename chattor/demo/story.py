"""What the check does: the life of two people from their first start to the last look at their disks.

`STEPS` is the order. Each step acts through real programs, compares what both sides hold, and returns what it saw in
a few words; anything else than expected is a `Surprise`.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from chattor.demo import intruder, remains
from chattor.demo.patience import together
from chattor.demo.person import Person
from chattor.demo.world import World
from chattor.model.events import Event, FriendAdded, FriendRequested, MessageReceived, MessageStateChanged
from chattor.model.friend import Friend, FriendState, Request, RequestDirection
from chattor.model.ids import FriendId, MessageId
from chattor.model.message import Direction, Message, MessageState, OutboxEntry, Sent
from chattor.model.status import Identity

NOTE: Final = "It is me, from the check."
MANY: Final = 100  # messages each way at once
BURST: Final = 100  # messages while the other side is killed
LATER: Final = 20  # messages while it is away
STOP_WITHIN: Final = 2.0  # s
ARRIVES_WITHIN: Final = 30.0  # s after the friend can be reached again
_MOMENTS: Final = 60.0  # s for what takes moments once Tor has built its circuits
_AT_ONCE: Final = 50  # calls on one connection; the node takes 64
_PAGE: Final = 1000
_OPENING: Final = 1280  # bytes, what a handshake begins with


class Surprise(Exception):
    """Something was not as promised; the message is what was seen."""


def expect(held: bool, seen: str) -> None:
    """Raise Surprise with what was seen unless it held."""
    if not held:
        raise Surprise(seen)


class Story:
    """Who takes part, and what everybody was promised so far."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ada, self.ben = world.people
        self.identities: dict[Person, Identity] = {}
        self.friends: dict[Person, FriendId] = {}
        """By whom: what he calls the other one."""
        self.said: dict[Person, list[str]] = {person: [] for person in world.people}
        """By whom: the texts of which he was told that they are queued, in order."""

    async def network(self) -> str:
        """Bring up the private Tor network."""
        await self.world.start_network()
        return "3 authorities and 3 relays agree"

    async def init(self) -> str:
        """Make both profiles from the command line."""
        made = await together(self.ada.init(), self.ben.init())
        self.identities = dict(zip(self.world.people, made, strict=True))
        for person, identity in self.identities.items():
            expect(identity.name == person.name, f"{person.name} is called {identity.name}")
            for path in (person.paths.database, person.paths.keyfile):
                expect(path.stat().st_mode & 0o777 == 0o600, f"{path.name} is open to others")
        expect(made[0].friend_code != made[1].friend_code, "both have the same friend code")
        return "two friend codes"

    async def start(self) -> str:
        """Start both daemons."""
        await together(self.ada.start(), self.ben.start())
        return "their sockets answer"

    async def reachable(self) -> str:
        """Wait for both onions."""
        await together(self.ada.reachable(), self.ben.reachable())
        return "both are published"

    async def stranger(self) -> str:
        """Knock at Ben's without the code."""
        onion = self.identities[self.ben].onion
        openings = (os.urandom(_OPENING), os.urandom(4 * _OPENING), b"GET / HTTP/1.1\r\n\r\n".ljust(_OPENING))
        answers = await together(
            *(intruder.knock(self.ada, onion, opening, f"stranger {n}") for n, opening in enumerate(openings))
        )
        expect(not any(answers), f"{sum(map(len, answers))} bytes came back")
        requests = await self.ben.verb(list[Request], "friends", "requests")
        expect(not requests, f"{len(requests)} requests appeared")
        return f"{len(openings)} connections, 0 bytes, 0 requests"

    async def add(self) -> str:
        """Ada adds Ben by his code."""
        code = self.identities[self.ben].friend_code
        asked = await self.ada.verb(Request, "friends", "add", code, "--name", self.ben.name, "--note", NOTE)
        self.friends[self.ada] = asked.id
        return f"the request is {asked.state}"

    async def request(self) -> str:
        """Ben finds it."""
        await self.ben.until(lambda event: isinstance(event, FriendRequested), "the request", within=_MOMENTS)
        requests = await self.ben.verb(list[Request], "friends", "requests")
        found = [(request.direction, request.name, request.note) for request in requests]
        expect(found == [(RequestDirection.INCOMING, self.ada.name, NOTE)], f"Ben's inbox holds {found}")
        expect(requests[0].onion == self.identities[self.ada].onion, "it came from another onion")
        self.friends[self.ben] = requests[0].id
        return "one, with name and note"

    async def accept(self) -> str:
        """Ben accepts; both are friends."""
        await self.ben.verb(Friend, "friends", "accept", self.friends[self.ben])
        for person in self.world.people:
            await person.until(lambda event: isinstance(event, FriendAdded), "the friendship", within=_MOMENTS)
            friends = await person.verb(list[Friend], "friends", "list")
            found = [(friend.id, friend.state) for friend in friends]
            expect(found == [(self.friends[person], FriendState.FRIEND)], f"{person.name} lists {found}")
        return "both list one friend"

    async def talk(self) -> str:
        """Both write at once."""
        await self._exchange("talk", MANY)
        return await self._agree()

    async def wait(self) -> str:
        """What is called delivered is there."""
        text = f"{self.ada.name}, wait"
        sent = await self.ada.verb(Sent, "send", self.friends[self.ada], text, "--wait", "delivered", "--timeout", "60")
        expect(sent.state is MessageState.DELIVERED, f"it is {sent.state}")
        self.said[self.ada].append(text)
        return await self._agree()

    async def crash(self) -> str:
        """Kill Ben while messages come in."""
        writing = asyncio.create_task(self._say(self.ada, "crash", BURST))
        await self.ben.until(_is_text(f"{self.ada.name}, crash 1"), "the first of many", within=_MOMENTS)
        await self.ben.kill()
        await writing
        return f"{BURST} queued, {BURST - len(await self._waiting())} of them delivered by then"

    async def away(self) -> str:
        """Write to Ben, who is away."""
        await self._say(self.ada, "away", LATER)
        waiting = [entry.text for entry in await self._waiting()]
        expect(waiting[-LATER:] == self.said[self.ada][-LATER:], f"the outbox holds {len(waiting)} others")
        return f"{len(waiting)} wait in the outbox"

    async def back(self) -> str:
        """Ben returns, and his mail with him."""
        last = (await self._waiting())[-1]
        await self.ben.start()
        await self.ben.reachable()
        await self.ada.until(_is_delivered(last.id), "the last message to arrive", within=ARRIVES_WITHIN)
        return await self._agree()

    async def restart(self) -> str:
        """Both stop and start again."""
        took = await together(self.ada.stop(), self.ben.stop())
        expect(max(took) <= STOP_WITHIN, f"stopping took {max(took):.1f} s")
        for person in self.world.people:
            expect(not person.paths.socket.exists(), f"{person.name}'s socket is still there")
        await together(self.ada.start(), self.ben.start())
        await together(self.ada.reachable(), self.ben.reachable())
        return f"stopped in {max(took):.1f} s"

    async def again(self) -> str:
        """Both write again."""
        await self._exchange("again", 1)
        return await self._agree()

    async def rest(self) -> str:
        """Stop, and look through every file."""
        await together(self.ada.stop(), self.ben.stop())
        secrets = {"a message": f"{self.ada.name}, talk ".encode(), "the note": NOTE.encode()}
        for person, identity in self.identities.items():
            secrets[f"{person.name}'s friend code"] = identity.friend_code.encode()
            secrets[f"{person.name}'s onion"] = identity.onion.removesuffix(".onion").encode()
        found = remains.search(tuple(person.paths.data for person in self.world.people), secrets)
        expect(not found, f"readable: {'; '.join(found)}")
        return "no text, no friend code, no onion"

    async def _exchange(self, about: str, count: int) -> None:
        """Both write at once; until all of it is delivered."""
        last = await together(*(self._say(person, about, count) for person in self.world.people))
        for person, message in zip(self.world.people, last, strict=True):
            await person.until(_is_delivered(message), "the last message to arrive", within=_MOMENTS)

    async def _say(self, author: Person, about: str, count: int) -> MessageId:
        """Queue many texts at once; the id of the last in the conversation, which is in the order of their numbers."""
        texts = [f"{author.name}, {about} {number}" for number in range(1, count + 1)]
        sent: list[Sent] = []
        async with author.api() as api:
            for first in range(0, count, _AT_ONCE):
                some = texts[first : first + _AT_ONCE]
                sent += await together(*(api.send(self.friends[author], text) for text in some))
        queued = sorted(zip(sent, texts, strict=True), key=lambda pair: pair[0].seq)
        self.said[author] += [text for _, text in queued]
        return queued[-1][0].id

    async def _waiting(self) -> list[OutboxEntry]:
        """What Ada has in her outbox, oldest first."""
        return await self.ada.verb(list[OutboxEntry], "outbox", "list")

    async def _agree(self) -> str:
        """Both hold what was said, each text once, in order, on either side."""
        heard = {person: await self._conversation(person) for person in self.world.people}
        for author, reader in ((self.ada, self.ben), (self.ben, self.ada)):
            for who, direction in ((author, Direction.OUT), (reader, Direction.IN)):
                texts = [message.text for message in heard[who] if message.direction is direction]
                expect(texts == self.said[author], _difference(f"{who.name} has", self.said[author], texts))
        return f"{sum(map(len, self.said.values()))} messages on both sides, once and in order"

    async def _conversation(self, person: Person) -> list[Message]:
        return await person.verb(list[Message], "history", self.friends[person], "--limit", str(_PAGE))


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the check. `act` gives what was seen."""

    name: str
    what: str
    act: Callable[[Story], Awaitable[str]]


STEPS: Final = (
    Step("network", "a private network of real tor", Story.network),
    Step("init", "two profiles", Story.init),
    Step("start", "two daemons", Story.start),
    Step("reachable", "their onion services", Story.reachable),
    Step("stranger", "somebody without the friend code", Story.stranger),
    Step("add", "a friend request by code, with a note", Story.add),
    Step("request", "it arrives", Story.request),
    Step("accept", "it is accepted", Story.accept),
    Step("talk", f"{MANY} messages each way at once", Story.talk),
    Step("wait", "send --wait delivered", Story.wait),
    Step("crash", "kill -9 of the receiver amid messages", Story.crash),
    Step("away", f"{LATER} messages to a friend who is away", Story.away),
    Step("back", "he returns", Story.back),
    Step("restart", "both daemons stop and start", Story.restart),
    Step("again", "a message each way", Story.again),
    Step("at rest", "what can be read on disk", Story.rest),
)


def _is_text(text: str) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, MessageReceived) and event.message is not None and event.message.text == text


def _is_delivered(message: MessageId) -> Callable[[Event], bool]:
    return lambda event: (
        isinstance(event, MessageStateChanged) and event.id == message and event.state is MessageState.DELIVERED
    )


def _difference(whose: str, said: list[str], texts: list[str | None]) -> str:
    missing = [text for text in said if text not in texts]
    doubled = [text for text in said if texts.count(text) > 1]
    return f"{whose} {len(texts)} of {len(said)}, missing {missing[:3]}, doubled {doubled[:3]}"
