"""What the node needs of a network: dial an onion, be dialled, know how it stands.

Two implementations: `tor.transport.TorTransport` and `memory.MemoryTransport` (the simulator, with faults).
"""

from dataclasses import dataclass
from enum import StrEnum
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


Guests = frozenset[bytes]
"""Who may enter an onion: public X25519 keys, 32 bytes each."""


class Service(Protocol):
    """One onion service being served; `stop` ends it."""

    def admit(self, guests: Guests | None) -> None:
        """From now on nobody enters but who holds the secret of one of these keys; None: everybody may."""
        ...

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


class ProofOfWork(StrEnum):
    """Whether whoever floods our onions has to work for it (tor proposal 327)."""

    ON = "on"
    OFF = "off"
    MISSING = "missing"
    """This tor cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What a tor tells of itself. `relays` is how many it is connected to; `skew` how many seconds our clock is ahead,
    if anybody told it so.
    """

    version: str
    proof_of_work: ProofOfWork
    relays: int
    skew: int | None


class Transport(Protocol):
    """The network as one object."""

    async def start(self, listener: Listener) -> None:
        """Begin to connect; returns at once, progress comes through the listener. Raises TorMissing, TorRefused."""
        ...

    async def serve(self, seed: bytes, guests: Guests | None = None) -> Service:
        """Serve the onion of a 32-byte Ed25519 seed, again after every restart; may be called before ready."""
        ...

    async def dial(self, address: OnionAddress, *, isolation: str, timeout: float, key: bytes | None = None) -> Stream:
        """Connect to port 9735 of an onion. Raises DialFailed, TorDown.

        `isolation` names the circuits to use; `key` is the secret that lets us in where only guests may enter.
        """
        ...

    async def look_up(self, address: OnionAddress, *, timeout: float) -> None:
        """Have somebody's descriptor fetched from the network anew. Raises DialFailed, TorDown."""
        ...

    async def examine(self) -> Vitals:
        """Ask tor how it is. Raises TorDown."""
        ...

    async def stop(self) -> None:
        """Close everything; safe to repeat."""
        ...
