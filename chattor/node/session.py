"""One link's life in the node: who is there, what it carried, what is not acknowledged yet."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from chattor.crypto.certificate import Certificate
from chattor.handlers.delivery import Cargo, Manifest
from chattor.net.connection import Connection
from chattor.protocol.link import Purpose
from chattor.protocol.stream import START, Position


@dataclass(slots=True, kw_only=True, eq=False)
class Session:
    """A link from the first byte to the last. `friend` is None for a stranger."""

    dialled: bool
    connection: Connection | None = None
    purpose: Purpose = Purpose.REQUEST
    friend: int | None = None
    certificate: Certificate | None = None
    commits: bool = False
    """Whether this link may move the continuity secrets."""
    hello: Position = START
    """Where the peer said it stands in our stream."""
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    work: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when there may be something to carry."""
    sent_pos: int | None = None
    _in_flight: deque[tuple[int, int, int]] = field(default_factory=deque)
    _operations: set[bytes] = field(default_factory=set)

    def manifest(self) -> Manifest:
        """What it carried so far."""
        return Manifest(
            hello=self.hello,
            sent_pos=self.sent_pos,
            in_flight=sum(count for _, count, _ in self._in_flight),
            in_flight_bytes=sum(size for _, _, size in self._in_flight),
            operations_sent=frozenset(self._operations),
        )

    def carried(self, cargo: Cargo) -> None:
        """This went out, or is about to."""
        self._operations.update(cargo.operations)
        self.sent_pos = cargo.sent_pos
        if cargo.count and cargo.sent_pos is not None:
            self._in_flight.append((cargo.sent_pos, cargo.count, cargo.size))

    def acknowledged(self, pos: int) -> None:
        """The peer committed everything up to `pos`: the window opens."""
        while self._in_flight and self._in_flight[0][0] <= pos:
            self._in_flight.popleft()
        self.work.set()
