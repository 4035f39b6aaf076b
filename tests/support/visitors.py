"""Somebody on a memory network who holds every key he should and says what he likes: a stranger, or a false friend."""

import asyncio
from collections.abc import Sequence
from random import Random

from chattor.crypto.certificate import issue
from chattor.crypto.keys import Identity
from chattor.errors import ChattorError
from chattor.model.address import OnionAddress
from chattor.model.status import TorStatus
from chattor.net.connection import Connection
from chattor.protocol.frames import Frame
from chattor.protocol.link import End, Event, Greeted, Greeting, Link, Purpose, Received, Target
from chattor.protocol.records import Packed
from chattor.transport.base import Stream
from chattor.transport.memory import MemoryNetwork
from tests.support.people import Person

START = Greeting(r_high=0, r_hash=bytes(32))


class Visit:
    """One link of a visitor: `heard` is what came, `end` why it is over, None while it stands."""

    def __init__(self, stream: Stream, link: Link, greeting: Greeting) -> None:
        self.heard: list[Frame] = []
        self.end: End | ChattorError | None = None
        self.opened = asyncio.Event()
        """Set once it is open, or never will be."""
        self.connection = Connection(stream, link, now=asyncio.get_running_loop().time, on_event=self._obey)
        self._greeting = greeting
        self._task = asyncio.create_task(self._run())

    def say(self, *frames: Frame) -> None:
        """Send frames."""
        self.connection.send(frames)

    def forge(self, *packed: Packed) -> None:
        """Send frames of any type."""
        link = self.connection.link
        link._out.append(link._keyed.wrap(packed))
        self.connection._wake()

    async def leave(self) -> None:
        """Be gone."""
        self.connection.drop()
        await self._task

    async def _run(self) -> None:
        try:
            self.end = await self.connection.run()
        except ChattorError as error:
            self.end = error
        self.opened.set()

    async def _obey(self, connection: Connection, events: Sequence[Event]) -> None:
        for event in events:
            match event:
                case Greeted():
                    connection.greet(self._greeting)
                    self.opened.set()
                case Received():
                    self.heard.append(event.frame)


class Visitor:
    """An identity of its own on the network, which dials and is not dialled."""

    def __init__(self, network: MemoryNetwork, name: str, identity: Identity | None = None) -> None:
        self._rng = Random(name).randbytes
        self.identity = identity or Identity.generate(self._rng)
        self.certificate = issue(self.identity, epoch=1, created_ms=0)
        self._transport = network.join(name)

    @classmethod
    async def come(cls, network: MemoryNetwork, name: str, identity: Identity | None = None) -> "Visitor":
        """On the network from now on."""
        visitor = cls(network, name, identity)
        await visitor._transport.start(visitor)
        return visitor

    def accepted(self, address: OnionAddress, stream: Stream) -> None:
        """Nobody is at home."""
        stream.close()

    def changed(self, status: TorStatus) -> None:
        """Nothing follows."""

    async def visit(self, host: Person, purpose: Purpose = Purpose.REQUEST, greeting: Greeting = START) -> Visit:
        """Dial somebody with his code; the link once it is open or over."""
        own = issue(host.identity, epoch=1, created_ms=0)
        stream = await self._transport.dial(OnionAddress(own.onion_pk), isolation="", timeout=30)
        link = Link.initiate(
            identity=self.identity,
            certificate=self.certificate,
            target=Target(own.onion_pk, own.id_commit),
            purpose=purpose,
            cur=None,
            prev=None,
            rng=self._rng,
            now=asyncio.get_running_loop().time(),
        )
        visit = Visit(stream, link, greeting)
        await visit.opened.wait()
        return visit
