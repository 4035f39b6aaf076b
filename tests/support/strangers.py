"""Strangers on real Tor: raw bytes at somebody's onion, or, with the friend code, a link of their own and any frame."""

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from chattor.clock import SystemClock
from chattor.crypto.certificate import Certificate, issue
from chattor.crypto.keys import Identity
from chattor.demo.person import Person
from chattor.errors import ChattorError, DialFailed
from chattor.model.address import OnionAddress
from chattor.net.connection import Connection
from chattor.protocol import friend_code
from chattor.protocol.frames import Frame
from chattor.protocol.link import Event, Greeted, Greeting, Link, Purpose, Received, Target
from chattor.transport.base import Stream
from chattor.transport.tor import dialler
from chattor.transport.tor.endpoint import at
from chattor.transport.tor.places import Places
from chattor.transport.tor.socks import Connect

_CLOCK: Final = SystemClock()
_CIRCUITS: Final = 4
_HANGS: Final = 20.0  # s, as long as a loaded machine may take for a circuit
_START: Final = Greeting(r_high=0, r_hash=bytes(32))


def target(code: str) -> Target:
    """Whom a friend code names."""
    found = friend_code.parse(code)
    return Target(found.onion_pk, found.id_commit)


async def dial(via: Person, onion_pk: bytes) -> Stream:
    """A stream to an onion on a fresh circuit of somebody's tor; a circuit that hangs is given up for another one."""
    socks = at(Places(data=via.paths.tor, runtime=via.paths.runtime).socks)
    for _ in range(_CIRCUITS - 1):
        with suppress(TimeoutError, DialFailed):
            async with asyncio.timeout(_HANGS):
                return await dialler.connect(socks, Connect(OnionAddress(onion_pk), os.urandom(8).hex()))
    return await dialler.connect(socks, Connect(OnionAddress(onion_pk), os.urandom(8).hex()))


async def answer(stream: Stream, opening: bytes, *, enough: int) -> bytes:
    """What comes back for an opening: up to `enough` bytes, or until the other side hangs up."""
    heard = b""
    try:
        await stream.write(opening)
        while len(heard) < enough and (data := await stream.read(enough - len(heard))):
            heard += data
    finally:
        stream.close()
    return heard


@dataclass(frozen=True, slots=True)
class Stranger:
    """An identity of its own; with a code it can go all the way."""

    identity: Identity
    certificate: Certificate

    @classmethod
    def new(cls) -> "Stranger":
        """Somebody nobody knows."""
        identity = Identity.generate(os.urandom)
        return cls(identity, issue(identity, epoch=1, created_ms=0))

    def link(self, to: Target, purpose: Purpose = Purpose.REQUEST) -> Link:
        """A link whose first message waits to be sent."""
        return Link.initiate(
            identity=self.identity,
            certificate=self.certificate,
            target=to,
            purpose=purpose,
            cur=None,
            prev=None,
            rng=os.urandom,
            now=_CLOCK.monotonic(),
        )

    async def say(
        self, via: Person, to: Target, frames: Sequence[Frame], *, purpose: Purpose, hear: int
    ) -> list[Frame]:
        """Say some frames over a link; what came back once `hear` frames did, or the other side hung up."""
        visit = _Visit(frames, hear)
        connection = Connection(
            await dial(via, to.onion_pk), self.link(to, purpose), now=_CLOCK.monotonic, on_event=visit.obey
        )
        try:
            await connection.run()
        except ChattorError as error:
            visit.failure = error
        return visit.heard


class _Visit:
    def __init__(self, frames: Sequence[Frame], hear: int) -> None:
        self.heard: list[Frame] = []
        self.failure: ChattorError | None = None
        self._frames = frames
        self._hear = hear

    async def obey(self, connection: Connection, events: list[Event]) -> None:
        """Greet, speak, listen, leave."""
        for event in events:
            if isinstance(event, Greeted):
                connection.greet(_START)
                connection.send(self._frames)
            elif isinstance(event, Received):
                self.heard.append(event.frame)
        if len(self.heard) >= self._hear > 0:
            connection.close()
