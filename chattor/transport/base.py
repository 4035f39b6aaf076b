"""What the node needs of a network: dial an onion, be dialled, know how it stands.

Two implementations: `tor.transport.TorTransport` and `memory.MemoryTransport` (the simulator, with faults).
"""

from typing import Protocol

from chattor.model.address import OnionAddress
from chattor.model.status import TorStatus


class Stream(Protocol):
    """An ordered byte stream to somebody not yet known."""

    async def read(self, limit: int) -> bytes:
        """1 to `limit` bytes; empty at the end of the stream, however it ended."""
        ...

    async def write(self, data: bytes) -> None:
        """Hand bytes over and wait for room. Raises ConnectionError once the stream is gone."""
        ...

    def close(self) -> None:
        """Drop it at once; safe to repeat. Pending reads end, pending writes fail."""
        ...


class Service(Protocol):
    """One onion service being served; `stop` ends it."""

    async def stop(self) -> None:
        """Stop serving; safe to repeat."""
        ...


class Listener(Protocol):
    """What the transport tells its owner."""

    def accepted(self, address: OnionAddress, stream: Stream) -> None:
        """Somebody dialled `address`, one of the served ones. Must not block."""
        ...

    def changed(self, status: TorStatus) -> None:
        """The transport moved; `ready` means reachable. Must not block."""
        ...


class Transport(Protocol):
    """The network as one object."""

    async def start(self, listener: Listener) -> None:
        """Begin to connect; returns at once, progress comes through the listener. Raises TorMissing, TorRefused."""
        ...

    async def serve(self, seed: bytes) -> Service:
        """Serve the onion of a 32-byte Ed25519 seed, again after every restart; may be called before ready."""
        ...

    async def dial(self, address: OnionAddress, *, isolation: str, timeout: float) -> Stream:
        """Connect to port 9735 of an onion. `isolation` names the circuits to use. Raises DialFailed, TorDown."""
        ...

    async def stop(self) -> None:
        """Close everything; safe to repeat."""
        ...
