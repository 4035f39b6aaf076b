"""Streams in memory: bytes that take time, wait for room, and can be cut, held back or lost.

A `Connection` is two pipes between two named nodes, and a `MemoryStream` is one node's end of it. The `Air` they
all share decides delays, the size of a piece and the byte at which a stream breaks. The network is memory.py.
"""

import asyncio
from collections import Counter, deque
from enum import StrEnum
from random import Random
from typing import Final

ROOM: Final = 256 * 1024
"""Bytes under way or unread in one direction before a write waits; about a stream window of tor."""

Pair = frozenset[str]
"""The names of two nodes; one name when a node dials itself."""


class Fault(StrEnum):
    """What can happen to a network."""

    CUT = "cut"
    STALL = "stall"
    HANG = "hang"
    PARTITION = "partition"
    REFUSE = "refuse"
    KILL = "kill"
    DOWN = "down"


class Air:
    """What lies between nodes: chance, delay, armed cuts, and the counts of bytes and of faults."""

    def __init__(self, dice: Random, latency: tuple[float, float], ragged: bool) -> None:
        self.hits: Counter[Fault] = Counter()
        self.carried: Counter[Pair] = Counter()
        self.cuts: dict[Pair, int] = {}
        self._dice = dice
        self._latency = latency
        self._ragged = ragged

    def delay(self) -> float:
        """Seconds the next bytes are under way."""
        least, most = self._latency
        return self._dice.uniform(least, most) if most else 0.0

    def piece(self, available: int) -> int:
        """How many of the bytes that are there one read gets."""
        return self._dice.randint(1, available) if self._ragged and available else available

    def carry(self, pair: Pair, size: int) -> tuple[int, bool]:
        """Let bytes pass: how many do, and whether the stream breaks behind them."""
        budget = self.cuts.pop(pair, None)
        kept = size if budget is None else min(size, budget)
        self.carried[pair] += kept
        if budget is not None and budget <= size:
            self.hits[Fault.CUT] += 1
            return kept, True
        if budget is not None:
            self.cuts[pair] = budget - size
        return kept, False


class Pipe:
    """One direction. Bytes fly, land in the order they left, and are read; `b""` in flight is the end.

    The `twin` is the other direction: whoever sees the end of one may no longer write to the other.
    """

    twin: "Pipe"

    def __init__(self, air: Air) -> None:
        self.ended = False  # nothing more will land
        self.broken = False  # nothing more may leave
        self._air = air
        self._flying: deque[bytes] = deque()
        self._landed = bytearray()
        self._load = 0
        self._due = 0
        self._held = False
        self._moved = asyncio.Event()

    async def room(self) -> None:
        """Wait until something may be sent. Raises ConnectionError when broken."""
        while self._load >= ROOM and not self.broken:
            await self._move()
        if self.broken:
            raise ConnectionResetError("the stream is gone")

    def send(self, data: bytes) -> None:
        """Put bytes in flight."""
        self._flying.append(data)
        self._load += len(data)
        if delay := self._air.delay():
            asyncio.get_running_loop().call_later(delay, self._land, 1)
        else:
            self._land(1)

    async def receive(self, limit: int) -> bytes:
        """1 to `limit` bytes, or none at the end."""
        while not self._landed and not self.ended:
            await self._move()
        size = self._air.piece(min(limit, len(self._landed)))
        data = bytes(self._landed[:size])
        del self._landed[:size]
        self._load -= size
        self._moved.set()
        return data

    def finish(self) -> None:
        """The end follows what is in flight."""
        if not self.broken:
            self.refuse()
            self.send(b"")

    def lose(self) -> None:
        """What is in flight is lost; the end follows."""
        self._load -= sum(map(len, self._flying))
        self._flying.clear()
        self.refuse()
        self.send(b"")

    def abandon(self) -> None:
        """The reader went away: what landed and what will land is dropped."""
        self.ended = True
        self._landed.clear()
        self._moved.set()

    def refuse(self) -> None:
        """Nothing more may leave."""
        self.broken = True
        self._moved.set()

    def hold(self, held: bool) -> None:
        """Keep back what would land, or let it land now."""
        self._held = held
        self._land(0)

    def _land(self, arrived: int) -> None:
        self._due += arrived
        while self._due and not self._held:
            self._due -= 1
            if self._flying:  # else it was lost on the way
                self._touch_down(self._flying.popleft())
        self._moved.set()

    def _touch_down(self, data: bytes) -> None:
        if not data:
            self.ended = True
            self.twin.refuse()
        elif self.ended:
            self._load -= len(data)
        else:
            self._landed += data

    async def _move(self) -> None:
        self._moved.clear()
        await self._moved.wait()


class MemoryStream:
    """One end of a connection; implements `base.Stream`."""

    def __init__(self, connection: "Connection", incoming: Pipe, outgoing: Pipe) -> None:
        self._connection = connection
        self._incoming = incoming
        self._outgoing = outgoing

    async def read(self, limit: int) -> bytes:
        """1 to `limit` bytes; empty at the end of the stream, however it ended."""
        return await self._incoming.receive(limit)

    async def write(self, data: bytes) -> None:
        """Hand bytes over and wait for room. Raises ConnectionError once the stream is gone."""
        await self._outgoing.room()
        kept, breaks = self._connection.carry(len(data))
        if kept:
            self._outgoing.send(data[:kept])
        if breaks:
            self._outgoing.finish()
            self._incoming.lose()

    def close(self) -> None:
        """Drop it at once; safe to repeat."""
        self._incoming.abandon()
        self._outgoing.finish()


class Connection:
    """Two pipes between two nodes: `near` is the dialler's end."""

    def __init__(self, air: Air, dialler: str, dialled: str) -> None:
        self.pair: Pair = frozenset((dialler, dialled))
        self._air = air
        self._held = False
        self._pipes = there, back = Pipe(air), Pipe(air)
        there.twin, back.twin = back, there
        self.near = MemoryStream(self, back, there)
        self.far = MemoryStream(self, there, back)
        self._ends = ((dialler, self.near), (dialled, self.far))

    @property
    def over(self) -> bool:
        """Whether nothing can pass any more."""
        return all(pipe.ended for pipe in self._pipes)

    def carry(self, size: int) -> tuple[int, bool]:
        """As `Air.carry`; what is held back neither counts nor breaks."""
        return (size, False) if self._held else self._air.carry(self.pair, size)

    def hold(self, held: bool) -> None:
        """Keep everything back, even the end; or let it through."""
        self._held = held
        for pipe in self._pipes:
            pipe.hold(held)

    def drop(self) -> None:
        """Both sides see the end; what was in flight is lost."""
        for pipe in self._pipes:
            pipe.lose()

    def close(self, name: str) -> None:
        """Close the end, or both ends, of a node."""
        for owner, stream in self._ends:
            if owner == name:
                stream.close()
