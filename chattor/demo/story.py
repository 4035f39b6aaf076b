"""Who takes part in the check, what everybody was promised so far, and how it is compared with what both sides hold.

The steps are in rooms by subject: `running`, `meeting`, `talking`, `feeds`; `steps.STEPS` is their order. Each acts
through real programs and returns what it saw in a few words; anything else than expected is a `Surprise`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from chattor.demo.patience import together
from chattor.demo.person import Person
from chattor.demo.world import World
from chattor.model.events import Event, MessageReceived, MessageStateChanged
from chattor.model.ids import FriendId, MessageId
from chattor.model.message import Direction, Message, MessageState, OutboxEntry, Sent
from chattor.model.status import Identity

NOTE: Final = "It is me, from the check."
MOMENTS: Final = 60.0  # s for what takes moments once Tor has built its circuits
_AT_ONCE: Final = 50  # calls on one connection; the node takes 64
_PAGE: Final = 1000


class Surprise(Exception):
    """Something was not as promised; the message is what was seen."""


def expect(held: bool, seen: str) -> None:
    """Raise Surprise with what was seen unless it held."""
    if not held:
        raise Surprise(seen)


class Story:
    """Two people, and what they did."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ada, self.ben = world.people
        self.identities: dict[Person, Identity] = {}
        self.friends: dict[Person, FriendId] = {}
        """By whom: what he calls the other one."""
        self.said: dict[Person, list[str]] = {person: [] for person in world.people}
        """By whom: the texts of which he was told that they are queued, in order."""
        self.posted: list[str | None] = []
        """What Ada published in her channel, in order; None for what she took back."""

    async def exchange(self, about: str, count: int) -> None:
        """Both write at once; until all of it is delivered."""
        last = await together(*(self.say(person, about, count) for person in self.world.people))
        for person, message in zip(self.world.people, last, strict=True):
            await person.until(got(message, MessageState.DELIVERED), "the last message to arrive", within=MOMENTS)

    async def say(self, author: Person, about: str, count: int) -> MessageId:
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

    async def waiting(self) -> list[OutboxEntry]:
        """What Ada has in her outbox, oldest first."""
        return await self.ada.verb(list[OutboxEntry], "outbox", "list")

    async def agree(self) -> str:
        """Both hold what was said, each text once, in order, on either side."""
        heard = {person: await self.conversation(person) for person in self.world.people}
        for author, reader in ((self.ada, self.ben), (self.ben, self.ada)):
            for who, direction in ((author, Direction.OUT), (reader, Direction.IN)):
                texts = [message.text for message in heard[who] if message.direction is direction]
                expect(texts == self.said[author], _difference(f"{who.name} has", self.said[author], texts))
        return f"{sum(map(len, self.said.values()))} messages on both sides, once and in order"

    async def conversation(self, person: Person) -> list[Message]:
        """All that a person holds of it, oldest first."""
        return await person.verb(list[Message], "history", self.friends[person], "--limit", str(_PAGE))


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the check. `act` gives what was seen."""

    name: str
    what: str
    act: Callable[[Story], Awaitable[str]]


def is_text(text: str) -> Callable[[Event], bool]:
    """Whether an event is the arrival of this text."""
    return lambda event: isinstance(event, MessageReceived) and event.message is not None and event.message.text == text


def got(message: MessageId, state: MessageState) -> Callable[[Event], bool]:
    """Whether an event says that one of our messages is as far as that."""
    return lambda event: isinstance(event, MessageStateChanged) and event.id == message and event.state is state


def _difference(whose: str, said: list[str], texts: list[str | None]) -> str:
    missing = [text for text in said if text not in texts]
    doubled = [text for text in said if texts.count(text) > 1]
    return f"{whose} {len(texts)} of {len(said)}, missing {missing[:3]}, doubled {doubled[:3]}"
