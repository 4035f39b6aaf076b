"""One visit to a stranger whose public channels we read: dial, ask one question, go. Nothing else ever passes there."""

import asyncio
from collections.abc import Sequence

from chattor.crypto.certificate import issue
from chattor.errors import NotFound, ProtocolViolation
from chattor.handlers import channel_frames, fetching, visiting
from chattor.handlers.visiting import Plan
from chattor.net.connection import Connection
from chattor.node.core import Core
from chattor.protocol.channel_frames import Sync
from chattor.protocol.frames import Frame
from chattor.protocol.limits import VISIT_TIMEOUT
from chattor.protocol.link import End, Event, Greeted, Greeting, Link, Proved, Purpose, Received
from chattor.protocol.pins import FIRST_EPOCH
from chattor.protocol.pulls import Pulls
from chattor.protocol.stream import START
from chattor.transport.base import Stream


class Visit:
    """A link of purpose subscribe, from our side. `question` goes on where an earlier visit stopped."""

    def __init__(self, core: Core, publisher: int, plan: Plan, stream: Stream, question: Sync | None) -> None:
        self._core = core
        self._publisher = publisher
        self._question = question
        self._pulls = Pulls()
        self._left: Sync | None = None
        self._answered = False
        link = Link.initiate(
            identity=plan.mask,
            certificate=issue(plan.mask, epoch=FIRST_EPOCH, created_ms=0),
            target=plan.target,
            purpose=Purpose.SUBSCRIBE,
            cur=None,
            prev=None,
            rng=core.rng,
            now=core.clock.monotonic(),
        )
        self._connection = Connection(stream, link, now=core.clock.monotonic, on_event=self._obey)

    async def run(self) -> Sync | None:
        """Do it: the question that is left for the next time. Raises RemoteError, TimeoutError, NotFound."""
        async with asyncio.timeout(VISIT_TIMEOUT):
            end = await self._connection.run()
        if not self._answered:
            raise NotFound(f"it was not answered: {end}")
        return self._left

    async def _obey(self, connection: Connection, events: Sequence[Event]) -> None:
        frames: list[Frame] = []
        for event in events:
            match event:
                case Proved():
                    await self._core.act(visiting.prove, self._publisher, event.certificate)
                case Greeted():
                    connection.greet(Greeting(r_high=START.seq, r_hash=START.hash))
                    await self._ask()
                case Received():
                    frames.append(event.frame)
        if frames:
            await self._hear(frames)

    async def _ask(self) -> None:
        questions = await self._core.act(fetching.begin, self._publisher)
        if self._question is not None and questions:
            questions[-1] = self._question
        self._pulls.begin(questions)
        self._connection.send(questions)
        if not questions:
            self._connection.close(End.LOCAL)

    async def _hear(self, frames: list[Frame]) -> None:
        peer = self._connection.link.peer
        if peer is None or self._pulls.excess(frames):
            raise ProtocolViolation("the owner of a channel said more than he was asked")
        news = await self._core.act(channel_frames.take_visit, self._publisher, peer.ik_sig, frames)
        if news.next is not None or news.is_over:
            self._answered, self._left = True, news.next
            self._connection.close(End.LOCAL)
