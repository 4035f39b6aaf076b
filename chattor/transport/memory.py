"""A network in memory, with faults: the transport of the simulator and of tests with many nodes.

Nodes are known by a name that outlives a restart; onions are served and dialled as on the real network. Everything
that can go wrong between two nodes is a method of `MemoryNetwork`, and `hits` counts how often each fault met
traffic. Time is the event loop's and chance is the dice given: on a loop with virtual time a run repeats exactly.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from random import Random

from chattor.crypto.keys import DhKey, SigningKey
from chattor.errors import DialFailed, TorDown
from chattor.model.address import OnionAddress
from chattor.model.status import TorPhase, TorStatus
from chattor.transport.base import Guests, Listener, ProofOfWork, Vitals
from chattor.transport.pipe import Air, Connection, Fault, MemoryStream, Pair


class MemoryNetwork:
    """Every node's network.

    `latency` is the least and the most seconds a write or a dial takes; `ragged` hands bytes out in pieces of any
    size, as a real stream may.
    """

    def __init__(self, dice: Random, *, latency: tuple[float, float] = (0.0, 0.0), ragged: bool = False) -> None:
        self._air = Air(dice, latency, ragged)
        self._transports: dict[str, MemoryTransport] = {}
        self._served: dict[OnionAddress, MemoryTransport] = {}
        self._guests: dict[OnionAddress, Guests | None] = {}
        self._connections: list[Connection] = []
        self._partitions: set[Pair] = set()
        self._refusing: set[str] = set()
        self._down: set[str] = set()

    @property
    def hits(self) -> Counter[Fault]:
        """How often each fault met a stream, a dial or a node."""
        return self._air.hits

    def carried(self, a: str, b: str) -> int:
        """Bytes that passed between two nodes so far, both directions: the range to try `cut` in."""
        return self._air.carried[frozenset((a, b))]

    def standing(self, a: str, b: str) -> int:
        """How many streams stand between two nodes."""
        return len(self._between(frozenset((a, b))))

    def join(self, name: str) -> "MemoryTransport":
        """The transport of a node; after `kill` or `stop` a node comes back by joining under its name again."""
        return MemoryTransport(self, name)

    def cut(self, a: str, b: str, after: int) -> None:
        """End the stream that carries byte number `after` between two nodes, counted from now; 0 is the next write."""
        self._air.cuts[frozenset((a, b))] = after

    def spare(self, a: str, b: str) -> None:
        """Take a `cut` back that did not strike yet."""
        self._air.cuts.pop(frozenset((a, b)), None)

    def stall(self, a: str, b: str) -> None:
        """Make the streams between two nodes half-open for ever: nothing arrives, not even their end."""
        for connection in self._between(frozenset((a, b))):
            connection.hold(True)
            self._connections.remove(connection)
            self.hits[Fault.STALL] += 1

    def hang(self, a: str, b: str) -> Callable[[], None]:
        """Let nothing arrive on the streams that stand between two nodes; what it gives lets all of it arrive."""
        hanging = self._between(frozenset((a, b)))
        for connection in hanging:
            connection.hold(True)
            self.hits[Fault.HANG] += 1

        def release() -> None:
            for connection in hanging:
                connection.hold(connection.pair in self._partitions)

        return release

    def partition(self, a: str, b: str) -> None:
        """Let nothing pass between two nodes: streams hang, dials run into their timeout."""
        pair = frozenset((a, b))
        self._partitions.add(pair)
        for connection in self._between(pair):
            connection.hold(True)
            self.hits[Fault.PARTITION] += 1

    def heal(self, a: str, b: str) -> None:
        """End a partition; what hung arrives."""
        pair = frozenset((a, b))
        self._partitions.discard(pair)
        for connection in self._between(pair):
            connection.hold(False)

    def refuse(self, name: str) -> None:
        """Fail every dial of a node at once, until `allow`."""
        self._refusing.add(name)

    def allow(self, name: str) -> None:
        """End `refuse`."""
        self._refusing.discard(name)

    def kill(self, name: str) -> None:
        """End a node without a word to it: its onions are gone, its streams end and what was under way is lost."""
        if transport := self._transports.pop(name, None):
            self._unserve(transport)
            self._drop(name)
            self.hits[Fault.KILL] += 1

    def down(self, name: str) -> None:
        """Take the tor of a node away: its streams end, it can neither dial nor be dialled, and it is told so."""
        self._down.add(name)
        self._drop(name)
        self.hits[Fault.DOWN] += 1
        self._tell(name)

    def up(self, name: str) -> None:
        """End `down`."""
        self._down.discard(name)
        self._tell(name)

    def attach(self, transport: "MemoryTransport") -> None:
        """A transport starts: it is the node of its name now. Raises ValueError if another one still is."""
        if transport.name in self._transports:
            raise ValueError(f"{transport.name} is on the network already")
        self._transports[transport.name] = transport
        asyncio.get_running_loop().call_soon(self._tell, transport.name)

    def detach(self, transport: "MemoryTransport") -> None:
        """A transport stops and closes what is its own; one that was killed has nothing left."""
        if self._transports.get(transport.name) is transport:
            del self._transports[transport.name]
            self._unserve(transport)
            for connection in self._of(transport.name):
                connection.close(transport.name)

    def serve(self, address: OnionAddress, transport: "MemoryTransport", guests: Guests | None) -> None:
        """An onion is served; of two that serve the same one the later is found."""
        self._served[address] = transport
        self._guests[address] = guests

    def admit(self, address: OnionAddress, transport: "MemoryTransport", guests: Guests | None) -> None:
        """From now on an onion is for others, as long as it is this one who serves it."""
        if self._served.get(address) is transport:
            self._guests[address] = guests

    def unserve(self, address: OnionAddress, transport: "MemoryTransport") -> None:
        """An onion is no longer served."""
        if self._served.get(address) is transport:
            del self._served[address]

    def reachable(self, transport: "MemoryTransport") -> bool:
        """Whether a transport has started, lives, and its tor is up."""
        return self._transports.get(transport.name) is transport and transport.name not in self._down

    async def connect(
        self, dialler: "MemoryTransport", address: OnionAddress, key: bytes | None = None
    ) -> MemoryStream:
        """Find who serves an onion and give each side its end; hangs across a partition. Raises DialFailed, TorDown."""
        if not self.reachable(dialler):
            raise TorDown("tor is not connected")
        await asyncio.sleep(self._air.delay())
        target = self._target(address)
        guests = self._guests[address]
        if guests is not None and target is not dialler and (key is None or DhKey(key).public not in guests):
            raise DialFailed("only friends may connect there")
        pair = frozenset((dialler.name, target.name))
        if pair in self._partitions:
            self.hits[Fault.PARTITION] += 1
            await asyncio.Event().wait()
        if not self.reachable(dialler):
            raise DialFailed("the circuit broke")
        connection = Connection(self._air, dialler.name, target.name)
        self._connections = [*(one for one in self._connections if not one.over), connection]
        target.accepted(address, connection.far)
        return connection.near

    def found(self, address: OnionAddress) -> "MemoryTransport":
        """Who serves an onion now. Raises DialFailed."""
        target = self._served.get(address)
        if target is None or not self.reachable(target):
            raise DialFailed("the onion service was not found")
        return target

    def _target(self, address: OnionAddress) -> "MemoryTransport":
        target = self.found(address)
        if target.name in self._refusing:
            self.hits[Fault.REFUSE] += 1
            raise DialFailed("the dial was refused")
        return target

    def _between(self, pair: Pair) -> list[Connection]:
        return [one for one in self._connections if one.pair == pair and not one.over]

    def _of(self, name: str) -> list[Connection]:
        return [one for one in self._connections if name in one.pair and not one.over]

    def _drop(self, name: str) -> None:
        for connection in self._of(name):
            connection.drop()

    def _unserve(self, transport: "MemoryTransport") -> None:
        for address in [address for address, one in self._served.items() if one is transport]:
            del self._served[address]

    def _tell(self, name: str) -> None:
        if transport := self._transports.get(name):
            transport.changed(up=name not in self._down)


class MemoryTransport:
    """One node's view of the network; implements `base.Transport`. Made by `MemoryNetwork.join`."""

    def __init__(self, network: MemoryNetwork, name: str) -> None:
        self.name = name
        self._network = network
        self._listener: Listener | None = None

    async def start(self, listener: Listener) -> None:
        """Be the node of this name; the listener hears the state on the loop's next turn."""
        self._listener = listener
        self._network.attach(self)

    async def serve(self, seed: bytes, guests: Guests | None = None) -> "MemoryService":
        """Serve the onion of a 32-byte seed while the node lives and its tor is up."""
        address = OnionAddress(SigningKey(seed).public)
        self._network.serve(address, self, guests)
        return MemoryService(self._network, address, self)

    async def dial(
        self, address: OnionAddress, *, isolation: str, timeout: float, key: bytes | None = None
    ) -> MemoryStream:
        """Connect to an onion; `isolation` means nothing here. Raises DialFailed, TorDown."""
        del isolation
        try:
            async with asyncio.timeout(timeout):
                return await self._network.connect(self, address, key)
        except TimeoutError as error:
            raise DialFailed("no answer in time") from error

    async def look_up(self, address: OnionAddress, *, timeout: float) -> None:
        """Find out whether somebody serves an onion. Raises DialFailed, TorDown."""
        del timeout
        await self.examine()
        self._network.found(address)

    async def examine(self) -> Vitals:
        """A network in memory has no relays, and needs no proof of work. Raises TorDown."""
        if not self._network.reachable(self):
            raise TorDown("tor is not connected")
        return Vitals(version="in memory", proof_of_work=ProofOfWork.ON, relays=1, skew=None)

    async def stop(self) -> None:
        """Stop serving and close every stream; safe to repeat."""
        self._network.detach(self)

    def accepted(self, address: OnionAddress, stream: MemoryStream) -> None:
        """The network brings a stream."""
        if self._listener:
            self._listener.accepted(address, stream)

    def changed(self, up: bool) -> None:
        """The network came or went."""
        if self._listener:
            phase, percent = (TorPhase.READY, 100) if up else (TorPhase.BOOTSTRAPPING, 0)
            self._listener.changed(TorStatus(phase=phase, percent=percent, ready=up))


class MemoryService:
    """One onion being served; implements `base.Service`."""

    def __init__(self, network: MemoryNetwork, address: OnionAddress, transport: MemoryTransport) -> None:
        self._network = network
        self._address = address
        self._transport = transport

    def admit(self, guests: Guests | None) -> None:
        """From now on nobody else enters."""
        self._network.admit(self._address, self._transport, guests)

    async def stop(self) -> None:
        """Stop serving; safe to repeat. Streams that stand stay."""
        self._network.unserve(self._address, self._transport)
