"""Connections over streams in memory, and an owner who obeys: the node's part, small enough for a test."""

import asyncio
from random import Random

from chattor.errors import ChattorError
from chattor.net.connection import Connection
from chattor.protocol.frames import Frame
from chattor.protocol.link import End, Event, Greeted, Link, Proved, Received
from chattor.transport.base import Stream
from chattor.transport.pipe import Air, MemoryStream
from chattor.transport.pipe import Connection as Wire
from tests.support.links import START


def wire(latency: float = 0.0, *, ragged: bool = False, seed: int = 0) -> tuple[MemoryStream, MemoryStream, Wire]:
    """Two ends of one stream in memory, and the stream itself to break."""
    made = Wire(Air(Random(seed), (latency, latency), ragged), "ana", "ben")
    return made.near, made.far, made


def now() -> float:
    """The running loop's time."""
    return asyncio.get_running_loop().time()


async def pass_by(seconds: float) -> None:
    """Let (virtual) time pass."""
    await asyncio.sleep(seconds)


class Owner:
    """Greets when asked, collects what it hears, and lets a test wait for it."""

    connection: Connection
    task: asyncio.Task[End | ChattorError]

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.reads: list[int] = []
        self.ended: list[End | ChattorError] = []
        self.ready = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self._news = asyncio.Event()

    @property
    def frames(self) -> list[Frame]:
        """The frames received."""
        return [event.frame for event in self.heard if isinstance(event, Received)]

    async def obey(self, connection: Connection, events: list[Event]) -> None:
        """The callback."""
        await self.gate.wait()
        self.heard += events
        self.reads.append(len(events))
        initiator = connection.link.role == "I"
        for event in events:
            if isinstance(event, Greeted if initiator else Proved):
                connection.greet(START)
            if isinstance(event, Greeted):
                self.ready.set()
        self._news.set()

    def over(self, connection: Connection, outcome: End | ChattorError) -> None:
        """The listener's callback."""
        del connection
        self.ended.append(outcome)
        self._news.set()

    async def until(self, count: int) -> list[Frame]:
        """Wait until so many frames came, and give them."""
        while len(self.frames) < count:
            self._news.clear()
            await self._news.wait()
        return self.frames

    async def carry(self, stream: Stream, link: Link) -> End | ChattorError:
        """Run a link to its end; the outcome."""
        self.connection = Connection(stream, link, now=now, on_event=self.obey)
        try:
            outcome: End | ChattorError = await self.connection.run()
        except ChattorError as error:
            outcome = error
        self.ended.append(outcome)
        return outcome
